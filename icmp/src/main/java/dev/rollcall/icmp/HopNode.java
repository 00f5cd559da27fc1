package dev.rollcall.icmp;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// A router or the target, as it answered at one TTL.
///
/// @param address where its answers came from
/// @param rtts the time of each answer, in the order of the probes. Empty for one that is
///   remembered
/// @param remembered whether it was not asked this time, because an earlier trace went through the
///   same router behind it
/// @param error why it did not deliver the probe; empty if only the TTL was used up
/// @param labels the MPLS labels with which the probe arrived
/// @param interfaces what it says about its interfaces
/// @param mtu the largest packet that the link behind it takes, in octets, if it said so
/// @param flows the flows that went through it: 0 alone, without multipath
public record HopNode(
    InetAddress address,
    List<Duration> rtts,
    boolean remembered,
    Optional<HopError> error,
    List<HopLabel> labels,
    List<HopInterface> interfaces,
    OptionalInt mtu,
    List<Integer> flows) {
  /// Copies the lists.
  public HopNode {
    rtts = List.copyOf(rtts);
    labels = List.copyOf(labels);
    interfaces = List.copyOf(interfaces);
    flows = List.copyOf(flows);
  }
}
