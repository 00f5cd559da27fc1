package dev.rollcall.server.collector;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/// What was stored since the process began.
final class Totals {
  private final LongAdder results = new LongAdder();
  private final LongAdder successful = new LongAdder();
  private volatile Optional<Instant> last = Optional.empty();

  void stored(Results stored, Instant now) {
    results.add(stored.count());
    successful.add(stored.successful());
    last = Optional.of(now);
  }

  long results() {
    return results.sum();
  }

  long successful() {
    return successful.sum();
  }

  /// When results were stored last.
  Optional<Instant> last() {
    return last;
  }
}
