package dev.rollcall.server.collector;

import dev.rollcall.server.address.Address;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/// One ping of one target, as a node measured it.
///
/// @param loss percent of the packets, 0 to 100
/// @param averageRtt nanoseconds; 0 where nothing came back
record Result(
    Address ip,
    long sent,
    long received,
    double loss,
    long averageRtt,
    Instant timestamp,
    Optional<String> error) {
  /// The way to the target.
  record Traceroute(Method method, boolean completed, Optional<String> error) {}

  /// One step of the way.
  ///
  /// @param ttl 1 to 255
  /// @param ip empty where nobody answered, or where it was not said who
  /// @param rtt nanoseconds; 0 where it was not said
  record Hop(int ttl, Optional<Address> ip, long rtt, boolean timeout) {}

  /// With which packets the way was looked for.
  enum Method {
    ICMP(0),
    UDP(1),
    TCP(2);

    /// What stands for it where it is packed.
    final int code;

    /// As it is written: `icmp`.
    final String text = name().toLowerCase(Locale.ROOT);

    Method(int code) {
      this.code = code;
    }

    static Method of(int code) {
      return switch (code) {
        case 0 -> ICMP;
        case 1 -> UDP;
        default -> TCP;
      };
    }
  }

  /// Whether any packet came back.
  boolean isSuccessful() {
    return received > 0;
  }
}
