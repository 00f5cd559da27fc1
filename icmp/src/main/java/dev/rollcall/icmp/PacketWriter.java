package dev.rollcall.icmp;

import static dev.rollcall.icmp.PacketLayout.put16;
import static dev.rollcall.icmp.PacketLayout.put32;
import static dev.rollcall.icmp.PacketLayout.put64;
import static dev.rollcall.icmp.PacketLayout.put8;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/// Writes the probes of a trace. All probes of one flow are alike in everything that a router may
/// use to choose between paths, so that they take the same path (Paris traceroute, Augustin et al.,
/// IMC 2006). What tells them apart is within the first eight octets behind the IP header, which
/// every router quotes (RFC 792):
///
/// - ICMP echo: the sequence number. Two octets of the payload are its complement, so the checksum
///   stays the same.
/// - UDP: the checksum itself. Two octets of the payload are chosen so that it is right.
/// - TCP SYN: the sequence number. Its checksum lies behind the octets that routers use.
///
/// The payload of ICMP and UDP: two octets of compensation, two of the flow, eight of the nonce,
/// and then the sender's message, repeated up to the size that is asked for. None of the methods
/// writes an IP header: the kernel does.
final class PacketWriter {
  /// Octets of the header of ICMP echo and of UDP.
  static final int HEADER = 8;

  /// Octets of a probe before the sender's message, from the ICMP or UDP header on.
  static final int BEFORE_MESSAGE = HEADER + 12;

  /// Where the nonce is, from the ICMP or UDP header on.
  static final int NONCE_AT = HEADER + 4;

  /// Octets of a SYN: its header with the option for the maximum segment size, which some firewalls
  /// miss otherwise.
  static final int SYN = 24;

  private static final int SYN_FLAG = 2;
  private static final int ACKNOWLEDGED_AT = 8;

  private final byte[] message;

  /// @param message says who sends the probes
  PacketWriter(byte[] message) {
    this.message = message.clone();
  }

  /// An ICMP or ICMPv6 echo request. Its checksum is right for ICMP; that of ICMPv6 comes from the
  /// kernel.
  ///
  /// @param size octets of the whole message, 20 at least
  void echo(
      MemorySegment out,
      long at,
      int size,
      IpFamily family,
      int id,
      int sequence,
      int flow,
      long nonce) {
    put8(out, at, family == IpFamily.V6 ? PacketLayout.ECHO_6 : PacketLayout.ECHO);
    put8(out, at + 1, 0);
    put16(out, at + 2, 0);
    put16(out, at + 4, id);
    put16(out, at + 6, sequence);
    put16(out, at + 8, ~sequence);
    payload(out, at, size, flow, nonce);
    if (family == IpFamily.V4) {
      put16(out, at + 2, Checksum.of(out, at, size));
    }
  }

  /// A UDP datagram whose checksum is `key`.
  ///
  /// @param size octets of header and payload, 20 at least
  /// @param addresses the sum of the words of source and target
  /// @param key 1 to 65,535
  void datagram(
      MemorySegment out,
      long at,
      int size,
      long addresses,
      int sourcePort,
      int targetPort,
      int key,
      int flow,
      long nonce) {
    put16(out, at, sourcePort);
    put16(out, at + 2, targetPort);
    put16(out, at + 4, size);
    put16(out, at + 6, key);
    put16(out, at + 8, 0);
    payload(out, at, size, flow, nonce);
    long sum = addresses + Linux.IPPROTO_UDP + size + Checksum.sum(out, at, size);
    put16(out, at + 8, ~Checksum.fold(sum));
  }

  /// A TCP SYN without a payload; 24 octets.
  ///
  /// @param addresses the sum of the words of source and target
  void syn(
      MemorySegment out, long at, long addresses, int sourcePort, int targetPort, int sequence) {
    put16(out, at, sourcePort);
    put16(out, at + 2, targetPort);
    put32(out, at + 4, sequence);
    put32(out, at + ACKNOWLEDGED_AT, 0);
    put8(out, at + 12, (SYN / 4) << 4);
    put8(out, at + 13, SYN_FLAG);
    put16(out, at + 14, 0xffff);
    put32(out, at + 16, 0);
    put32(out, at + 20, 2 << 24 | 4 << 16 | 1460); // maximum segment size (RFC 9293)
    long sum = addresses + Linux.IPPROTO_TCP + SYN + Checksum.sum(out, at, SYN);
    put16(out, at + 16, ~Checksum.fold(sum));
  }

  private void payload(MemorySegment out, long at, int size, int flow, long nonce) {
    put16(out, at + HEADER + 2, flow);
    put64(out, at + NONCE_AT, nonce);
    int written = BEFORE_MESSAGE;
    while (written < size && message.length > 0) {
      int some = Math.min(message.length, size - written);
      MemorySegment.copy(message, 0, out, JAVA_BYTE, at + written, some);
      written += some;
    }
    if (written < size) {
      out.asSlice(at + written, size - written).fill((byte) 0);
    }
  }
}
