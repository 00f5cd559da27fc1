package dev.rollcall.icmp;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;

/// Packets written out in tests: hexadecimal digits, with any blanks between them.
final class PacketBytes {
  private PacketBytes() {}

  static byte[] hex(String... parts) {
    return HexFormat.of().parseHex(String.join("", parts).replaceAll("\\s", ""));
  }

  static MemorySegment segment(String... parts) {
    return MemorySegment.ofArray(hex(parts));
  }

  /// Writes the checksum over the octets from `from` up to `to` into the field at `field`.
  static byte[] checked(byte[] packet, int from, int to, int field) {
    MemorySegment bytes = MemorySegment.ofArray(packet);
    PacketLayout.put16(bytes, field, 0);
    PacketLayout.put16(bytes, field, Checksum.of(bytes, from, to - from));
    return packet;
  }

  /// An IPv4 packet with an ICMP message; both have right lengths and checksums.
  static byte[] icmp4(String message) {
    byte[] icmp = hex(message);
    byte[] packet = hex("45000000 00000000 40010000 c0000201 c0000264", message);
    PacketLayout.put16(MemorySegment.ofArray(packet), 2, packet.length);
    checked(packet, 0, 20, 10);
    return checked(packet, 20, 20 + icmp.length, 22);
  }

  /// `octets` zeros.
  static String zeros(int octets) {
    return "00".repeat(octets);
  }
}
