package dev.rollcall.server.node;

import dev.rollcall.server.time.Clock;
import java.time.Duration;

/// Counts packets against the rate of the node. The measurer keeps the rate by itself; this makes
/// sure of it, whatever measures: who has sent too many waits until they are right.
final class PacketRate {
  private static final long NANOS = 1_000_000_000L;

  /// A pause does not let more be sent afterwards than in this time.
  private static final Duration SAVED = Duration.ofSeconds(1);

  private final int perSecond;
  private final Clock clock;

  /// When what was sent so far is right, on the monotonic clock.
  private Duration paidAt;

  /// @param perSecond the most packets a second
  PacketRate(int perSecond, Clock clock) {
    this.perSecond = perSecond;
    this.clock = clock;
    this.paidAt = clock.monotonic();
  }

  /// Packets were sent.
  ///
  /// @return how long to send nothing
  Duration sent(long packets) {
    Duration now = clock.monotonic();
    Duration least = now.minus(SAVED);
    Duration from = paidAt.compareTo(least) > 0 ? paidAt : least;
    paidAt = from.plus(Duration.ofNanos(Math.multiplyExact(packets, NANOS / perSecond)));
    Duration ahead = paidAt.minus(now);
    return ahead.isPositive() ? ahead : Duration.ZERO;
  }
}
