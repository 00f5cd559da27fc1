package dev.rollcall.server.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.sql.TestClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SharedClockTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final TestClock own = new TestClock();
  private final SharedClock clock = new SharedClock(own);

  /// The server says that it is `told`, and takes so long to say so.
  private boolean follow(Instant told, Duration took) {
    Duration asked = own.monotonic();
    own.pass(took);
    return clock.follow(told, asked, own.monotonic());
  }

  private Duration ahead() {
    return Duration.between(own.wall(), clock.wall());
  }

  @Test
  void isThatOfTheMachineUntilSomebodyTellsTheTime() {
    assertThat(clock.isKnown()).isFalse();
    assertThat(clock.wall()).isEqualTo(own.wall());
    assertThat(clock.ownAhead()).isZero();
    assertThat(follow(own.wall().minus(MINUTE), Duration.ZERO)).isTrue();
    assertThat(clock.isKnown()).isTrue();
    assertThat(ahead()).isEqualTo(MINUTE.negated());
    assertThat(clock.ownAhead()).isEqualTo(MINUTE);
    assertThat(clock.monotonic()).isEqualTo(own.monotonic());
  }

  @Test
  void doesNotNoticeThatTheClockOfTheMachineIsSet() {
    follow(own.wall(), Duration.ZERO);
    Instant before = clock.wall();
    own.leap(MINUTE);
    assertThat(clock.wall()).isEqualTo(before);
    own.leap(MINUTE.multipliedBy(-3));
    assertThat(clock.wall()).isEqualTo(before);
    own.pass(MINUTE);
    assertThat(clock.wall()).isEqualTo(before.plus(MINUTE));
    assertThat(clock.ownAhead()).isEqualTo(MINUTE.multipliedBy(-2));
  }

  @Test
  void leavesWhatIsNear() {
    follow(own.wall(), Duration.ZERO);
    assertThat(follow(clock.wall().plus(SharedClock.NEAR), Duration.ZERO)).isFalse();
    assertThat(follow(clock.wall().minus(SharedClock.NEAR), Duration.ZERO)).isFalse();
    assertThat(ahead()).as("no trembling").isZero();
    assertThat(follow(clock.wall().plus(SharedClock.NEAR.plusMillis(1)), Duration.ZERO)).isTrue();
    assertThat(ahead()).isEqualTo(SharedClock.NEAR.plusMillis(1));
  }

  @Test
  void learnsFromAnAnswerHoweverLongItTook() {
    assertThat(follow(own.wall().minus(MINUTE), Duration.ofSeconds(4))).isTrue();
    assertThat(ahead()).as("at the middle").isEqualTo(MINUTE.plusSeconds(2).negated());
    assertThat(follow(clock.wall().plusSeconds(2), Duration.ZERO)).as("a better one").isTrue();
    assertThat(ahead()).isEqualTo(MINUTE.negated());
    assertThat(follow(clock.wall(), Duration.ofSeconds(4))).as("a worse one").isFalse();
    assertThat(ahead()).isEqualTo(MINUTE.negated());
  }
}
