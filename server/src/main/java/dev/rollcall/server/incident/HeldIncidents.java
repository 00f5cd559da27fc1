package dev.rollcall.server.incident;

import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Signal;
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

/// Looks after what is wrong during maintenance: when that is over, services are confirmed anew,
/// and what is still wrong opens an incident then.
final class HeldIncidents implements AutoCloseable {
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

  /// How soon it looks again: another process may have ended a span.
  private static final Duration LOOK = Duration.ofSeconds(2);

  private final Database database;
  private final GroupCommit commits;
  private final Subjects subjects;
  private final Function<Handle, CurrentMaintenance> maintenance;
  private final BiConsumer<Handle, Signal> open;
  private final Clock clock;
  private final Batch<Signal, Boolean> releasing =
      (tx, signals) -> signals.stream().map(signal -> release(tx, signal)).toList();
  private final BackgroundLoop loop =
      new BackgroundLoop("maintenance", "the end of maintenance", AFTER_FAILURE, this::round);

  /// @param open opens the incident of a signal
  HeldIncidents(
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
    List<Signal> held = database.read(HeldSignals::all);
    if (!held.isEmpty()) {
      commits.writeAll(releasing, held);
    }
    return LOOK;
  }

  private boolean release(Handle tx, Signal signal) {
    AlertKeys keys = subjects.keys(tx, signal.subject());
    Instant now = clock.wall();
    Optional<Instant> end = maintenance.apply(tx).end(signal.subject(), keys, now);
    if (end.isPresent() || !HeldSignals.remove(tx, signal.subject())) {
      return false;
    }
    if (!subjects.confirmAgain(tx, signal.subject(), now)) {
      open.accept(
          tx,
          new Signal(
              signal.subject(),
              signal.from(),
              signal.to(),
              signal.cause(),
              signal.lastHeard(),
              signal.began(),
              now));
    }
    return true;
  }

  @Override
  public void close() {
    loop.close();
  }
}
