package dev.rollcall.server.http;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/// A warning that any number of requests can cause: it is logged at most once in ten seconds.
public final class RepeatedWarning {
  private static final Duration EVERY = Duration.ofSeconds(10);

  private final AtomicLong loggedAt = new AtomicLong(System.nanoTime() - EVERY.toNanos());
  private final AtomicLong leftOut = new AtomicLong();

  /// Counts one.
  ///
  /// @return how many were left out since the last one that was logged, if this one is to be logged
  public OptionalLong next() {
    long now = System.nanoTime();
    long last = loggedAt.get();
    leftOut.incrementAndGet();
    return now - last >= EVERY.toNanos() && loggedAt.compareAndSet(last, now)
        ? OptionalLong.of(leftOut.getAndSet(0) - 1)
        : OptionalLong.empty();
  }
}
