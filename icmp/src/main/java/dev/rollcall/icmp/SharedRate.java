package dev.rollcall.icmp;

/// The most packets a second that the pingers and tracers that share it send together. What one of
/// them leaves, the others may take. May be used by any thread.
///
/// Each of them also keeps the rate of its own options. At most [TokenBucket#BURST] packets of each
/// and of this are sent at once.
public final class SharedRate {
  private final double perNano;
  private double tokens = 1;
  private long filledAt;
  private boolean filled;

  /// @param packetsPerSecond at least 1
  public SharedRate(int packetsPerSecond) {
    if (packetsPerSecond < 1) {
      throw new IllegalArgumentException("packetsPerSecond is " + packetsPerSecond + ": use 1 on");
    }
    this.perNano = packetsPerSecond / 1e9;
  }

  /// Takes what there is, up to `most`.
  ///
  /// @param now on a monotonic clock, the same for all
  /// @return how many packets may be sent
  synchronized int take(int most, long now) {
    if (filled) {
      // The readings of several threads may come out of order.
      tokens = Math.min(TokenBucket.BURST, tokens + Math.max(0, now - filledAt) * perNano);
      filledAt = Math.max(filledAt, now);
    } else {
      filled = true;
      filledAt = now;
    }
    int taken = Math.clamp(most, 0, (int) tokens);
    tokens -= taken;
    return taken;
  }

  /// Nanoseconds until there is a packet for somebody, rounded up.
  synchronized long untilNext() {
    return Math.max(0, (long) Math.ceil((1 - tokens) / perNano));
  }
}
