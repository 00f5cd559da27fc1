package dev.rollcall.icmp;

import java.util.List;

/// What answered at one TTL.
///
/// @param ttl 1 for the first router
/// @param state whether it answered
/// @param nodes the routers that answered: several where flows take several paths, none if it is
///   silent
/// @param sent the number of probes, without those that were too large for a link
/// @param answered the number of those that were answered
/// @param octets the size of the largest packet that was answered, with its IP header; 0 without an
///   answer. With [TracerOptions#discoverMtu] it shows where larger packets vanish
public record Hop(
    int ttl, HopState state, List<HopNode> nodes, int sent, int answered, int octets) {
  /// Copies the list.
  public Hop {
    nodes = List.copyOf(nodes);
  }
}
