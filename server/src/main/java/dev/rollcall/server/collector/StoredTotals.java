package dev.rollcall.server.collector;

import dev.rollcall.server.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/// Counts what was stored since the process started.
final class StoredTotals {
  private final LongAdder results = new LongAdder();
  private final LongAdder successful = new LongAdder();
  private final Rate rate = new Rate();
  private final Clock clock;
  private volatile Optional<Instant> last = Optional.empty();

  StoredTotals(Clock clock) {
    this.clock = clock;
  }

  void stored(Results stored) {
    results.add(stored.count());
    successful.add(stored.successful());
    rate.add(stored.count(), clock.monotonic());
    last = Optional.of(clock.wall());
  }

  long results() {
    return results.sum();
  }

  long successful() {
    return successful.sum();
  }

  /// Results per second, over the last ten seconds.
  double rate() {
    return rate.perSecond(clock.monotonic());
  }

  /// When results were last stored.
  Optional<Instant> last() {
    return last;
  }
}
