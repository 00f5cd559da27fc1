package dev.rollcall.server.sql;

import java.time.Duration;

/// The pause before something that failed is tried again.
final class RetryPause {
  private RetryPause() {}

  /// Waits.
  ///
  /// @return false if the thread was interrupted: then it is not tried again
  static boolean await(Duration pause) {
    try {
      Thread.sleep(pause);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
