package dev.rollcall.server.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SharedClockTest {
  private static final Instant NOON = Instant.parse("2026-11-29T12:00:00Z");

  private final SharedClock clock =
      new SharedClock(
          new Clock() {
            @Override
            public Instant wall() {
              return NOON;
            }

            @Override
            public Duration monotonic() {
              return Duration.ofHours(1);
            }
          });

  @Test
  void followsWhatIsFarOffAndLeavesWhatIsNear() {
    assertThat(clock.wall()).isEqualTo(NOON);
    assertThat(clock.follow(Duration.ofMillis(400))).isFalse();
    assertThat(clock.wall()).isEqualTo(NOON);
    assertThat(clock.follow(Duration.ofMinutes(-1))).isTrue();
    assertThat(clock.wall()).isEqualTo(NOON.minusSeconds(60));
    assertThat(clock.follow(Duration.ofMillis(-60_300))).isFalse();
    assertThat(clock.wall()).as("no trembling").isEqualTo(NOON.minusSeconds(60));
    assertThat(clock.ownWall()).isEqualTo(NOON);
    assertThat(clock.monotonic()).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void comesBackOnceTheClockOfTheMachineWasSetRight() {
    clock.follow(Duration.ofMinutes(1));
    assertThat(clock.follow(Duration.ofMillis(100))).isTrue();
    assertThat(clock.wall()).isEqualTo(NOON);
    assertThat(clock.correction()).isZero();
  }
}
