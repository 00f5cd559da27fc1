package dev.rollcall.lab.ha;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Waiting for conditions.
final class Until {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration ROUND = Duration.ofMillis(50);

  private Until() {}

  /// @param log what is shown where it never becomes true
  /// @throws IllegalStateException if it takes longer than three minutes
  static void holds(String what, BooleanSupplier condition, Supplier<String> log) {
    if (!within(PATIENCE, condition)) {
      throw new IllegalStateException("waited in vain until " + what + ": " + log.get());
    }
  }

  /// Whether a condition becomes true in time.
  static boolean within(Duration longest, BooleanSupplier condition) {
    long end = System.nanoTime() + longest.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      LockSupport.parkNanos(ROUND.toNanos());
    }
    return true;
  }

  /// Lets time pass.
  static void passed(Duration time) {
    within(time, () -> false);
  }
}
