package dev.rollcall.icmp;

/// How many packets may be sent now: a bucket that fills at a rate and holds one burst.
final class TokenBucket {
  /// The most packets that are sent at once.
  static final int BURST = 16;

  private final double perNano;
  private double tokens = 1;
  private long filledAt;

  TokenBucket(double perSecond, long now) {
    this.perNano = perSecond / 1e9;
    this.filledAt = now;
  }

  int available(long now) {
    tokens = Math.min(BURST, tokens + (now - filledAt) * perNano);
    filledAt = now;
    return (int) tokens;
  }

  void take(int count) {
    tokens -= count;
  }

  /// Nanoseconds until the next token, rounded up. At high rates it is the time of several, so that
  /// a wait is worth its cost.
  long untilNext() {
    double wanted = Math.clamp(perNano * 1e6, 1, BURST / 2.0); // what a millisecond brings
    return Math.max(0, (long) Math.ceil((wanted - tokens) / perNano));
  }
}
