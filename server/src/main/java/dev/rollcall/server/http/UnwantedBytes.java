package dev.rollcall.server.http;

import java.time.Duration;
import java.util.concurrent.Semaphore;

/// What follows a request that was refused. It has to be read, but at a bounded rate: 2,000 pieces
/// of at most 64 KB a second, for all connections together. Hundreds of refused bodies would take
/// all processors otherwise.
final class UnwantedBytes {
  /// Takes what nobody reads, of all connections.
  static final byte[] BIN = new byte[64 * 1024];

  private static final Semaphore NEXT = new Semaphore(1, true);
  private static final Duration PACE = Duration.ofNanos(500_000);

  private UnwantedBytes() {}

  /// Waits until the next piece may be read.
  ///
  /// @throws ConnectionEnded if the listener closes meanwhile
  static void awaitNext() {
    try {
      NEXT.acquire();
      try {
        Thread.sleep(PACE);
      } finally {
        NEXT.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConnectionEnded("the listener is closing");
    }
  }
}
