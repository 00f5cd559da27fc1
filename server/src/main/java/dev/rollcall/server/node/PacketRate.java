package dev.rollcall.server.node;

import dev.rollcall.server.time.Clock;
import java.time.Duration;

/// Counts packets against the rate of the node. What measures keeps the rate by itself; this makes
/// sure of it, whatever measures. Packets count from when their targets are begun, as many as they
/// will probably take, and are corrected when it is known. For one thread.
final class PacketRate {
  private static final double NANOS = 1e9;

  /// A pause does not let more be sent afterwards than in this time.
  private static final Duration SAVED = Duration.ofSeconds(1);

  private final int perSecond;
  private final Clock clock;

  /// When what was counted so far is right, on the monotonic clock.
  private Duration paidAt;

  /// @param perSecond the most packets a second
  PacketRate(int perSecond, Clock clock) {
    this.perSecond = perSecond;
    this.clock = clock;
    this.paidAt = clock.monotonic();
  }

  /// About so many packets will be sent.
  void expect(double packets) {
    Duration least = clock.monotonic().minus(SAVED);
    paidAt = (paidAt.compareTo(least) > 0 ? paidAt : least).plus(time(packets));
  }

  /// So many were sent instead.
  void correct(double expected, double sent) {
    paidAt = paidAt.plus(time(sent - expected));
  }

  /// How long to begin nothing.
  Duration pause() {
    Duration ahead = paidAt.minus(clock.monotonic());
    return ahead.isPositive() ? ahead : Duration.ZERO;
  }

  private Duration time(double packets) {
    return Duration.ofNanos((long) (packets * NANOS / perSecond));
  }
}
