package dev.rollcall.server.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClockWatchTest {
  private Instant wall = Instant.parse("2026-11-20T12:00:00Z");
  private Duration monotonic = Duration.ofSeconds(100);
  private Duration slept = Duration.ZERO;
  private final Clock clock =
      new Clock() {
        @Override
        public Instant wall() {
          return wall;
        }

        @Override
        public Duration monotonic() {
          return monotonic;
        }
      };
  private final ClockWatch watch =
      new ClockWatch(clock, () -> Optional.of(slept), Duration.ofSeconds(2));

  private void pass(long seconds) {
    wall = wall.plusSeconds(seconds);
    monotonic = monotonic.plusSeconds(seconds);
  }

  private ClockWatch.Change look() {
    ClockWatch.Change change = watch.look();
    watch.seen(change);
    return change;
  }

  @Test
  void timePasses() {
    pass(3600);
    ClockWatch.Change change = look();
    assertThat(change.set()).isZero();
    assertThat(change.slept()).isZero();
    assertThat(change.isSetBack()).isFalse();
    assertThat(change.now()).isEqualTo(wall);
  }

  @Test
  void theClockIsSetBack() {
    pass(10);
    wall = wall.minusSeconds(60);
    assertThat(watch.look().set()).isEqualTo(Duration.ofMinutes(-1));
    assertThat(watch.look().isSetBack()).isTrue(); // until it is seen
    assertThat(look().isSetBack()).isTrue();
    assertThat(look().isSetBack()).isFalse();
  }

  @Test
  void theClockLeapsAhead() {
    pass(10);
    wall = wall.plusSeconds(60);
    assertThat(look().set()).isEqualTo(Duration.ofSeconds(60));
    assertThat(look().set()).isZero();
  }

  @Test
  void aSmallStepIsNone() {
    wall = wall.plusSeconds(2);
    assertThat(look().set()).isZero();
    wall = wall.minusSeconds(2);
    assertThat(look().set()).isZero();
  }

  @Test
  void aSleepIsNoLeap() {
    pass(10);
    wall = wall.plusSeconds(3600);
    slept = slept.plusSeconds(3600);
    ClockWatch.Change change = look();
    assertThat(change.set()).isZero();
    assertThat(change.slept()).isEqualTo(Duration.ofHours(1));
    assertThat(look().slept()).isZero();
  }

  @Test
  void theClockIsSetWhileTheMachineSleeps() {
    wall = wall.plusSeconds(3600 - 600);
    slept = slept.plusSeconds(3600);
    ClockWatch.Change change = look();
    assertThat(change.set()).isEqualTo(Duration.ofMinutes(-10));
    assertThat(change.slept()).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void whoComesBackLateStoodStill() {
    watch.rest(Duration.ofSeconds(5));
    pass(5);
    assertThat(look().stoodStill()).isZero();
    pass(7);
    assertThat(look().stoodStill()).isEqualTo(Duration.ofSeconds(7));
    watch.rest(Duration.ofSeconds(1));
    assertThat(look().stoodStill()).isZero();
  }
}
