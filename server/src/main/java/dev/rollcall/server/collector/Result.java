package dev.rollcall.server.collector;

import dev.rollcall.server.address.Address;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/// A ping of a target, as a node measured it.
///
/// @param loss percentage of lost packets, 0 to 100
/// @param averageRtt in nanoseconds; 0 if there was no answer
record Result(
    Address ip,
    long sent,
    long received,
    double loss,
    long averageRtt,
    Instant timestamp,
    Optional<String> error) {
  /// The traceroute to the target.
  record Traceroute(Method method, boolean completed, Optional<String> error) {}

  /// One hop of the traceroute.
  ///
  /// @param ttl 1 to 255
  /// @param ip empty if there was no answer, or no address was given
  /// @param rtt in nanoseconds; 0 if none was given
  record Hop(int ttl, Optional<Address> ip, long rtt, boolean timeout) {}

  /// The packets of the traceroute.
  enum Method {
    ICMP(0),
    UDP(1),
    TCP(2);

    /// Its number in packed form.
    final int code;

    /// Its word: `icmp`.
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

  /// Whether any packet was answered.
  boolean isSuccessful() {
    return received > 0;
  }
}
