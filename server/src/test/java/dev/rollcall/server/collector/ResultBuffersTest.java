package dev.rollcall.server.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.server.http.Unavailable;
import org.junit.jupiter.api.Test;

class ResultBuffersTest {
  private static final int KIB = 1024;

  private final ResultBuffers buffers = new ResultBuffers(4096 * KIB);

  @Test
  void givesTheMemoryOfOneRequestToTheNext() {
    byte[] large = buffers.take(512 * KIB, 512 * KIB);
    byte[] small = buffers.take(100 * KIB, 128 * KIB);
    buffers.giveBack(large);
    buffers.giveBack(small);
    assertThat(buffers.take(400 * KIB, 400 * KIB)).isSameAs(large);
    assertThat(buffers.take(70 * KIB, 70 * KIB)).isSameAs(small);
  }

  @Test
  void givesNothingLongToWhoHasLittleToKeep() {
    buffers.giveBack(buffers.take(512 * KIB, 512 * KIB));
    assertThat(buffers.take(10, 4 * KIB)).hasSize(4 * KIB);
    assertThat(buffers.taken()).isEqualTo(4 * KIB);
  }

  @Test
  void refusesMoreThanThereIs() {
    byte[] most = buffers.take(4000 * KIB, 4000 * KIB);
    assertThatThrownBy(() -> buffers.take(100 * KIB, 200 * KIB)).isInstanceOf(Unavailable.class);
    buffers.giveBack(most);
    assertThat(buffers.taken()).isZero();
  }
}
