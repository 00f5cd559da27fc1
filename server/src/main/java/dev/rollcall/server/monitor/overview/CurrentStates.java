package dev.rollcall.server.monitor.overview;

import dev.rollcall.server.monitor.check.Evaluator.Transition;
import dev.rollcall.server.monitor.check.Outcome;
import dev.rollcall.server.monitor.overview.Overview.Standing;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.DatabaseLocation;
import dev.rollcall.server.sql.Rows;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/// The states of all services in memory. They are read at the first look, and then updated with
/// what is committed. A thread that commits passes its outcomes here, and never waits for readers.
///
/// Commits of other processes are not passed here. On PostgreSQL there may be other processes, so
/// everything is read again once a second while a page is open; on SQLite, once a minute.
final class CurrentStates {
  private static final Duration ALONE = Duration.ofMinutes(1);
  private static final Duration SHARED = Duration.ofSeconds(1);

  /// Reading everything again takes at most a twentieth of the time.
  private static final int RARELY = 20;

  /// The largest number of outcomes that wait to be applied. If there are more, everything is read
  /// again.
  private static final int MOST_WAITING = 20_000;

  /// If more services have changed, all are read.
  private static final int MOST_CHANGED = 1_000;

  /// The number of services whose details stay in memory.
  private static final int MOST_DETAILED = 2_000;

  private static final String ALL =
      "SELECT "
          + CurrentState.COLUMNS
          + " FROM service s JOIN service_schedule d"
          + " ON d.service_id = COALESCE(s.parent_id, s.id) AND d.location_id = 0"
          + " JOIN service_metric m ON m.service_id = s.id"
          + " LEFT JOIN service_event e"
          + " ON e.service_id = s.id AND e.location_id = 0 AND e.date_ended IS NULL"
          + " WHERE s.retired_at IS NULL";

  private static final String FAMILIES = ALL + " AND (s.id IN (<ids>) OR s.parent_id IN (<ids>))";

  /// Services with problems first; of those that are down, the one that went down last.
  private static final Comparator<CurrentState> ORDER =
      Comparator.comparingInt((CurrentState one) -> rank(one.standing()))
          .thenComparingLong(one -> one.standing() == Standing.DOWN ? -one.started() : 0)
          .thenComparing(CurrentState::name);

  private final Database database;
  private final Clock clock;
  private final Duration readInterval;

  /// Committed outcomes that are not applied to the services yet.
  private final ConcurrentLinkedQueue<Outcome> committed = new ConcurrentLinkedQueue<>();

  private final AtomicInteger waiting = new AtomicInteger();

  /// Services that were added, changed or deleted, and services that report others.
  private final Set<Long> changed = ConcurrentHashMap.newKeySet();

  private final ReentrantLock lock = new ReentrantLock();
  private volatile boolean receiving;
  private volatile boolean stale = true;

  // Guarded by the lock:
  private final Map<Long, CurrentState> services = new HashMap<>();
  private final Map<Long, CurrentState> detailed = new LinkedHashMap<>(16, 0.75f, true);
  private List<CurrentState> ordered = List.of();
  private boolean unsorted;
  private Duration readAt = Duration.ZERO;
  private Duration pause = Duration.ZERO;

  CurrentStates(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
    this.readInterval =
        switch (database.location()) {
          case DatabaseLocation.SqliteFile _ -> ALONE;
          case DatabaseLocation.PostgresServer _ -> SHARED;
        };
  }

  /// Passes outcomes that were committed. It returns at once.
  void committed(List<Outcome> outcomes) {
    if (!receiving) {
      return;
    }
    for (Outcome outcome : outcomes) {
      committed.add(outcome);
      if (outcome.asksDependencies()) {
        changed.add(outcome.serviceId());
      }
    }
    if (waiting.addAndGet(outcomes.size()) > MOST_WAITING) {
      stale = true;
      receiving = false; // until everything is read again
      clearCommitted();
    }
    if (lock.tryLock()) {
      try {
        applyCommitted();
      } finally {
        lock.unlock();
      }
    }
  }

  /// Services were added, changed or deleted.
  void changed(Collection<Long> ids) {
    if (receiving) {
      changed.addAll(ids);
    }
  }

  private void clearCommitted() {
    committed.clear();
    waiting.set(0);
  }

  private void applyCommitted() {
    for (Outcome outcome = committed.poll(); outcome != null; outcome = committed.poll()) {
      waiting.decrementAndGet();
      CurrentState service = services.get(outcome.serviceId());
      if (service == null) {
        changed.add(outcome.serviceId());
      } else {
        service.observed(outcome);
        unsorted |= outcome.transition() instanceof Transition.Begins;
      }
    }
  }

