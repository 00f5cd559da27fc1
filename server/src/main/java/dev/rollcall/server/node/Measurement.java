package dev.rollcall.server.node;

import inet.ipaddr.IPAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What was found about a target: a ping of several packets, and perhaps its route.
///
/// @param sent packets to the target, without those of the trace
/// @param received how many of them were answered
/// @param averageRtt of the answers; zero if there was none
/// @param at when it began
/// @param error why nothing was sent, or what came back instead of an answer
/// @param packets all packets that it took, those of the trace included
public record Measurement(
    IPAddress target,
    int sent,
    int received,
    Duration averageRtt,
    Instant at,
    Optional<String> error,
    Optional<Trace> trace,
    int packets) {
  public Measurement {
    if (sent < 0 || received < 0 || received > sent || averageRtt.isNegative() || packets < 0) {
      throw new IllegalArgumentException(
          "%d of %d answered in %s, %d packets".formatted(received, sent, averageRtt, packets));
    }
  }

  /// The percentage of lost packets; 0 if none was sent.
  public double loss() {
    return sent == 0 ? 0 : 100.0 * (sent - received) / sent;
  }

  /// The route to the target.
  ///
  /// @param method the packets: never [TraceMethod#OFF]
  /// @param completed whether the target was reached
  /// @param hops by their TTL; several with one TTL if it has several routers
  public record Trace(
      TraceMethod method, boolean completed, Optional<String> error, List<Hop> hops) {
    public Trace {
      hops = List.copyOf(hops);
    }
  }

  /// A router on the way.
  ///
  /// @param ttl 1 to 255
  /// @param address empty: nobody answered
  /// @param rtt zero where it is not known
  public record Hop(int ttl, Optional<IPAddress> address, Duration rtt) {}

  /// The packets of a traceroute.
  public enum TraceMethod {
    ICMP,
    UDP,
    TCP,
    /// Routes are not traced.
    OFF
  }
}
