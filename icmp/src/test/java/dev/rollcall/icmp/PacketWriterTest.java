package dev.rollcall.icmp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PacketWriterTest {
  private static final long NONCE = 0x0102030405060708L;
  private static final long SOURCE = 0xc0000201L;
  private static final long TARGET = 0xc6336402L;
  private static final long ADDRESSES = Checksum.words(SOURCE) + Checksum.words(TARGET);

  private final PacketWriter writer = new PacketWriter("rollcall".getBytes(US_ASCII));
  private final byte[] packet = new byte[1600];
  private final MemorySegment bytes = MemorySegment.ofArray(packet);

  @Test
  void writesAnEchoRequestAsRfc792HasIt() {
    writer.echo(bytes, 0, 30, IpFamily.V4, 0x1234, 0x0501, 0, NONCE);
    assertThat(bytes.asSlice(0, 30).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE))
        .isEqualTo(
            PacketBytes.hex(
                "08 00 b49e 1234 0501", "fafe 0000", "0102030405060708", "726f6c6c63616c6c 726f"));
  }

  @Test
  void keepsTheChecksumOfOneFlowOfEchoes() {
    for (IpFamily family : IpFamily.values()) {
      Set<Integer> sums = new HashSet<>();
      for (int sequence = 0; sequence < 65_536; sequence += 7) {
        writer.echo(bytes, 0, 64, family, 7, sequence, 9, NONCE);
        PacketLayout.put16(bytes, 2, 0);
        sums.add(Checksum.of(bytes, 0, 64));
      }
      assertThat(sums).hasSize(1);
    }
  }

  @Test
  void givesAnotherFlowAnotherChecksum() {
    Set<Integer> sums = new HashSet<>();
    for (int flow = 0; flow < 100; flow++) {
      writer.echo(bytes, 0, 64, IpFamily.V4, 7, 1, flow, NONCE);
      sums.add(PacketLayout.u16(bytes, 2));
    }
    assertThat(sums).hasSize(100);
  }

  @Test
  void carriesTheKeyOfADatagramInItsRightChecksum() {
    Random random = new Random(2);
    for (int i = 0; i < 5_000; i++) {
      int key = 1 + random.nextInt(65_535);
      int size = PacketWriter.BEFORE_MESSAGE + random.nextInt(100);
      writer.datagram(bytes, 0, size, ADDRESSES, 61_000, 33_434, key, 0, random.nextLong());
      assertThat(PacketLayout.u16(bytes, 6)).isEqualTo(key);
      long pseudo = Checksum.pseudoHeader(0, SOURCE, 0, TARGET, Linux.IPPROTO_UDP, size);
      assertThat(Checksum.fold(pseudo + Checksum.sum(bytes, 0, size))).isEqualTo(0xffff);
      assertThat(PacketLayout.u16(bytes, 4)).isEqualTo(size);
    }
  }

  @Test
  void writesASynWithARightChecksum() {
    Random random = new Random(3);
    for (int i = 0; i < 5_000; i++) {
      int sequence = random.nextInt();
      writer.syn(bytes, 0, ADDRESSES, 61_000, 80, sequence);
      long pseudo =
          Checksum.pseudoHeader(0, SOURCE, 0, TARGET, Linux.IPPROTO_TCP, PacketWriter.SYN);
      assertThat(Checksum.fold(pseudo + Checksum.sum(bytes, 0, PacketWriter.SYN)))
          .isEqualTo(0xffff);
      assertThat(PacketLayout.i32(bytes, 4)).isEqualTo(sequence);
      assertThat(PacketLayout.u8(bytes, 12) >>> 4).isEqualTo(PacketWriter.SYN / 4);
    }
  }

  @Test
  void readsItsOwnProbesInTheShortestQuoteOfRfc792() {
    QuotedPacket quoted = new QuotedPacket();
    byte[] quote = PacketBytes.hex("45000054 00000000 01010000 c0000201 c6336402", "00".repeat(8));
    MemorySegment quoteBytes = MemorySegment.ofArray(quote);

    writer.echo(bytes, 0, 64, IpFamily.V4, 0x4321, 0x1e02, 0, NONCE);
    MemorySegment.copy(bytes, 0, quoteBytes, 20, 8);
    assertThat(quoted.read(quoteBytes, 0, 28)).isTrue();
    assertThat(quoted.isEcho()).isTrue();
    assertThat(quoted.echoId()).isEqualTo(0x4321);
    assertThat(quoted.echoSequence()).isEqualTo(0x1e02);
    assertThat(quoted.targetLow()).isEqualTo(TARGET);
    assertThat(quoted.hasOtherNonce(NONCE)).isFalse();
    assertThat(quoted.ttl()).isEqualTo(1);

    quote[9] = Linux.IPPROTO_UDP;
    writer.datagram(bytes, 0, 64, ADDRESSES, 61_001, 33_434, 0x1e02, 0, NONCE);
    MemorySegment.copy(bytes, 0, quoteBytes, 20, 8);
    assertThat(quoted.read(quoteBytes, 0, 28)).isTrue();
    assertThat(quoted.sourcePort()).isEqualTo(61_001);
    assertThat(quoted.targetPort()).isEqualTo(33_434);
    assertThat(quoted.udpChecksum()).isEqualTo(0x1e02);

    quote[9] = Linux.IPPROTO_TCP;
    writer.syn(bytes, 0, ADDRESSES, 61_002, 443, 0x43211e02);
    MemorySegment.copy(bytes, 0, quoteBytes, 20, 8);
    assertThat(quoted.read(quoteBytes, 0, 28)).isTrue();
    assertThat(quoted.tcpSequence()).isEqualTo(0x43211e02);
    assertThat(quoted.read(quoteBytes, 0, 27)).isFalse();
  }

  @Test
  void seesAnotherNonceOnlyWhereOneIsQuoted() {
    QuotedPacket quoted = new QuotedPacket();
    writer.echo(bytes, 0, 64, IpFamily.V6, 1, 2, 0, NONCE);
    for (int octets = 8; octets <= 64; octets++) {
      assertThat(quoted.readTransport(bytes, 0, octets, IpFamily.V6, Linux.IPPROTO_ICMPV6, 0, 0))
          .isTrue();
      assertThat(quoted.hasOtherNonce(NONCE)).isFalse();
      assertThat(quoted.hasOtherNonce(NONCE + 1)).isEqualTo(octets >= 20);
    }
    bytes.asSlice(8, 56).fill((byte) 0); // cut by the router, and padded
    assertThat(quoted.hasOtherNonce(NONCE)).isFalse();
  }
}
