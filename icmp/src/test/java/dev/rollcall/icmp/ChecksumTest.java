package dev.rollcall.icmp;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChecksumTest {
  @Test
  void isThatOfTheExampleOfRfc1071() {
    MemorySegment bytes = PacketBytes.segment("0001 f203 f4f5 f6f7");
    assertThat(Checksum.fold(Checksum.sum(bytes, 0, 8))).isEqualTo(0xddf2);
    assertThat(Checksum.of(bytes, 0, 8)).isEqualTo(0x220d);
  }

  @Test
  void countsAnOddLastOctetAsTheHighHalfOfAWord() {
    MemorySegment bytes = PacketBytes.segment("0102 03");
    assertThat(Checksum.fold(Checksum.sum(bytes, 0, 3))).isEqualTo(0x0402);
  }

  @Test
  void holdsForTheHeaderOfARealPacketAndForNoneWithOneBitChanged() {
    byte[] header = PacketBytes.hex("4500 0073 0000 4000 4011 b861 c0a8 0001 c0a8 00c7");
    MemorySegment bytes = MemorySegment.ofArray(header);
    assertThat(Checksum.holds(bytes, 0, 20)).isTrue();
    for (int bit = 0; bit < 160; bit++) {
      header[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(Checksum.holds(bytes, 0, 20)).as("bit %d", bit).isFalse();
      header[bit / 8] ^= (byte) (1 << bit % 8);
    }
  }

  @Test
  void addsPartsInAnyOrder() {
    byte[] octets = new byte[64];
    new Random(1).nextBytes(octets);
    MemorySegment bytes = MemorySegment.ofArray(octets);
    long whole = Checksum.sum(bytes, 0, 64);
    assertThat(Checksum.sum(bytes, 20, 44) + Checksum.sum(bytes, 0, 20)).isEqualTo(whole);
    assertThat(Checksum.words(PacketLayout.i64(bytes, 8))).isEqualTo(Checksum.sum(bytes, 8, 8));
  }
}
