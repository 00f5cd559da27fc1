package dev.rollcall.icmp;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What became of a ping. Times are nanoseconds as numbers, because there may be hundreds of
/// thousands of results a second; [#rtt] and [#sentAt] have them as types.
///
/// @param target as given to the pinger
/// @param tag as given to the pinger
/// @param status what became of it
/// @param rttNanos the time from sending to receiving, or -1 where nothing was received
/// @param errorNanos by how much `rttNanos` may be too large or too small; 0 if the kernel stamped
///   both sides
/// @param sentNanos when it was sent, in nanoseconds since 1970; 0 if it was not
/// @param ttl the TTL or hop limit that the answer arrived with, or -1
/// @param from who answered: the target, or who sent the ICMP error; null if nobody did
/// @param icmpType the type of the ICMP error, or -1
/// @param icmpCode the code of the ICMP error, or -1
/// @param reason why there is no answer, in words; empty if there is one
public record PingResult(
    InetAddress target,
    long tag,
    PingStatus status,
    long rttNanos,
    long errorNanos,
    long sentNanos,
    int ttl,
    @Nullable InetAddress from,
    int icmpType,
    int icmpCode,
    String reason) {

  /// The time from sending to receiving.
  ///
  /// @throws IllegalStateException if nothing was received
  public Duration rtt() {
    if (rttNanos < 0) {
      throw new IllegalStateException("nothing was received: " + status);
    }
    return Duration.ofNanos(rttNanos);
  }

  /// When it was sent; 1970 if it was not.
  public Instant sentAt() {
    return Instant.ofEpochSecond(sentNanos / 1_000_000_000, sentNanos % 1_000_000_000);
  }
}
