package dev.rollcall.server.http;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// The memory for all bodies and answers under way, on all ports together. A request that would
/// need more than is left gets 503. Results that the collector has read and not stored yet have a
/// budget of their own.
final class MemoryBudget {
  /// Three eighths of the heap: 192 MiB of 512.
  static final MemoryBudget OF_HEAP = new MemoryBudget(Runtime.getRuntime().maxMemory() / 8 * 3);

  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  /// What jobs print is shorter, also when it counts twice.
  private static final long LONG = 256 * 1024;

  private final long most;
  private final AtomicLong taken = new AtomicLong();

  /// @param most the number of bytes
  MemoryBudget(long most) {
    this.most = most;
  }

  /// Takes memory.
  ///
  /// @throws Unavailable if not enough is left; then nothing is taken
  void take(long bytes) {
    take(bytes, 0);
  }

  /// Takes memory for a piece of a body, which is useless without its end. Long bodies leave a
  /// quarter of the budget to answers, and to what jobs print.
  ///
  /// @param before how much the pieces before it took
  /// @param later how much the rest will take
  /// @throws Unavailable if not enough is left for all of it; then nothing is taken
  void takeForBody(long bytes, long before, long later) {
    boolean isLong = before + bytes + later > LONG;
    take(bytes, later + (isLong ? most / 4 : 0));
  }

  private void take(long bytes, long later) {
    if (taken.addAndGet(bytes) > most - later) {
      taken.addAndGet(-bytes);
      throw new Unavailable("too much data in transit for the available memory", RETRY_AFTER);
    }
  }

  void giveBack(long bytes) {
    taken.addAndGet(-bytes);
  }
}
