package dev.rollcall.icmp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// What holds for any probe that any router quotes, as short and with whatever behind it: the probe
/// is found again by its key.
public final class QuoteFuzz {
  private static final int HEADER = 12;

  private QuoteFuzz() {}

  /// Tries one probe: the first twelve octets say which, and the rest follows its quote. The name
  /// is Jazzer's.
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length < HEADER) {
      return;
    }
    ByteBuffer given = ByteBuffer.wrap(input);
    int protocol =
        new int[] {Linux.IPPROTO_ICMP, Linux.IPPROTO_UDP, Linux.IPPROTO_TCP}
            [(given.get() & 0xff) % 3];
    int quote = 8 + (given.get() & 0x7f);
    int key = 1 + (given.getShort() & 0xffff) % 65_534;
    int id = given.getShort() & 0xffff;
    int flow = given.getShort() & 0xffff;
    int target = given.getInt();
    long nonce = 1L + (target & 0xffff);
    byte[] probe = new byte[160];
    MemorySegment bytes = MemorySegment.ofArray(probe);
    PacketWriter writer = new PacketWriter("rollcall".getBytes(US_ASCII));
    long words = Checksum.words(target & 0xffff_ffffL);
    int size = 20 + key % 100;
    switch (protocol) {
      case Linux.IPPROTO_ICMP -> writer.echo(bytes, 0, size, IpFamily.V4, id, key, flow, nonce);
      case Linux.IPPROTO_UDP ->
          writer.datagram(bytes, 0, size, words, id, 33_434, key, flow, nonce);
      default -> {
        size = PacketWriter.SYN;
        writer.syn(bytes, 0, words, 61_000, 80, id << 16 | key);
      }
    }
    byte[] packet = new byte[28 + Math.min(quote, size) + input.length - HEADER];
    ByteBuffer error = ByteBuffer.wrap(packet).put((byte) 11).position(8);
    error.put((byte) 0x45).position(8 + 8);
    error.put((byte) 1).put((byte) protocol).position(8 + 16);
    error
        .putInt(target)
        .put(probe, 0, Math.min(quote, size))
        .put(input, HEADER, input.length - HEADER);
    PacketBytes.checked(packet, 0, packet.length, 2);

    PacketReader reader = new PacketReader();
    assertThat(
            reader.read(
                MemorySegment.ofArray(packet), 0, packet.length, Linux.IPPROTO_ICMP, 0, 1, 64))
        .isEqualTo(PacketReader.Kind.TIME_EXCEEDED);
    QuotedPacket quoted = reader.quoted();
    assertThat(quoted.targetLow()).isEqualTo(target & 0xffff_ffffL);
    assertThat(quoted.protocol()).isEqualTo(protocol);
    if (quote >= size) {
      assertThat(quoted.hasOtherNonce(nonce)).as(Arrays.toString(input)).isFalse();
    }
    switch (protocol) {
      case Linux.IPPROTO_ICMP -> {
        assertThat(quoted.echoId()).isEqualTo(id);
        assertThat(quoted.echoSequence()).isEqualTo(key);
      }
      case Linux.IPPROTO_UDP -> {
        assertThat(quoted.sourcePort()).isEqualTo(id);
        assertThat(quoted.udpChecksum()).isEqualTo(key);
      }
      default -> assertThat(quoted.tcpSequence()).isEqualTo(id << 16 | key);
    }
  }
}
