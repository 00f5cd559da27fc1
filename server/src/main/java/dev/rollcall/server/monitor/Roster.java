package dev.rollcall.server.monitor;

import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.sql.Lease;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// The services this process runs, and their turn: from the database as long as it answers, from
/// memory when it does not.
final class Roster {
  private static final Logger LOG = System.getLogger(Roster.class.getName());

  /// Of what has to be read again.
  private static final long NO_REVISION = -1;

  /// A service whose turn comes, and when it was due.
  record Turn(Watch watch, Instant due) {}

  private final Schedule schedule;
  private final ServiceStore services;
  private final ServiceReader reader;
  private final ProbeFactory probes;
  private final Keeping keeping;
  private final Map<Long, Watch> watches = new ConcurrentHashMap<>();

  /// Names that services had before they got others.
  private final Set<String> renamed = ConcurrentHashMap.newKeySet();

  /// Those of the watches that wait for an id, by name.
  private final Map<String, Watch> provisional = new ConcurrentHashMap<>();

  Roster(
      Schedule schedule,
      ServiceStore services,
      ServiceReader reader,
      ProbeFactory probes,
      Keeping keeping) {
    this.schedule = schedule;
    this.services = services;
    this.reader = reader;
    this.probes = probes;
    this.keeping = keeping;
  }

  /// Runs services that the database has given no id yet, as it has been away since the start, from
  /// memory. Each has an id below 0 until its row is claimed.
  void expect(List<ServiceDefinition> definitions, Instant now) {
    for (ServiceDefinition definition : definitions) {
      long id = -1L - provisional.size();
      Asked asked = asked(id, NO_REVISION, definition);
      Watch watch = new Watch(asked, now);
      provisional.put(definition.name(), watch);
      watches.put(id, watch);
    }
  }

  /// Claims what is due by `until`, oldest first, at most `limit`, and learns what there is to know
  /// of it. What is claimed has to [#begin]; a claim that nobody begins comes due again by itself.
  List<Lease<Schedule.Row>> claim(Instant until, int limit) {
    List<Lease<Schedule.Row>> leases = schedule.rows().claim(until, limit);
    learn(leases);
    return leases;
  }

  /// The turns of what was claimed.
  List<Turn> begin(List<Lease<Schedule.Row>> leases) {
    List<Turn> turns = new ArrayList<>(leases.size());
    for (Lease<Schedule.Row> lease : leases) {
      Watch watch = watches.get(lease.key());
      if (watch != null && watch.begin(lease.fence())) {
        turns.add(new Turn(watch, lease.due()));
      }
    }
    return turns;
  }

  /// Puts turns right after the clock was set back to `now`.
  void mend(Instant now) {
    schedule.mend(now);
  }

  /// What would be due by `until` as far as memory knows, oldest first, at most `limit`.
  List<Turn> remembered(Instant until, int limit) {
    return watches.values().stream()
        .map(watch -> new Turn(watch, watch.nextDue()))
        .filter(turn -> !turn.due().isAfter(until))
        .sorted(Comparator.comparing(Turn::due))
        .limit(limit)
        .filter(turn -> turn.watch().begin())
        .toList();
  }

  /// Drops what is not asked any more, and tells the names that are gone.
  List<String> sweep() {
    Map<Long, String> asked = services.asked();
    List<String> gone = new ArrayList<>(renamed);
    renamed.removeAll(gone);
    Set<String> names = Set.copyOf(asked.values());
    provisional.forEach(
        (name, watch) -> {
          if (!names.contains(name)) {
            provisional.remove(name);
            watch.drop();
            watches.remove(watch.asked().serviceId());
            keeping.forget(watch);
            gone.add(name);
          }
        });
    watches.forEach(
        (id, watch) -> {
          if (id < 0) {
            return; // its row is there, and nobody has claimed it yet
          }
          String name = watch.asked().name();
          if (!name.equals(asked.get(id))) {
            gone.add(name);
          }
          if (!asked.containsKey(id)) {
            watch.drop();
            watches.remove(id);
          }
        });
    gone.removeAll(names);
    return gone;
  }

  private void learn(List<Lease<Schedule.Row>> leases) {
    Set<Long> unknown =
        leases.stream().filter(lease -> !holds(lease)).map(Lease::key).collect(Collectors.toSet());
    if (unknown.isEmpty()) {
      return;
    }
    Map<Long, Long> fences = new HashMap<>();
    leases.forEach(lease -> fences.put(lease.key(), lease.fence()));
    services
        .scheduled(unknown)
        .forEach(scheduled -> learn(scheduled, fences.getOrDefault(scheduled.id(), 0L)));
    keeping.keepAdopted();
  }

  private boolean holds(Lease<Schedule.Row> lease) {
    Watch watch = watches.get(lease.key());
    return watch != null && watch.holds(lease.row().revision(), lease.fence());
  }

  private void learn(ServiceStore.Scheduled scheduled, long fence) {
    Mistakes mistakes = new Mistakes();
    Asked asked =
        reader
            .kept(scheduled.definition(), mistakes)
            .map(definition -> asked(scheduled.id(), scheduled.revision(), definition))
            .orElseGet(() -> unaskable(scheduled, mistakes));
    Watch.Known known = new Watch.Known(asked, scheduled.open(), scheduled.certificateEnds());
    Watch early = provisional.remove(asked.name());
    if (early != null && !watches.containsKey(scheduled.id())) {
      watches.remove(early.asked().serviceId());
      keeping.adopt(early, known, fence, scheduled.lastAt());
      watches.put(scheduled.id(), early);
      return;
    }
    watches.compute(
        scheduled.id(),
        (_, watch) -> {
          if (watch == null) {
            return new Watch(known);
          }
          String before = watch.asked().name();
          watch.learn(known);
          if (!watch.isNamed(before)) {
            renamed.add(before);
          }
          return watch;
        });
  }

  private Asked asked(long id, long revision, ServiceDefinition definition) {
    return new Asked(
        id,
        definition.name(),
        definition.url(),
        definition.interval(),
        definition.timeout(),
        revision,
        definition.brought(),
        probes.of(definition));
  }

  /// The definition was right when it was written: a file it names is gone, or an older Rollcall
  /// knew another key. Nothing is known of the service then, and it is read anew with each turn.
  private Asked unaskable(ServiceStore.Scheduled scheduled, Mistakes mistakes) {
    String reason = "cannot be checked: " + String.join("; ", mistakes.lines());
    Watch before = watches.get(scheduled.id());
    if (before == null || before.asked().revision() != NO_REVISION) {
      LOG.log(Level.ERROR, "service " + scheduled.id() + " " + reason);
    }
    JsonNode definition = scheduled.definition();
    String name = definition.path("name").asString("");
    return new Asked(
        scheduled.id(),
        name,
        URI.create("unaskable:/" + scheduled.id()),
        scheduled.interval(),
        scheduled.interval(),
        NO_REVISION,
        Brought.NOTHING,
        Probe.of(
            name,
            _ -> {
              throw ProbeFailure.here(reason);
            }));
  }
}
