package dev.rollcall.server.heartbeat.schedule;

import dev.rollcall.server.heartbeat.store.HeartbeatDatabase;
import dev.rollcall.server.signal.SignalWriter;
import dev.rollcall.server.sql.TestDatabases;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/// The tables of heartbeats in a new database, with those who find late ones in it, and with what
/// these know of calls that were lost.
final class DetectorDatabase extends HeartbeatDatabase {
  private static final Duration GRACE = Duration.ofSeconds(60);

  /// Runs calls.
  volatile Executor threads = Runnable::run;

  final LostCalls unheard = new LostCalls(clock, call -> threads.execute(call));

  /// How many calls there was no room for.
  final AtomicLong turnedAway = new AtomicLong();

  /// For how long the machine slept, in all.
  volatile Duration slept = Duration.ZERO;

  DetectorDatabase(TestDatabases engine, Path folder) {
    super(engine, folder);
    unheard.rejected().countedBy(turnedAway::get);
  }

  static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  LateHeartbeats lateHeartbeats() {
    return new LateHeartbeats(database, commits, signalWriter, REALERT, clock);
  }

  /// As a process that has just started looks for who is late.
  LateDetector lateDetector() {
    return detector(() -> {});
  }

  /// The same, where `before` is run before a signal is written.
  LateDetector detector(Runnable before) {
    return detector(before, new PingReceivers(database, commits, unheard, clock, false));
  }

  /// The listeners as a process of its own knows them, where several share the database.
  PingReceivers receivers() {
    return new PingReceivers(database, commits, new LostCalls(clock, Runnable::run), clock, true);
  }

  LateDetector detector(Runnable before, PingReceivers receivers) {
    SignalWriter delayed =
        (tx, signals) -> {
          before.run();
          signalWriter.write(tx, signals);
        };
    return new LateDetector(
        database, commits, delayed, REALERT, GRACE, receivers, clock, () -> Optional.of(slept));
  }
}
