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

  private final Database database;
  private final GroupCommit commits;
  private final Subjects subjects;
  private final Function<Handle, CurrentMaintenance> maintenance;
  private final BiConsumer<Handle, Signal> open;
  private final Clock clock;
  private final Batch<Held, Boolean> releasing = this::releaseAll;
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
    List<Held> held = database.read(HeldSignals::all);
    if (!held.isEmpty()) {
      commits.writeAll(releasing, held);
    }
    return LOOK;
  }

  private List<Boolean> releaseAll(Handle tx, List<Held> held) {
    IncidentTable.takeTurns(database, tx);
    HoldRules rules = new HoldRules(subjects, maintenance.apply(tx));
    return held.stream().map(one -> release(tx, one, rules)).toList();
  }

  private boolean release(Handle tx, Held held, HoldRules rules) {
    Signal signal = held.signal();
    Subject subject = signal.subject();
    Instant now = clock.wall();
    Optional<Held> still = rules.of(tx, signal, subjects.keys(tx, subject), now).held();
    if (still.equals(Optional.of(held)) || !HeldSignals.remove(tx, subject, now)) {
      return false;
    }
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
