package dev.rollcall.icmp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/// The checksum of IP, ICMP, UDP and TCP (RFC 1071): the ones' complement of the ones' complement
/// sum of all 16-bit words. A sum is a `long` that has not been folded yet, so that sums of parts
/// can be added.
final class Checksum {
  private Checksum() {}

  /// The sum of `length` octets from `from` on. An odd last octet counts as the high half of a
  /// word.
  static long sum(MemorySegment bytes, long from, long length) {
    long sum = 0;
    long end = from + (length & ~1L);
    for (long at = from; at < end; at += 2) {
      sum += PacketLayout.u16(bytes, at);
    }
    if ((length & 1) != 0) {
      sum += (bytes.get(JAVA_BYTE, end) & 0xffL) << 8;
    }
    return sum;
  }

  /// The sum of the 16-bit words of a number.
  static long words(long value) {
    return (value >>> 48) + (value >>> 32 & 0xffff) + (value >>> 16 & 0xffff) + (value & 0xffff);
  }

  /// The sum of the pseudo header of UDP, TCP and ICMPv6 (RFC 768, RFC 8200 section 8.1).
  ///
  /// @param length octets of the transport header and its payload
  static long pseudoHeader(
      long sourceHigh, long sourceLow, long targetHigh, long targetLow, int protocol, int length) {
    return words(sourceHigh)
        + words(sourceLow)
        + words(targetHigh)
        + words(targetLow)
        + protocol
        + length;
  }

  /// A sum as 16 bits.
  static int fold(long sum) {
    long folded = sum;
    while (folded >>> 16 != 0) {
      folded = (folded & 0xffff) + (folded >>> 16);
    }
    return (int) folded;
  }

  /// The checksum of octets in which the checksum's own field is zero.
  static int of(MemorySegment bytes, long from, long length) {
    return ~fold(sum(bytes, from, length)) & 0xffff;
  }

  /// Whether octets that contain their checksum are unchanged.
  static boolean holds(MemorySegment bytes, long from, long length) {
    return fold(sum(bytes, from, length)) == 0xffff;
  }
}
