package dev.rollcall.icmp;

import org.jspecify.annotations.Nullable;

/// How many packets may be sent now: a bucket that fills at a rate and holds one burst. For one
/// thread.
final class TokenBucket {
  /// The most packets that are sent at once.
  static final int BURST = 16;

  private final double perNano;
  private final @Nullable SharedRate shared;
  private double tokens = 1;
  private long filledAt;

  /// What was taken of the shared rate and not used yet.
  private int held;

  TokenBucket(double perSecond, long now) {
    this(perSecond, null, now);
  }

  /// @param shared what others send too; null if nothing is shared
  TokenBucket(double perSecond, @Nullable SharedRate shared, long now) {
    this.perNano = perSecond / 1e9;
    this.shared = shared;
    this.filledAt = now;
  }

  int available(long now) {
    tokens = Math.min(BURST, tokens + (now - filledAt) * perNano);
    filledAt = now;
    if (shared == null) {
      return (int) tokens;
    }
    held += shared.take((int) tokens - held, now);
    return Math.min((int) tokens, held);
  }

  void take(int count) {
    tokens -= count;
    held -= count;
  }

  /// Nanoseconds until the next token, rounded up. At high rates it is the time of several, so that
  /// a wait is worth its cost.
  long untilNext() {
    double wanted = Math.clamp(perNano * 1e6, 1, BURST / 2.0); // what a millisecond brings
    long own = Math.max(0, (long) Math.ceil((wanted - tokens) / perNano));
    return shared == null || held > 0 ? own : Math.max(own, shared.untilNext());
  }
}
