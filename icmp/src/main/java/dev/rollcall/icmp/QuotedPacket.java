package dev.rollcall.icmp;

import static dev.rollcall.icmp.PacketLayout.i32;
import static dev.rollcall.icmp.PacketLayout.i64;
import static dev.rollcall.icmp.PacketLayout.u16;
import static dev.rollcall.icmp.PacketLayout.u8;

import java.lang.foreign.MemorySegment;

/// The packet that an ICMP error quotes: a probe as the router saw it. It may be as short as the IP
/// header and eight octets (RFC 792). One instance is read again and again; it is valid until its
/// buffer is used for the next packet.
final class QuotedPacket {
  /// The octets behind the IP header that every quote has.
  static final int LEAST = 8;

  private static final int IPV4_HEADER = 20;
  private static final int IPV6_HEADER = 40;

  private MemorySegment bytes = MemorySegment.NULL;
  private long transport;
  private long end;
  private IpFamily family = IpFamily.V4;
  private int protocol;
  private int ttl;
  private long targetHigh;
  private long targetLow;

  /// Reads a quote that begins with its IP header.
  ///
  /// @param to where the quote ends
  /// @return whether it is whole up to the eighth octet behind the IP header, and no later part of
  ///   a fragmented packet
  boolean read(MemorySegment packet, long from, long to) {
    if (to - from < IPV4_HEADER + LEAST) {
      return false;
    }
    return switch (u8(packet, from) >>> 4) {
      case 4 -> read4(packet, from, to);
      case 6 -> read6(packet, from, to);
      default -> false;
    };
  }

  private boolean read4(MemorySegment packet, long from, long to) {
    int header = (u8(packet, from) & 15) * 4;
    boolean laterFragment = (u16(packet, from + 6) & 0x1fff) != 0;
    if (header < IPV4_HEADER || laterFragment) {
      return false;
    }
    ttl = u8(packet, from + 8);
    return readTransport(
        packet,
        from + header,
        to,
        IpFamily.V4,
        u8(packet, from + 9),
        0,
        i32(packet, from + 16) & 0xffff_ffffL);
  }

  private boolean read6(MemorySegment packet, long from, long to) {
    if (to - from < IPV6_HEADER + LEAST) {
      return false;
    }
    ttl = u8(packet, from + 7);
    // Probes have no extension headers: another next header is none of ours.
    return readTransport(
        packet,
        from + IPV6_HEADER,
        to,
        IpFamily.V6,
        u8(packet, from + 6),
        i64(packet, from + 24),
        i64(packet, from + 32));
  }

  /// Reads a quote without its IP header, as the error queue of a socket has it.
  ///
  /// @return whether it has eight octets
  boolean readTransport(
      MemorySegment packet,
      long from,
      long to,
      IpFamily family,
      int protocol,
      long targetHigh,
      long targetLow) {
    this.bytes = packet;
    this.transport = from;
    this.end = to;
    this.family = family;
    this.protocol = protocol;
    this.targetHigh = targetHigh;
    this.targetLow = targetLow;
    return to - from >= LEAST;
  }

  IpFamily family() {
    return family;
  }

  /// The protocol behind the IP header.
  int protocol() {
    return protocol;
  }

  /// The TTL or hop limit that the packet had when it was quoted: mostly 1 or 0.
  int ttl() {
    return ttl;
  }

  /// Where the packet was sent to; see [SocketAddress].
  long targetHigh() {
    return targetHigh;
  }

  long targetLow() {
    return targetLow;
  }

  /// Whether it is a request for an echo.
  boolean isEcho() {
    int type = u8(bytes, transport);
    return (protocol == Linux.IPPROTO_ICMP && type == PacketLayout.ECHO)
        || (protocol == Linux.IPPROTO_ICMPV6 && type == PacketLayout.ECHO_6);
  }

  int echoId() {
    return u16(bytes, transport + 4);
  }

  int echoSequence() {
    return u16(bytes, transport + 6);
  }

  int sourcePort() {
    return u16(bytes, transport);
  }

  int targetPort() {
    return u16(bytes, transport + 2);
  }

  int udpChecksum() {
    return u16(bytes, transport + 6);
  }

  int tcpSequence() {
    return i32(bytes, transport + 4);
  }

  /// Whether the nonce of an echo or of a datagram is quoted, and is another than ours. Zeros are
  /// the padding behind a short quote (RFC 4884 section 4).
  boolean hasOtherNonce(long nonce) {
    long at = transport + PacketWriter.NONCE_AT;
    if (protocol == Linux.IPPROTO_TCP || at + 8 > end) {
      return false;
    }
    long quoted = i64(bytes, at);
    return quoted != 0 && quoted != nonce;
  }
}
