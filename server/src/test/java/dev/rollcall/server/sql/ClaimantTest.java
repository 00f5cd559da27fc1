package dev.rollcall.server.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ClaimantTest {
  private final TestClock clock = new TestClock();
  private final Claimant claimant = new Claimant(clock);

  private void pass(int seconds) {
    clock.pass(Duration.ofSeconds(seconds));
  }

  private void giveSign() {
    claimant.aliveUntil(clock.monotonic().plusSeconds(4));
  }

  @Test
  void isReplacedIfOthersGiveSignsOfLifeAndItselfHasGivenNoneForTooLong() {
    giveSign();
    claimant.heardOfAnother();
    assertThat(claimant.isReplaced()).isFalse();
    pass(5);
    claimant.heardOfAnother();
    assertThat(claimant.isReplaced()).as("somebody may not have counted to the end").isFalse();
    pass(1);
    assertThat(claimant.isReplaced()).isTrue();
    giveSign();
    assertThat(claimant.isReplaced()).isFalse();
  }

  @Test
  void isNotReplacedIfNobodyGivesSignsOfLife() {
    giveSign();
    claimant.heardOfAnother();
    pass(6);
    assertThat(claimant.isReplaced()).as("they were the last before the database went").isFalse();
    pass(600);
    assertThat(claimant.isReplaced()).isFalse();
  }

  @Test
  void isReplacedIfItStartsWhileOthersReachTheDatabaseAndItselfDoesNot() {
    assertThat(claimant.isReplaced()).as("it may be alone").isFalse();
    claimant.heardOfAnother();
    assertThat(claimant.isReplaced()).isTrue();
    pass(3);
    assertThat(claimant.isReplaced()).isFalse();
  }
}
