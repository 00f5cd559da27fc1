package dev.rollcall.icmp;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// What holds for any octets that come as a packet: they are read without an exception, and what
/// was read can be used.
public final class PacketFuzz {
  private static final int MOST_LABELS = 16;
  private static final int MOST_INTERFACES = 32;

  private PacketFuzz() {}

  /// Tries one packet; its first octet says where it comes from. The name is Jazzer's.
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length == 0) {
      return;
    }
    byte[] packet = Arrays.copyOfRange(input, 1, input.length);
    tryOne(input[0], packet);
    if (packet.length >= 24) { // the search need not find checksums
      int header = (packet[0] & 15) * 4;
      if (header + 4 <= packet.length) {
        PacketBytes.checked(packet, header, packet.length, header + 2);
        tryOne(input[0], packet);
      }
    }
  }

  private static void tryOne(byte from, byte[] packet) {
    PacketReader reader = new PacketReader();
    MemorySegment bytes = MemorySegment.ofArray(packet);
    int length = packet.length;
    PacketReader.Kind kind =
        switch (from & 7) {
          case 0 -> reader.read4(bytes, 0, length);
          case 1 -> reader.read(bytes, 0, length, Linux.IPPROTO_ICMP, 0, 1, 2);
          case 2 -> reader.read(bytes, 0, length, Linux.IPPROTO_ICMPV6, 1, 2, 3);
          case 3 -> reader.read(bytes, 0, length, Linux.IPPROTO_TCP, 1, 2, 3);
          case 4 -> reader.read(bytes, 0, length, Linux.IPPROTO_UDP, 1, 2, 3);
          case 5 -> reader.readQueued(bytes, 0, length, IpFamily.V4, 11, 0, 0, 0, 1, 2, 3, 4);
          case 6 ->
              reader.readQueued(bytes, 0, length, IpFamily.V6, 3, 0, 0, from >>> 3, 1, 2, 3, 4);
          default ->
              reader.readQueued(bytes, 0, length, IpFamily.V4, 3, 4, from, from * 4, 1, 2, 3, 4);
        };
    assertThat(reader.mtu()).isNotNegative();
    switch (kind) {
      case OTHER, MALFORMED -> {}
      case ECHO_REPLY -> {
        assertThat(reader.id()).isBetween(0, 65_535);
        assertThat(reader.sequence()).isBetween(0, 65_535);
        assertThat(reader.hasOtherNonce(7)).isIn(true, false);
      }
      case TIME_EXCEEDED, UNREACHABLE, TOO_BIG, PARAMETER_PROBLEM -> error(reader);
      case SYN_ACK, RESET -> {
        assertThat(reader.sourcePort()).isBetween(0, 65_535);
        assertThat(Integer.toUnsignedLong(reader.acknowledged())).isNotNegative();
      }
      case DATAGRAM -> assertThat(reader.targetPort()).isBetween(0, 65_535);
    }
  }

  private static void error(PacketReader reader) {
    QuotedPacket quoted = reader.quoted();
    assertThat(quoted.echoId()).isEqualTo(quoted.tcpSequence() >>> 16);
    assertThat(quoted.echoSequence()).isEqualTo(quoted.udpChecksum());
    assertThat(quoted.sourcePort()).isBetween(0, 65_535);
    assertThat(quoted.targetPort()).isBetween(0, 65_535);
    assertThat(quoted.isEcho() && quoted.hasOtherNonce(7)).isIn(true, false);
    assertThat(SocketAddress.address(quoted.family(), quoted.targetHigh(), quoted.targetLow()))
        .isNotNull();
    PacketExtensions extensions = reader.extensions();
    assertThat(extensions.labels()).hasSizeLessThanOrEqualTo(MOST_LABELS);
    assertThat(extensions.interfaces()).hasSizeLessThanOrEqualTo(MOST_INTERFACES);
    for (HopInterface each : extensions.interfaces()) {
      each.name()
          .ifPresent(
              name ->
                  assertThat(name.chars()).noneMatch(Character::isISOControl).hasSizeLessThan(64));
    }
  }
}
