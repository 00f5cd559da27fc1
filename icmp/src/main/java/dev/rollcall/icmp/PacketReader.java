package dev.rollcall.icmp;

import static dev.rollcall.icmp.PacketLayout.i32;
import static dev.rollcall.icmp.PacketLayout.u16;
import static dev.rollcall.icmp.PacketLayout.u8;

import java.lang.foreign.MemorySegment;

/// Reads the packets that answer probes: echo replies, ICMP errors with what they quote, and the
/// answers of TCP and UDP. What a stranger sent can have any form: each length is checked, and a
/// packet with a wrong one is [Kind#MALFORMED].
///
/// One instance is read again and again, without allocation except for extensions. Its values are
/// valid until its buffer is used for the next packet. For one thread.
final class PacketReader {
  /// What a packet is.
  enum Kind {
    /// No answer to a probe.
    OTHER,
    /// A length or a checksum is wrong.
    MALFORMED,
    /// An echo reply: [#id()], [#sequence()].
    ECHO_REPLY,
    /// The TTL was used up at a router; [#quoted()] is the probe.
    TIME_EXCEEDED,
    /// The packet could not be delivered; [#code()] says why.
    UNREACHABLE,
    /// The packet is larger than the next link takes: [#mtu()].
    TOO_BIG,
    /// A router or the target did not understand the packet.
    PARAMETER_PROBLEM,
    /// The TCP port is open: [#acknowledged()].
    SYN_ACK,
    /// The TCP port is closed: [#acknowledged()].
    RESET,
    /// A UDP datagram.
    DATAGRAM
  }

  private static final int IPV4_HEADER = 20;
  private static final int IPV6_HEADER = 40;
  private static final int ICMP_HEADER = 8;
  private static final int TCP_HEADER = 20;
  private static final int UDP_HEADER = 8;

  private static final int UNREACHABLE_4 = 3;
  private static final int TIME_EXCEEDED_4 = 11;
  private static final int PARAMETER_PROBLEM_4 = 12;
  private static final int FRAGMENTATION_NEEDED = 4;
  private static final int UNREACHABLE_6 = 1;
  private static final int TOO_BIG_6 = 2;
  private static final int TIME_EXCEEDED_6 = 3;
  private static final int PARAMETER_PROBLEM_6 = 4;

  private static final int SYN = 2;
  private static final int RST = 4;
  private static final int ACK = 16;

  private final QuotedPacket quoted = new QuotedPacket();
  private Kind kind = Kind.OTHER;
  private int code;
  private int mtu;
  private int ttl;
  private long sourceHigh;
  private long sourceLow;
  private int first;
  private int second;
  private MemorySegment packet = MemorySegment.NULL;
  private long payload;
  private long end;
  private PacketExtensions extensions = PacketExtensions.NONE;

  /// What the packet read last is.
  Kind kind() {
    return kind;
  }

  /// The code of an ICMP error.
  int code() {
    return code;
  }

  /// The MTU of the next link, for [Kind#TOO_BIG]; 0 if the router does not say it.
  int mtu() {
    return mtu;
  }

  /// The TTL with which the packet arrived; 0 if it is not known.
  int ttl() {
    return ttl;
  }

  long sourceHigh() {
    return sourceHigh;
  }

  long sourceLow() {
    return sourceLow;
  }

  /// The probe in an ICMP error.
  QuotedPacket quoted() {
    return quoted;
  }

  /// What the extensions of an ICMP error say.
  PacketExtensions extensions() {
    return extensions;
  }

  /// The identifier of an echo reply.
  int id() {
    return first;
  }

  /// The sequence number of an echo reply.
  int sequence() {
    return second;
  }

  /// The port at which the packet arrived, for TCP and UDP.
  int targetPort() {
    return first;
  }

  /// The port from which it came.
  int sourcePort() {
    return second;
  }

  /// The acknowledgment number of a TCP packet: one above the sequence number of its probe.
  int acknowledged() {
    return i32(packet, payload - TCP_HEADER + 8);
  }

  /// Whether an echo reply has another nonce than this.
  boolean hasOtherNonce(long nonce) {
    long at = payload + PacketWriter.NONCE_AT - PacketWriter.HEADER;
    return at + 8 > end || PacketLayout.i64(packet, at) != nonce;
  }

