package dev.rollcall.server.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.sql.TestClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LogDebounceTest {
  private static final Duration FIVE = Duration.ofSeconds(5);

  private final TestClock clock = new TestClock();
  private final LogDebounce trouble = new LogDebounce(FIVE, clock);

  @Test
  void isToldOnceItHasLastedAndOnceItHasBeenOverForAsLong() {
    assertThat(trouble.ends()).isFalse();
    clock.pass(FIVE);
    assertThat(trouble.ends()).as("nothing has happened").isFalse();
    assertThat(trouble.begins()).isFalse();
    clock.pass(FIVE);
    assertThat(trouble.begins()).isTrue();
    assertThat(trouble.begins()).as("told before").isFalse();
    assertThat(trouble.ends()).isFalse();
    clock.pass(FIVE);
    assertThat(trouble.ends()).isTrue();
    assertThat(trouble.ends()).as("told before").isFalse();
  }

  @Test
  void whatComesAndGoesIsNotTold() {
    for (int i = 0; i < 10; i++) {
      assertThat(trouble.begins()).isFalse();
      clock.pass(FIVE.minusMillis(1));
      assertThat(trouble.begins()).isFalse();
      assertThat(trouble.ends()).isFalse();
      clock.pass(FIVE);
    }
  }

  @Test
  void whatIsToldAtOnceIsToldOnceWhileItComesAndGoes() {
    LogDebounce atOnce = new LogDebounce(Duration.ZERO, clock);
    assertThat(atOnce.begins()).isTrue();
    for (int i = 0; i < 10; i++) {
      assertThat(atOnce.ends()).isFalse();
      clock.pass(FIVE.minusMillis(1));
      assertThat(atOnce.ends()).isFalse();
      assertThat(atOnce.begins()).isFalse();
    }
  }

  @Test
  void whatNobodyLooksAtAnyMoreHasNoEnd() {
    assertThat(trouble.begins()).isFalse();
    clock.pass(FIVE);
    assertThat(trouble.begins()).isTrue();
    trouble.forget();
    clock.pass(FIVE);
    assertThat(trouble.ends()).isFalse();
  }
}
