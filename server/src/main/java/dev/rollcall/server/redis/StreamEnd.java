package dev.rollcall.server.redis;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// When this process last saw the end of a stream that nobody can write: everything in it was
/// applied then.
final class StreamEnd {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile Seen seen = new Seen("", Duration.ofDays(-1));
  private boolean blocked;

  /// @param at on the monotonic clock
  private record Seen(String server, Duration at) {}

  /// Everything is applied that was in the stream of this server.
  ///
  /// @param server as [RefusedWrites#server] says
  /// @param at when it was asked, on the monotonic clock
  void seen(String server, Duration at) {
    lock.lock();
    try {
      seen = new Seen(server, at);
      blocked = false;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Whether what is left cannot be applied at present: then nobody needs to wait for it.
  void blocked(boolean now) {
    lock.lock();
    try {
      blocked = now;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// When it was last seen, on the monotonic clock: what came before is applied.
  Duration lastSeen() {
    return seen.at();
  }

  /// Whether the end was seen at that server, then or later.
  boolean isSeen(String server, Duration after) {
    Seen last = seen;
    return last.server().equals(server) && last.at().compareTo(after) >= 0;
  }

  /// Waits until it is seen.
  ///
  /// @return false if it was not within that time, or what is left cannot be applied
  boolean await(String server, Duration after, Duration patience) {
    lock.lock();
    try {
      long left = patience.toNanos();
      while (!isSeen(server, after) && !blocked && left > 0) {
        left = changed.awaitNanos(left);
      }
      return isSeen(server, after);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }
}