  /// Reads an IPv4 packet with its header, as a raw socket returns it.
  Kind read4(MemorySegment bytes, long from, long length) {
    begin(bytes);
    if (length < IPV4_HEADER || u8(bytes, from) >>> 4 != 4) {
      return malformed();
    }
    int header = (u8(bytes, from) & 15) * 4;
    int total = u16(bytes, from + 2);
    if (header < IPV4_HEADER || total < header || total > length) {
      return malformed();
    }
    ttl = u8(bytes, from + 8);
    sourceLow = i32(bytes, from + 12) & 0xffff_ffffL;
    long at = from + header;
    long to = from + total;
    return switch (u8(bytes, from + 9)) {
      case Linux.IPPROTO_ICMP -> icmp4(at, to);
      case Linux.IPPROTO_TCP -> tcp(at, to);
      case Linux.IPPROTO_UDP -> udp(at, to);
      default -> kind;
    };
  }

  /// Reads a packet without its IP header, as raw sockets of IPv6 and ping sockets return it.
  ///
  /// @param protocol a number of [Linux], as `IPPROTO_ICMPV6`
  Kind read(
      MemorySegment bytes,
      long from,
      long length,
      int protocol,
      long fromHigh,
      long fromLow,
      int arrivedTtl) {
    begin(bytes);
    sourceHigh = fromHigh;
    sourceLow = fromLow;
    ttl = arrivedTtl;
    long to = from + length;
    return switch (protocol) {
      case Linux.IPPROTO_ICMP -> icmp4(from, to);
      case Linux.IPPROTO_ICMPV6 -> icmp6(from, to);
      case Linux.IPPROTO_TCP -> tcp(from, to);
      case Linux.IPPROTO_UDP -> udp(from, to);
      default -> kind;
    };
  }

  /// Reads an entry of the error queue of a ping socket: the kernel has taken the ICMP error apart.
  ///
  /// @param bytes the quoted probe from its ICMP header on, and what follows it
  /// @param type the type of the ICMP error, of ICMPv6 for that family
  /// @param information the MTU, where the error is about it
  /// @param extensionsAt where the kernel found extensions, from the beginning of the quoted probe
  ///   on; 0 if it found none
  Kind readQueued(
      MemorySegment bytes,
      long from,
      long length,
      IpFamily family,
      int type,
      int errorCode,
      int information,
      int extensionsAt,
      long offenderHigh,
      long offenderLow,
      long targetHigh,
      long targetLow) {
    begin(bytes);
    sourceHigh = offenderHigh;
    sourceLow = offenderLow;
    kind = family == IpFamily.V6 ? kind6(type, errorCode) : kind4(type, errorCode);
    if (kind == Kind.OTHER || kind == Kind.ECHO_REPLY) {
      kind = Kind.OTHER;
      return kind;
    }
    code = errorCode;
    mtu = kind == Kind.TOO_BIG ? Math.max(0, information) : 0;
    long to = from + length;
    long quoteEnd = to;
    if (extensionsAt > 0) {
      if (extensionsAt > length) {
        extensions = PacketExtensions.MALFORMED;
      } else {
        quoteEnd = from + extensionsAt;
        extensions = ExtensionReader.read(bytes, quoteEnd, to);
      }
    } else {
      // Before RFC 4884; the IP header of the quote is missing here.
      long old = from + ExtensionReader.QUOTE - (family == IpFamily.V6 ? IPV6_HEADER : IPV4_HEADER);
      if (ExtensionReader.isThere(bytes, old, to)) {
        quoteEnd = old;
        extensions = ExtensionReader.read(bytes, old, to);
      }
    }
    return quoted.readTransport(bytes, from, quoteEnd, family, family.icmp, targetHigh, targetLow)
        ? kind
        : malformed();
  }

  private void begin(MemorySegment bytes) {
    packet = bytes;
    kind = Kind.OTHER;
    code = 0;
    mtu = 0;
    ttl = 0;
    sourceHigh = 0;
    sourceLow = 0;
    first = 0;
    second = 0;
    extensions = PacketExtensions.NONE;
  }

  private Kind malformed() {
    kind = Kind.MALFORMED;
    return kind;
  }

