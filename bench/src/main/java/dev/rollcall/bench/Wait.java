package dev.rollcall.bench;

import java.io.IOException;
import java.time.Duration;

/// Waits with a limit.
final class Wait {
  private static final Duration STEP = Duration.ofMillis(2);

  /// The condition to wait for.
  interface Condition {
    boolean holds() throws IOException, InterruptedException;
  }

  private Wait() {}

  /// Waits until `condition` holds, while `child` runs.
  static void until(String what, Duration patience, Child child, Condition condition)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (!condition.holds()) {
      child.mustRun();
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            "waited %d s in vain: %s; %s".formatted(patience.toSeconds(), what, child.output()));
      }
      Thread.sleep(STEP);
    }
  }
}
