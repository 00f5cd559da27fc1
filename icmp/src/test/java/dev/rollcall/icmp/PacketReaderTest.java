package dev.rollcall.icmp;

import static dev.rollcall.icmp.PacketBytes.hex;
import static dev.rollcall.icmp.PacketBytes.icmp4;
import static dev.rollcall.icmp.PacketBytes.zeros;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.icmp.PacketReader.Kind;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Packets as the RFCs draw them, and what is wrong with others.
class PacketReaderTest {
  /// A quote of RFC 792: an IPv4 header and the first eight octets of an echo request.
  private static final String QUOTE_4 =
      "45000054 00004000 01010000 c0000264 c6336402" + "0800aaaa 12340501";

  private static final String QUOTE_6 =
      "60000000 00403a01 20010db8000000000000000000000001 20010db8000000000000000000000002"
          + "8000aaaa 12340501";

  /// RFC 4884 section 7: version 2; its checksum is written later.
  private static final String STRUCTURE = "20000000";

  private final PacketReader reader = new PacketReader();

  static Stream<Arguments> messages() {
    return Stream.of(
        Arguments.of("echo reply", "0000 0000 1234 0501", Kind.ECHO_REPLY, 0, 0),
        Arguments.of("time exceeded", "0b00 0000 00000000" + QUOTE_4, Kind.TIME_EXCEEDED, 0, 0),
        Arguments.of("reassembly time", "0b01 0000 00000000" + QUOTE_4, Kind.OTHER, 1, 0),
        Arguments.of("host unreachable", "0301 0000 00000000" + QUOTE_4, Kind.UNREACHABLE, 1, 0),
        Arguments.of("port unreachable", "0303 0000 00000000" + QUOTE_4, Kind.UNREACHABLE, 3, 0),
        Arguments.of("admin prohibited", "030d 0000 00000000" + QUOTE_4, Kind.UNREACHABLE, 13, 0),
        Arguments.of("fragmentation", "0304 0000 000005d4" + QUOTE_4, Kind.TOO_BIG, 4, 1492),
        Arguments.of("before RFC 1191", "0304 0000 00000000" + QUOTE_4, Kind.TOO_BIG, 4, 0),
        Arguments.of("parameter", "0c00 0000 14000000" + QUOTE_4, Kind.PARAMETER_PROBLEM, 0, 0),
        Arguments.of("redirect", "0501 0000 c0000201" + QUOTE_4, Kind.OTHER, 1, 0),
        Arguments.of("echo request", "0800 0000 1234 0501", Kind.OTHER, 0, 0));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("messages")
  void readsMessagesOfRfc792(String name, String message, Kind kind, int code, int mtu) {
    byte[] packet = icmp4(message);
    assertThat(reader.read4(MemorySegment.ofArray(packet), 0, packet.length)).isEqualTo(kind);
    assertThat(reader.code()).isEqualTo(kind == Kind.ECHO_REPLY ? 0 : code);
    assertThat(reader.mtu()).isEqualTo(mtu);
    assertThat(
            SocketAddress.address(IpFamily.V4, reader.sourceHigh(), reader.sourceLow())
                .getHostAddress())
        .isEqualTo("192.0.2.1");
    assertThat(reader.ttl()).isEqualTo(64);
    if (kind == Kind.ECHO_REPLY) {
      assertThat(reader.id()).isEqualTo(0x1234);
      assertThat(reader.sequence()).isEqualTo(0x0501);
    } else if (kind != Kind.OTHER) {
      assertQuote("198.51.100.2");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "8100 0000 12340501, ECHO_REPLY, 0, false",
    "0300 0000 00000000, TIME_EXCEEDED, 0, true",
    "0301 0000 00000000, OTHER, 0, false",
    "0100 0000 00000000, UNREACHABLE, 0, true",
    "0104 0000 00000000, UNREACHABLE, 0, true",
    "0200 0000 00000500, TOO_BIG, 1280, true",
    "0200 0000 ffffffff, TOO_BIG, 0, true",
    "0401 0000 00000006, PARAMETER_PROBLEM, 0, true",
    "8700 0000 00000000, OTHER, 0, false"
  })
  void readsMessagesOfRfc4443(String header, Kind kind, int mtu, boolean quotes) {
    byte[] message = hex(header, QUOTE_6);
    assertThat(read6(message, Linux.IPPROTO_ICMPV6)).isEqualTo(kind);
    assertThat(reader.mtu()).isEqualTo(mtu);
    if (quotes) {
      assertQuote("2001:db8:0:0:0:0:0:2");
    }
  }

  private void assertQuote(String target) {
    QuotedPacket quoted = reader.quoted();
    assertThat(
            SocketAddress.address(quoted.family(), quoted.targetHigh(), quoted.targetLow())
                .getHostAddress())
        .isEqualTo(target);
    assertThat(quoted.isEcho()).isTrue();
    assertThat(quoted.echoId()).isEqualTo(0x1234);
    assertThat(quoted.echoSequence()).isEqualTo(0x0501);
    assertThat(quoted.ttl()).isEqualTo(1);
  }

  private Kind read6(byte[] message, int protocol) {
    return reader.read(
        MemorySegment.ofArray(message), 0, message.length, protocol, 1L << 61, 1, 63);
  }

  @Test
  void readsAnswersOfTcp() {
    String header = "01bb ee48 11111111 43211e03 50%02x 0000 0000 0000";
    assertThat(read6(hex(header.formatted(0x12)), Linux.IPPROTO_TCP)).isEqualTo(Kind.SYN_ACK);
    assertThat(reader.acknowledged()).isEqualTo(0x43211e03);
    assertThat(reader.sourcePort()).isEqualTo(443);
    assertThat(reader.targetPort()).isEqualTo(61_000);
    assertThat(read6(hex(header.formatted(0x14)), Linux.IPPROTO_TCP)).isEqualTo(Kind.RESET);
    assertThat(read6(hex(header.formatted(0x04)), Linux.IPPROTO_TCP)).isEqualTo(Kind.OTHER);
    assertThat(read6(hex(header.formatted(0x10)), Linux.IPPROTO_TCP)).isEqualTo(Kind.OTHER);
    assertThat(read6(hex(header.substring(0, 19)), Linux.IPPROTO_TCP)).isEqualTo(Kind.MALFORMED);
  }

  @Test
  void readsAnswersOfUdp() {
    byte[] packet = hex("4500001e 00000000 40110000 c6336402 c0000264 829a ee48 000a 0000 4142");
    assertThat(reader.read4(MemorySegment.ofArray(packet), 0, 30)).isEqualTo(Kind.DATAGRAM);
    assertThat(reader.sourcePort()).isEqualTo(33_434);
    assertThat(reader.targetPort()).isEqualTo(61_000);
  }

  @Test
  void readsTheLabelsOfRfc4950BehindAQuoteOfTheAnnouncedLength() {
    String extension =
        STRUCTURE + "000c 01 01" + "f423f a 40".replace(" ", "") + "00011 b 01".replace(" ", "");
    readWithExtension("0b00 0000 00200000", 128, extension, Kind.TIME_EXCEEDED);
    assertThat(reader.extensions().labels())
        .containsExactly(new HopLabel(999_999, 5, false, 64), new HopLabel(17, 5, true, 1));
    assertThat(reader.extensions().malformed()).isFalse();
    assertQuote("198.51.100.2");
  }

  @Test
  void readsTheSameWhereARouterBeforeRfc4884AnnouncesNoLength() {
    String extension = STRUCTURE + "0008 01 01 00011b01";
    readWithExtension("0b00 0000 00000000", 128, extension, Kind.TIME_EXCEEDED);
    assertThat(reader.extensions().labels()).containsExactly(new HopLabel(17, 5, true, 1));
  }

  @Test
  void takesNoOtherOctetsBehind128ForExtensions() {
    byte[] packet =
        icmp4("0b00 0000 00000000" + QUOTE_4 + zeros(100) + "2000ffff 00080101 00011b01");
    assertThat(reader.read4(MemorySegment.ofArray(packet), 0, packet.length))
        .isEqualTo(Kind.TIME_EXCEEDED);
    assertThat(reader.extensions()).isEqualTo(PacketExtensions.NONE);
  }

  @Test
  void readsExtensionsOfIcmp6() {
    byte[] structure = hex(STRUCTURE + "0008 01 01 00011b01");
    PacketBytes.checked(structure, 0, structure.length, 2);
    byte[] message =
        hex(
            "0300 0000 10000000",
            QUOTE_6,
            zeros(80),
            java.util.HexFormat.of().formatHex(structure));
    assertThat(read6(message, Linux.IPPROTO_ICMPV6)).isEqualTo(Kind.TIME_EXCEEDED);
    assertThat(reader.extensions().labels()).containsExactly(new HopLabel(17, 5, true, 1));
    assertQuote("2001:db8:0:0:0:0:0:2");
  }

  @Test
  void readsTheInterfaceOfRfc5837() throws Exception {
    String interfaceObject =
        "0024 02 0f"
            + "00000007" // ifIndex
            + "0001 0000 c0000209" // address
            + "10 47 69 67 61 62 69 74 45 74 68 30 2f 31 0000" // length 16: GigabitEth0/1
            + "000005dc"; // MTU
    readWithExtension("0b00 0000 00200000", 128, STRUCTURE + interfaceObject, Kind.TIME_EXCEEDED);
    assertThat(reader.extensions().malformed()).isFalse();
    assertThat(reader.extensions().interfaces())
        .containsExactly(
            new HopInterface(
                HopInterface.Role.INCOMING,
                OptionalLong.of(7),
                java.util.Optional.of(InetAddress.getByName("192.0.2.9")),
                java.util.Optional.of("GigabitEth0/1"),
                OptionalInt.of(1500)));
  }

  @Test
  void readsSeveralInterfacesAndSkipsWhatItDoesNotKnow() throws Exception {
    String objects =
        "0008 f7 01 01020304" // a class of experiments
            + "0008 02 88 ffffffff" // outgoing, ifIndex
            + "0018 02 c4 0002 0000 20010db8000000000000000000000009" // next hop, IPv6
            + "0010 02 42 0c 65 74 68 30 1b 5b 32 4a 00 00 00"; // a part, with escape codes
    readWithExtension("0b00 0000 00200000", 128, STRUCTURE + objects, Kind.TIME_EXCEEDED);
    assertThat(reader.extensions().malformed()).isFalse();
    assertThat(reader.extensions().interfaces())
        .extracting(HopInterface::role)
        .containsExactly(
            HopInterface.Role.OUTGOING,
            HopInterface.Role.NEXT_HOP,
            HopInterface.Role.INCOMING_PART);
    assertThat(reader.extensions().interfaces())
        .satisfiesExactly(
            one -> assertThat(one.index()).hasValue(4_294_967_295L),
            two -> assertThat(two.address()).hasValue(InetAddress.getByName("2001:db8::9")),
            three -> assertThat(three.name()).hasValue("eth0?[2J"));
  }

  @ParameterizedTest
  @CsvSource({
    "an object shorter than its header, 0003 01 01 00011b01",
    "an object longer than the rest, 000c 01 01 00011b01",
    "an object of no length, 0000 01 01 00011b01",
    "half a label, 0006 01 01 0001",
    "half a header, 0008",
    "an interface without its ifIndex, 0006 02 08 0000",
    "an address of no known family, 000c 02 04 0003 0000 c0000201",
    "an address that is cut, 000a 02 04 0001 0000 c000",
    "a name that is longer than the object, 0008 02 02 10 41 42 43",
    "a name of no length, 0008 02 02 00 41 42 43",
    "a name above 63 octets, 0008 02 02 ff 41 42 43",
    "an MTU that is cut, 0006 02 01 05dc"
  })
  void keepsAHopWhoseExtensionsLie(String what, String objects) {
    readWithExtension("0b00 0000 00200000", 128, STRUCTURE + objects, Kind.TIME_EXCEEDED);
    assertThat(reader.extensions().malformed()).as(what).isTrue();
    assertQuote("198.51.100.2");
  }

  @Test
  void keepsAHopWhoseExtensionsHaveAWrongChecksumOrVersion() {
    for (String structure : new String[] {"20001234 00080101 00011b01", "10000000", "2000"}) {
      byte[] packet = icmp4("0b00 0000 00200000" + QUOTE_4 + zeros(100) + structure);
      assertThat(reader.read4(MemorySegment.ofArray(packet), 0, packet.length))
          .isEqualTo(Kind.TIME_EXCEEDED);
      assertThat(reader.extensions()).as(structure).isEqualTo(PacketExtensions.MALFORMED);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "no header, ''",
    "half a header, 0b00 0000",
    "no quote, 0b00 0000 00000000",
    "a quote of 27 octets, 0b00 0000 00000000 45000054 00004000 01010000 c0000264 c6336402 0800aaaa"
        + " 123405",
    "a quote with a header of 16, 0b00 0000 00000000 44000054 00004000 01010000 c0000264 c6336402"
        + " 0800aaaa 12340501",
    "a quote whose header is longer, 0b00 0000 00000000 4f000054 00004000 01010000 c0000264"
        + " c6336402 0800aaaa 12340501",
    "a later fragment, 0b00 0000 00000000 45000054 00000001 01010000 c0000264 c6336402 0800aaaa"
        + " 12340501",
    "version 5, 0b00 0000 00000000 55000054 00004000 01010000 c0000264 c6336402 0800aaaa 12340501",
    "IPv6 that is cut, 0b00 0000 00000000 60000000 00403a01 20010db8 00000000 00000000 0800aaaa"
        + " 12340501",
    "a quote longer than the packet, 0b00 0000 00ff0000 45000054 00004000 01010000 c0000264"
        + " c6336402 0800aaaa 12340501",
    "a quote shorter than a header, 0b00 0000 00010000 45000054 00004000 01010000 c0000264 c6336402"
        + " 0800aaaa 12340501"
  })
  void takesAMessageWithAWrongLengthForMalformed(String what, String message) {
    byte[] packet = hex("45000000 00000000 40010000 c0000201 c0000264", message);
    PacketLayout.put16(MemorySegment.ofArray(packet), 2, packet.length);
    if (packet.length >= 24) {
      PacketBytes.checked(packet, 20, packet.length, 22);
    }
    assertThat(reader.read4(MemorySegment.ofArray(packet), 0, packet.length))
        .as(what)
        .isEqualTo(Kind.MALFORMED);
  }

  @ParameterizedTest
  @CsvSource({
    "total length below the header, 4500 0010",
    "total length above the packet, 4500 0100",
    "a header of 16, 4400 001c",
    "a header above the packet, 4f00 001c",
    "IPv6, 6500 001c"
  })
  void takesAPacketWithAWrongHeaderForMalformed(String what, String start) {
    byte[] packet = hex(start, "00000000 40010000 c0000201 c0000264 0000ffff 00000000");
    assertThat(reader.read4(MemorySegment.ofArray(packet), 0, packet.length))
        .as(what)
        .isEqualTo(Kind.MALFORMED);
  }

  @Test
  void takesACorruptMessageForMalformed() {
    byte[] packet = icmp4("0b00 0000 00000000" + QUOTE_4);
    packet[45] = (byte) (packet[45] ^ 4);
    assertThat(reader.read4(MemorySegment.ofArray(packet), 0, packet.length))
        .isEqualTo(Kind.MALFORMED);
  }

  @Test
  void readsTheErrorQueueOfAPingSocket() {
    byte[] structure = hex(STRUCTURE + "0008 01 01 00011b01");
    PacketBytes.checked(structure, 0, structure.length, 2);
    String extension = java.util.HexFormat.of().formatHex(structure);
    byte[] echo = hex("0800aaaa 12340501", zeros(100), extension);
    for (int at : new int[] {108, 0}) { // announced, and before RFC 4884
      assertThat(queued(echo, echo.length, IpFamily.V4, 11, 0, 0, at))
          .isEqualTo(Kind.TIME_EXCEEDED);
      assertThat(reader.extensions().labels()).containsExactly(new HopLabel(17, 5, true, 1));
      assertThat(reader.sourceLow()).isEqualTo(5);
      assertQuoteWithoutTtl();
    }
    assertThat(queued(echo, 108, IpFamily.V4, 3, 4, 1400, 0)).isEqualTo(Kind.TOO_BIG);
    assertThat(reader.mtu()).isEqualTo(1400);
    assertThat(queued(echo, 108, IpFamily.V4, 3, 1, 1400, 0)).isEqualTo(Kind.UNREACHABLE);
    assertThat(reader.mtu()).isZero();
    assertThat(queued(echo, 7, IpFamily.V4, 11, 0, 0, 0)).isEqualTo(Kind.MALFORMED);
    assertThat(queued(echo, 108, IpFamily.V4, 11, 0, 0, 200)).isEqualTo(Kind.TIME_EXCEEDED);
    assertThat(reader.extensions().malformed()).isTrue();
    assertThat(queued(echo, 108, IpFamily.V4, 0, 0, 0, 0)).isEqualTo(Kind.OTHER);
    byte[] echo6 = hex("8000aaaa 12340501", zeros(80), extension);
    assertThat(queued(echo6, echo6.length, IpFamily.V6, 3, 0, 0, 0)).isEqualTo(Kind.TIME_EXCEEDED);
    assertThat(reader.extensions().labels()).hasSize(1);
  }

  private void assertQuoteWithoutTtl() {
    assertThat(reader.quoted().isEcho()).isTrue();
    assertThat(reader.quoted().echoSequence()).isEqualTo(0x0501);
    assertThat(reader.quoted().targetLow()).isEqualTo(7);
  }

  private Kind queued(
      byte[] bytes, int length, IpFamily family, int type, int code, int information, int at) {
    return reader.readQueued(
        MemorySegment.ofArray(bytes), 0, length, family, type, code, information, at, 0, 5, 0, 7);
  }

  private void readWithExtension(String header, int quote, String extension, Kind expected) {
    byte[] structure = hex(extension);
    PacketBytes.checked(structure, 0, structure.length, 2);
    byte[] packet =
        icmp4(header + QUOTE_4 + zeros(quote - 28) + java.util.HexFormat.of().formatHex(structure));
    assertThat(reader.read4(MemorySegment.ofArray(packet), 0, packet.length)).isEqualTo(expected);
  }
}
