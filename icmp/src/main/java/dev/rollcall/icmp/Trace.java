package dev.rollcall.icmp;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// The path to a target, as its routers answered.
///
/// @param target where to
/// @param method with which probes
/// @param startedAt when the first probe was sent
/// @param took until the last answer or the last timeout
/// @param end how it ended
/// @param reason the end in words, for [TraceEnd#NOT_SENT] and [TraceEnd#UNREACHABLE]; otherwise
///   empty
/// @param hops from TTL 1 on, without a gap. The last one is the target if it was reached; with a
///   loop, the router that came again
public record Trace(
    InetAddress target,
    TraceMethod method,
    Instant startedAt,
    Duration took,
    TraceEnd end,
    String reason,
    List<Hop> hops) {
  /// Copies the list.
  public Trace {
    hops = List.copyOf(hops);
  }

  /// Whether the target answered.
  public boolean reached() {
    return end == TraceEnd.REACHED;
  }

  /// The number of probes.
  public int sent() {
    return hops.stream().mapToInt(Hop::sent).sum();
  }
}
