package dev.rollcall.server.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.server.http.Unavailable;
import org.junit.jupiter.api.Test;

class RoomTest {
  private static final int KIB = 1024;

  private final Room room = new Room(4096 * KIB);

  @Test
  void givesTheMemoryOfOneRequestToTheNext() {
    byte[] large = room.take(512 * KIB, 512 * KIB);
    byte[] small = room.take(100 * KIB, 128 * KIB);
    room.giveBack(large);
    room.giveBack(small);
    assertThat(room.take(400 * KIB, 400 * KIB)).isSameAs(large);
    assertThat(room.take(70 * KIB, 70 * KIB)).isSameAs(small);
  }

  @Test
  void givesNothingLongToWhoHasLittleToKeep() {
    room.giveBack(room.take(512 * KIB, 512 * KIB));
    assertThat(room.take(10, 4 * KIB)).hasSize(4 * KIB);
    assertThat(room.taken()).isEqualTo(4 * KIB);
  }

  @Test
  void refusesMoreThanThereIs() {
    byte[] most = room.take(4000 * KIB, 4000 * KIB);
    assertThatThrownBy(() -> room.take(100 * KIB, 200 * KIB)).isInstanceOf(Unavailable.class);
    room.giveBack(most);
    assertThat(room.taken()).isZero();
  }
}
