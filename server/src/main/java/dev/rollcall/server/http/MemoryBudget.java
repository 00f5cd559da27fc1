package dev.rollcall.server.http;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// Memory for the bodies and answers that are under way, on all ports together: there is one heap.
/// Whoever would need more than is left is told to come again, however many ask at once and however
/// slowly they read. What the collector has read and not yet stored has a room of its own.
final class MemoryBudget {
  /// Three eighths of the heap: 192 MiB of 512.
  static final MemoryBudget OF_HEAP = new MemoryBudget(Runtime.getRuntime().maxMemory() / 8 * 3);

  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private final long most;
  private final AtomicLong taken = new AtomicLong();

  /// @param most bytes
  MemoryBudget(long most) {
    this.most = most;
  }

  /// @throws Unavailable where there is not so much left; nothing is taken then
  void take(long bytes) {
    if (taken.addAndGet(bytes) > most) {
      taken.addAndGet(-bytes);
      throw new Unavailable("too much data in transit for the available memory", RETRY_AFTER);
    }
  }

  void giveBack(long bytes) {
    taken.addAndGet(-bytes);
  }
}
