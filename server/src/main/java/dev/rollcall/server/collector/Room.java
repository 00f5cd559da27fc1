package dev.rollcall.server.collector;

import dev.rollcall.server.http.Unavailable;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// Memory for results that were received and are not yet stored: however many nodes send at once,
/// no more is taken. Who sends slowly holds only what has come.
final class Room {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final long most;
  private final AtomicLong taken = new AtomicLong();

  /// @param most bytes
  Room(long most) {
    this.most = most;
  }

  /// Takes so many bytes more.
  ///
  /// @throws Unavailable where there is not so much left; nothing is taken then
  void take(long bytes) {
    if (taken.addAndGet(bytes) > most) {
      taken.addAndGet(-bytes);
      throw new Unavailable(
          "more results are on their way at once than there is memory for", RETRY_AFTER);
    }
  }

  void giveBack(long bytes) {
    taken.addAndGet(-bytes);
  }

  /// Bytes taken now.
  long taken() {
    return taken.get();
  }
}
