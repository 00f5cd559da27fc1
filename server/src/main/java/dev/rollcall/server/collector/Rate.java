package dev.rollcall.server.collector;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/// Counts what came in each of the last ten seconds.
///
/// The counts are in a ring, one for each second: old ones are overwritten, and nothing runs while
/// nothing comes.
final class Rate {
  private static final int SECONDS = 10;

  private final ReentrantLock lock = new ReentrantLock();
  private final long[] counts = new long[SECONDS + 1];
  private final long[] seconds = new long[SECONDS + 1];

  /// @param now the monotonic time
  void add(long count, Duration now) {
    long second = now.toSeconds();
    int place = (int) (second % counts.length);
    lock.lock();
    try {
      if (seconds[place] != second) {
        seconds[place] = second;
        counts[place] = 0;
      }
      counts[place] += count;
    } finally {
      lock.unlock();
    }
  }

  /// The mean of the last ten complete seconds.
  double perSecond(Duration now) {
    long second = now.toSeconds();
    long sum = 0;
    lock.lock();
    try {
      for (int i = 0; i < counts.length; i++) {
        if (seconds[i] < second && seconds[i] >= second - SECONDS) {
          sum += counts[i];
        }
      }
    } finally {
      lock.unlock();
    }
    return (double) sum / SECONDS;
  }
}
