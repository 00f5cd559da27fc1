package dev.rollcall.icmp;

/// An entry of the MPLS label stack with which a probe arrived at a router (RFC 4950, RFC 3032).
///
/// @param label 0 to 1,048,575
/// @param trafficClass 0 to 7
/// @param bottom whether it is the last entry of the stack
/// @param ttl the TTL of the entry, 0 to 255
public record HopLabel(int label, int trafficClass, boolean bottom, int ttl) {
  /// Checks the ranges.
  public HopLabel {
    if (label >>> 20 != 0 || trafficClass >>> 3 != 0 || ttl >>> 8 != 0) {
      throw new IllegalArgumentException(
          "no MPLS label stack entry: %d, %d, %d".formatted(label, trafficClass, ttl));
    }
  }
}
