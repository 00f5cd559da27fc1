package dev.rollcall.server.monitor;

import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Clock;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.Lease;
import dev.rollcall.server.sql.StorageException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// Keeps what checks find: turn, tick, counts, sums and events of a check are written in one
/// transaction, so that they agree with each other after any crash. While the database is away
/// outcomes wait in the backlog.
final class Keeping implements Batch<Outcome, Boolean> {
  private static final Logger LOG = System.getLogger(Keeping.class.getName());
  private static final int AT_ONCE = 1_000;
  private static final Duration LINGER = Duration.ofMillis(50);

  private final Database database;
  private final GroupCommit commits;
  private final Schedule schedule;
  private final Backlog backlog;
  private final Clock clock;
  private final List<Found> gathered = new ArrayList<>();

  /// An outcome, and who has to hear if it cannot be kept.
  private record Found(Watch watch, Outcome outcome) {}

  Keeping(Database database, GroupCommit commits, Schedule schedule, Backlog backlog, Clock clock) {
    this.database = database;
    this.commits = commits;
    this.schedule = schedule;
    this.backlog = backlog;
    this.clock = clock;
  }

  /// Takes over an outcome, which is durable within moments or waits in the backlog: the first to
  /// come waits a little and writes for all that come meanwhile, as a transaction costs as much as
  /// many outcomes.
  void keep(Watch watch, Outcome outcome) {
    boolean first;
    synchronized (gathered) {
      first = gathered.isEmpty();
      gathered.add(new Found(watch, outcome));
    }
    if (first) {
      boolean interrupted = linger();
      write(gathered());
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// Returns whether the wait was cut short, as when the runner closes.
  private static boolean linger() {
    try {
      Thread.sleep(LINGER);
      return false;
    } catch (InterruptedException e) {
      return true;
    }
  }

  private List<Found> gathered() {
    synchronized (gathered) {
      List<Found> all = List.copyOf(gathered);
      gathered.clear();
      return all;
    }
  }

  private void write(List<Found> found) {
    List<Outcome> outcomes = found.stream().map(Found::outcome).toList();
    try {
      if (backlog.size() > 0) {
        outcomes.forEach(backlog::add); // in order, behind those that wait
      } else {
        commits.writeAll(this, outcomes);
      }
    } catch (StorageException e) {
      found.forEach(each -> each.watch().doubt());
      outcomes.forEach(backlog::add);
    } catch (RuntimeException e) {
      if (found.size() > 1) { // by the fault of one of them, which is to fail alone
        write(found.subList(0, found.size() / 2));
        write(found.subList(found.size() / 2, found.size()));
      } else {
        found.getFirst().watch().doubt();
        LOG.log(Level.ERROR, "an outcome could not be kept", e);
      }
    }
  }

  /// Whether the database answers and all that waited for it is written.
  boolean caughtUp() {
    if (database.trouble().isPresent()) {
      return false;
    }
    try {
      schedule.rows().earliest();
      replay();
      return true;
    } catch (StorageException e) {
      return false;
    }
  }

  /// Writes what waits, oldest first.
  ///
  /// @throws StorageException when the database is still away: then it goes on waiting
  void replay() {
    for (List<Outcome> waiting = backlog.take(AT_ONCE);
        !waiting.isEmpty();
        waiting = backlog.take(AT_ONCE)) {
      try {
        commits.writeAll(this, waiting);
      } catch (StorageException e) {
        backlog.putBack(waiting);
        throw e;
      }
      LOG.log(Level.INFO, "wrote " + waiting.size() + " outcomes that had waited for the database");
    }
  }

  /// Outcomes of one service stay in their order; rows are locked in one order by everybody.
  @Override
  public Optional<Comparator<Outcome>> order() {
    return Optional.of(Comparator.comparingLong(Outcome::serviceId));
  }

  /// Tells of each outcome whether it was kept: not where the service is gone, or another process
  /// has taken its turn meanwhile, or the same outcome was kept before.
  @Override
  public List<Boolean> apply(Handle tx, List<Outcome> outcomes) {
    List<Boolean> valid = schedule.rows().finish(tx, outcomes.stream().map(this::finish).toList());
    List<Outcome> ours = chosen(outcomes, valid);
    int[] added = TickStore.insert(tx, ours);
    List<Boolean> isNew = new ArrayList<>(ours.size());
    for (int rows : added) {
      isNew.add(rows > 0);
    }
    List<Outcome> kept = chosen(ours, isNew);
    MetricStore.add(tx, kept);
    HourStore.add(tx, kept);
    EventStore.apply(tx, kept);
    return valid;
  }

  private Lease.Finish finish(Outcome outcome) {
    return new Lease.Finish(outcome.serviceId(), outcome.fence(), clock.wall());
  }

  private static List<Outcome> chosen(List<Outcome> outcomes, List<Boolean> which) {
    if (!which.contains(false)) {
      return outcomes;
    }
    List<Outcome> chosen = new ArrayList<>(outcomes.size());
    for (int i = 0; i < outcomes.size(); i++) {
      if (which.get(i)) {
        chosen.add(outcomes.get(i));
      }
    }
    return Collections.unmodifiableList(chosen);
  }
}
