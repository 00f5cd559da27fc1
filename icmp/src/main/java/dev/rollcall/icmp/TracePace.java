package dev.rollcall.icmp;

/// Keeps a tracer from asking the same router too often, whatever the targets are. The routers near
/// this machine are on the way to many targets; which one a probe will ask is known where the last
/// traces all found the same at a TTL. Its gap doubles with each probe that it leaves unanswered
/// and shrinks with each answer. For one thread.
final class TracePace {
  private static final int SAME_BEFORE = 4;
  private static final long FIRST_NANOS = 1_000_000;
  private static final long MOST_NANOS = 1_000_000_000;

  private final long least;
  private final long[] high = new long[256];
  private final long[] low = new long[256];
  private final int[] same = new int[256];
  private final long[] gap = new long[256];
  private final long[] next = new long[256];

  /// @param least the least gap in nanoseconds
  TracePace(long least) {
    this.least = least;
  }

  /// Takes the next turn at a TTL.
  ///
  /// @return how long to wait for it, in nanoseconds
  long turn(int ttl, long now) {
    long between = Math.max(least, gap[ttl]);
    if (same[ttl] < SAME_BEFORE || between == 0) {
      return 0;
    }
    long at = Math.max(now, next[ttl]);
    next[ttl] = at + between;
    return at - now;
  }

  void answered(int ttl, long fromHigh, long fromLow) {
    if (high[ttl] == fromHigh && low[ttl] == fromLow) {
      same[ttl] = Math.min(same[ttl] + 1, SAME_BEFORE);
      gap[ttl] -= gap[ttl] / 16;
    } else {
      high[ttl] = fromHigh;
      low[ttl] = fromLow;
      same[ttl] = 0;
      gap[ttl] = 0;
    }
  }

  /// A router left a probe unanswered that others behind it have answered.
  void missed(int ttl) {
    gap[ttl] = Math.min(MOST_NANOS, Math.max(FIRST_NANOS, gap[ttl] * 2));
  }
}