  /// Calls `view` with all services in their present state, those with problems first. Only one
  /// thread at a time is in `view`.
  ///
  /// @throws dev.rollcall.server.sql.StorageException if the database has to be read and fails
  <T> T look(Function<List<CurrentState>, T> view) {
    lock.lock();
    try {
      applyCommitted();
      Duration moment = clock.monotonic();
      if (stale || !receiving || moment.minus(readAt).compareTo(longer(readInterval, pause)) >= 0) {
        readAll(moment);
      }
      applyCommitted();
      readChanged();
      applyCommitted();
      long now = clock.wall().toEpochMilli();
      for (CurrentState service : ordered) {
        unsorted |= service.stands(now);
      }
      if (unsorted) {
        List<CurrentState> sorted = new ArrayList<>(ordered);
        sorted.sort(ORDER);
        ordered = sorted;
        unsorted = false;
      }
      return view.apply(ordered);
    } finally {
      lock.unlock();
    }
  }

  /// Reads the details of those of `shown` that have none. To be called within [#look].
  void detail(List<CurrentState> shown) {
    Instant now = clock.wall();
    Map<Long, CurrentState> missing =
        shown.stream()
            .filter(one -> !one.isDetailed(now))
            .collect(Collectors.toMap(CurrentState::id, Function.identity()));
    if (!missing.isEmpty()) {
      Map<Long, OverviewDetails> found =
          database.read(handle -> OverviewDetails.of(handle, missing, now));
      missing.forEach(
          (id, one) -> one.detail(found.getOrDefault(id, OverviewDetails.nothing(now))));
    }
    shown.forEach(one -> detailed.put(one.id(), one));
    Iterator<CurrentState> eldest = detailed.values().iterator();
    for (int over = detailed.size() - MOST_DETAILED; over > 0; over--) {
      eldest.next().fold();
      eldest.remove();
    }
  }

  private void readAll(Duration moment) {
    stale = false;
    receiving = true; // set before reading: outcomes that are committed meanwhile wait
    changed.clear();
    try {
      List<CurrentState> all =
          database.read(handle -> Rows.read(handle, ALL, 0, (_, _) -> {}, CurrentState::of));
      Map<Long, CurrentState> before = new HashMap<>(services);
      services.clear();
      all.forEach(service -> put(service, before));
    } catch (RuntimeException e) {
      stale = true;
      throw e;
    }
    ordered();
    detailed.keySet().retainAll(services.keySet());
    detailed.replaceAll((id, one) -> services.getOrDefault(id, one));
    readAt = moment;
    pause = clock.monotonic().minus(moment).multipliedBy(RARELY);
  }

  private void readChanged() {
    Set<Long> ids = new HashSet<>(changed);
    if (ids.isEmpty()) {
      return;
    }
    if (ids.size() > MOST_CHANGED) {
      readAll(clock.monotonic());
      return;
    }
    changed.removeAll(ids); // before reading: a later change is read once more
    List<CurrentState> found;
    try {
      found = database.read(handle -> families(handle, ids));
    } catch (RuntimeException e) {
      changed.addAll(ids);
      throw e;
    }
    Map<Long, CurrentState> before = new HashMap<>();
    services
        .values()
        .removeIf(
            service -> {
              boolean one = ids.contains(service.id()) || ids.contains(service.parent());
              if (one) {
                before.put(service.id(), service);
              }
              return one;
            });
    found.forEach(service -> put(service, before));
    before.keySet().forEach(detailed::remove);
    ordered();
  }

  private static List<CurrentState> families(Handle handle, Set<Long> ids) {
    return handle
        .createQuery(FAMILIES)
        .bindList("ids", ids)
        .map((row, _) -> CurrentState.of(row))
        .list();
  }

  /// An object that says the same as before is left to the garbage collector while it is young. Ten
  /// thousand new ones a minute would fill the old generation.
  private void put(CurrentState read, Map<Long, CurrentState> before) {
    CurrentState known = before.get(read.id());
    if (known != null && known.isStill(read)) {
      services.put(known.id(), known);
      return;
    }
    if (known != null) {
      read.follow(known);
    }
    services.put(read.id(), read);
  }

  private void ordered() {
    ordered = List.copyOf(services.values());
    unsorted = true;
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  private static int rank(Standing standing) {
    return switch (standing) {
      case DOWN -> 0;
      case UNKNOWN -> 1;
      case SLOW -> 2;
      case NEW -> 3;
      case UP -> 4;
    };
  }
}