  private Kind icmp4(long from, long to) {
    if (to - from < ICMP_HEADER || !Checksum.holds(packet, from, to - from)) {
      return malformed();
    }
    code = u8(packet, from + 1);
    kind = kind4(u8(packet, from), code);
    return switch (kind) {
      case ECHO_REPLY -> echoReply(from, to);
      case TIME_EXCEEDED, UNREACHABLE, PARAMETER_PROBLEM ->
          error(from, to, u8(packet, from + 5) * 4);
      case TOO_BIG -> {
        mtu = u16(packet, from + 6);
        yield error(from, to, u8(packet, from + 5) * 4);
      }
      case OTHER, MALFORMED, SYN_ACK, RESET, DATAGRAM -> kind;
    };
  }

  /// The kernel has verified the checksum.
  private Kind icmp6(long from, long to) {
    if (to - from < ICMP_HEADER) {
      return malformed();
    }
    code = u8(packet, from + 1);
    kind = kind6(u8(packet, from), code);
    return switch (kind) {
      case ECHO_REPLY -> echoReply(from, to);
      case TIME_EXCEEDED, UNREACHABLE -> error(from, to, u8(packet, from + 4) * 8);
      case TOO_BIG -> {
        mtu = Math.max(0, i32(packet, from + 4));
        yield error(from, to, 0);
      }
      case PARAMETER_PROBLEM -> error(from, to, 0);
      case OTHER, MALFORMED, SYN_ACK, RESET, DATAGRAM -> kind;
    };
  }

  private static Kind kind4(int type, int code) {
    return switch (type) {
      case PacketLayout.ECHO_REPLY -> Kind.ECHO_REPLY;
      case UNREACHABLE_4 -> code == FRAGMENTATION_NEEDED ? Kind.TOO_BIG : Kind.UNREACHABLE;
      case TIME_EXCEEDED_4 -> code == 0 ? Kind.TIME_EXCEEDED : Kind.OTHER;
      case PARAMETER_PROBLEM_4 -> Kind.PARAMETER_PROBLEM;
      default -> Kind.OTHER;
    };
  }

  private static Kind kind6(int type, int code) {
    return switch (type) {
      case PacketLayout.ECHO_REPLY_6 -> Kind.ECHO_REPLY;
      case UNREACHABLE_6 -> Kind.UNREACHABLE;
      case TOO_BIG_6 -> Kind.TOO_BIG;
      case TIME_EXCEEDED_6 -> code == 0 ? Kind.TIME_EXCEEDED : Kind.OTHER;
      case PARAMETER_PROBLEM_6 -> Kind.PARAMETER_PROBLEM;
      default -> Kind.OTHER;
    };
  }

  private Kind echoReply(long from, long to) {
    first = u16(packet, from + 4);
    second = u16(packet, from + 6);
    payload = from + ICMP_HEADER;
    end = to;
    return kind;
  }

  /// @param quoteLength the octets of the quote that the error announces, 0 without extensions
  private Kind error(long from, long to, int quoteLength) {
    long quote = from + ICMP_HEADER;
    long quoteEnd = to;
    if (quoteLength > to - quote) {
      return malformed();
    }
    if (quoteLength > 0) {
      quoteEnd = quote + quoteLength;
      if (quoteEnd < to) {
        extensions = ExtensionReader.read(packet, quoteEnd, to);
      }
    } else if (ExtensionReader.isThere(packet, quote + ExtensionReader.QUOTE, to)) {
      quoteEnd = quote + ExtensionReader.QUOTE;
      extensions = ExtensionReader.read(packet, quoteEnd, to);
    }
    return quoted.read(packet, quote, quoteEnd) ? kind : malformed();
  }

  /// Not verified here: a packet from the same machine may have no checksum yet, because the
  /// network card is to add it.
  private Kind tcp(long from, long to) {
    if (to - from < TCP_HEADER) {
      return malformed();
    }
    int flags = u8(packet, from + 13);
    if ((flags & ACK) == 0 || (flags & (SYN | RST)) == 0) {
      return kind;
    }
    ports(from, TCP_HEADER, to);
    kind = (flags & RST) != 0 ? Kind.RESET : Kind.SYN_ACK;
    return kind;
  }

  private Kind udp(long from, long to) {
    if (to - from < UDP_HEADER) {
      return malformed();
    }
    ports(from, UDP_HEADER, to);
    kind = Kind.DATAGRAM;
    return kind;
  }

  private void ports(long from, int header, long to) {
    second = u16(packet, from);
    first = u16(packet, from + 2);
    payload = from + header;
    end = to;
  }
}
