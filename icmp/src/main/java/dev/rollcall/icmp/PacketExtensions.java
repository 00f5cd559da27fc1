package dev.rollcall.icmp;

import java.util.List;

/// What the extensions of an ICMP error say.
///
/// @param labels the MPLS label stack, its top first
/// @param interfaces interfaces of the router
/// @param malformed whether a length or a checksum in them is wrong. What was read before it is
///   kept
record PacketExtensions(List<HopLabel> labels, List<HopInterface> interfaces, boolean malformed) {
  static final PacketExtensions NONE = new PacketExtensions(List.of(), List.of(), false);
  static final PacketExtensions MALFORMED = new PacketExtensions(List.of(), List.of(), true);

  PacketExtensions {
    labels = List.copyOf(labels);
    interfaces = List.copyOf(interfaces);
  }
}
