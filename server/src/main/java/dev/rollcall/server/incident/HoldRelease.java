package dev.rollcall.server.incident;

import dev.rollcall.server.incident.HeldSignals.Held;
import dev.rollcall.server.incident.HeldSignals.Reason;
import dev.rollcall.server.incident.maintenance.CurrentMaintenance;
import dev.rollcall.server.signal.Signal;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.signal.Subjects;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/// Looks after what is wrong while nobody is told of it. When maintenance is over, or what a
/// service depends on is well again, the service is confirmed anew, and what is still wrong opens
/// an incident then.
final class HoldRelease implements AutoCloseable {
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

  /// How soon it looks again: spans end by themselves, and other processes may end them.
  private static final Duration LOOK = Duration.ofSeconds(1);

  /// After a round it rests for so many times as long as that took: thousands may be held.
  private static final int PAUSE_FACTOR = 4;

  /// How many it releases in a transaction, so that other writers do not wait for long.
  private static final int AT_ONCE = 500;

  private final Database database;
  private final GroupCommit commits;
  private final Subjects subjects;
  private final Function<Handle, CurrentMaintenance> maintenance;
  private final BiConsumer<Handle, Signal> open;
  private final Clock clock;
  private final Batch<Subject, Boolean> releasing = this::releaseAll;
  private final BackgroundLoop loop =
      new BackgroundLoop(
          "held-incidents", "the release of what nobody is told of", AFTER_FAILURE, this::round);

  /// @param open opens the incident of a signal, whatever else there is
  HoldRelease(
      Database database,
      GroupCommit commits,
      Subjects subjects,
      Function<Handle, CurrentMaintenance> maintenance,
      BiConsumer<Handle, Signal> open,
      Clock clock) {
    this.database = database;
    this.commits = commits;
    this.subjects = subjects;
    this.maintenance = maintenance;
    this.open = open;
    this.clock = clock;
  }

  void start() {
    loop.start();
  }

  void wake() {
    loop.wake();
  }

  /// Releases what is no longer held.
  Duration round() {
    Duration began = clock.monotonic();
    List<Subject> changed = database.read(this::changed);
    for (int from = 0; from < changed.size(); from += AT_ONCE) {
      commits.writeAll(releasing, changed.subList(from, Math.min(changed.size(), from + AT_ONCE)));
    }
    Duration rest = clock.monotonic().minus(began).multipliedBy(PAUSE_FACTOR);
    return rest.compareTo(LOOK) > 0 ? rest : LOOK;
  }

  /// Those that are no longer held, or for another reason. Nearly all stay as they are most of the
  /// time, so they are found without a write.
  private List<Subject> changed(Handle handle) {
    HoldRules rules = new HoldRules(subjects, maintenance.apply(handle));
    return HeldSignals.all(handle).stream()
        .filter(held -> !still(handle, held, rules).equals(Optional.of(held)))
        .map(held -> held.signal().subject())
        .toList();
  }

  private Optional<Held> still(Handle handle, Held held, HoldRules rules) {
    Signal signal = held.signal();
    return rules.of(handle, signal, subjects.keys(handle, signal.subject()), clock.wall()).held();
  }

  private List<Boolean> releaseAll(Handle tx, List<Subject> changed) {
    IncidentTable.takeTurns(database, tx);
    HoldRules rules = new HoldRules(subjects, maintenance.apply(tx));
    return changed.stream()
        .map(
            subject ->
                HeldSignals.of(tx, subject.type(), subject.id())
                    .filter(held -> release(tx, held, rules))
                    .isPresent())
        .toList();
  }

  private boolean release(Handle tx, Held held, HoldRules rules) {
    Signal signal = held.signal();
    Subject subject = signal.subject();
    Instant now = clock.wall();
    Optional<Held> still = still(tx, held, rules);
    if (still.equals(Optional.of(held))) {
      return false;
    }
    HeldSignals.remove(tx, subject, now);
    if (still.isPresent()) {
      HeldSignals.put(tx, still.get()); // for another reason
      return false;
    }
    boolean certain = held.reason() == Reason.UNCERTAIN;
    if (certain || !subjects.confirmAgain(tx, subject, now)) {
      open.accept(
          tx,
          new Signal(
              subject,
              signal.from(),
              signal.to(),
              signal.cause(),
              signal.lastHeard(),
              signal.began(),
              now,
              signal.answer()));
    }
    return true;
  }

  @Override
  public void close() {
    loop.close();
  }
}
