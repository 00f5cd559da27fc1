package dev.rollcall.server.node;

import dev.rollcall.server.node.ResultReceiver.Outcome;
import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// Sends the batches of the spool, the oldest first and one at a time, each until it is stored.
final class Delivery implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Delivery.class.getName());
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);
  private static final Duration IDLE = Duration.ofMinutes(1);

  private final String node;
  private final Spool spool;
  private final ResultReceiver receiver;
  private final Clock clock;
  private final GrowingPause pause;
  private final AtomicLong delivered = new AtomicLong();
  private final BackgroundLoop loop =
      new BackgroundLoop("delivery", "the delivery of results", AFTER_FAILURE, this::round);
  private volatile Optional<String> problem = Optional.empty();

  // Used by the thread of the loop only.
  private Duration notBefore;
  private String refusal = "";

  Delivery(String node, Spool spool, ResultReceiver receiver, GrowingPause pause, Clock clock) {
    this.node = node;
    this.spool = spool;
    this.receiver = receiver;
    this.pause = pause;
    this.clock = clock;
    this.notBefore = clock.monotonic();
  }

  void start() {
    loop.start();
  }

  /// There is a new batch.
  void wake() {
    loop.wake();
  }

  /// Sends the oldest batch, unless it is too early for that.
  ///
  /// @return how long to wait
  Duration round() throws InterruptedException {
    Duration early = notBefore.minus(clock.monotonic());
    if (early.isPositive()) {
      return early;
    }
    Optional<SpooledBatch> oldest = spool.oldest();
    if (oldest.isEmpty()) {
      return IDLE;
    }
    SpooledBatch batch = oldest.get();
    return switch (receiver.send(node, batch)) {
      case Outcome.Stored() -> stored(batch);
      case Outcome.Refused(String reason) -> refused(batch, reason);
      case Outcome.Later(String reason, Optional<Duration> after) -> later(reason, after);
    };
  }

  private Duration stored(SpooledBatch batch) {
    spool.delivered(batch);
    delivered.addAndGet(batch.results());
    goesOn();
    refusal = "";
    return Duration.ZERO;
  }

  /// The collector answers, so the next batch follows at once. The same refusal again is only
  /// counted.
  private Duration refused(SpooledBatch batch, String reason) {
    spool.refused(batch);
    goesOn();
    if (!refusal.equals(reason)) {
      refusal = reason;
      LOG.log(
          Level.WARNING,
          "batch {0} with {1} results is put aside and not sent again: {2}",
          batch.id(),
          batch.results(),
          reason);
    }
    return Duration.ZERO;
  }

  private void goesOn() {
    pause.reset();
    if (problem.isPresent()) {
      problem = Optional.empty();
      LOG.log(Level.INFO, "results are delivered again");
    }
  }

  private Duration later(String reason, Optional<Duration> after) {
    if (problem.isEmpty()) {
      LOG.log(Level.WARNING, "results wait in the spool and are sent again: {0}", reason);
    }
    problem = Optional.of(reason);
    Duration next = pause.next(after);
    notBefore = clock.monotonic().plus(next);
    return next;
  }

  /// Why results wait; empty while they are delivered.
  Optional<String> problem() {
    return problem;
  }

  /// How many results were delivered since the start.
  long delivered() {
    return delivered.get();
  }

  @Override
  public void close() {
    loop.close(MeasuringNode.CLOSE_PATIENCE);
  }
}
