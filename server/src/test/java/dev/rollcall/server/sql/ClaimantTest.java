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

  private Lease<String> lease(int seconds) {
    Duration until = clock.monotonic().plusSeconds(seconds);
    return new Lease<>(7, clock.wall(), 1, claimant.id(), until, "");
  }

  @Test
  void holdsARowForCertainOnlyWhileOthersBelieveThatItLives() {
    Lease<String> lease = lease(20);
    assertThat(claimant.holdsNow(lease)).as("it is alone").isTrue();
    giveSign();
    assertThat(claimant.holdsNow(lease)).isTrue();
    pass(4);
    assertThat(claimant.holdsNow(lease)).isFalse();
    giveSign();
    assertThat(claimant.holdsNow(lease)).isTrue();
    claimant.another();
    assertThat(claimant.holdsNow(lease)).as("others have taken it over").isFalse();
  }

  @Test
  void holdsARowForCertainOnlyUntilALittleBeforeItsLeaseEnds() {
    Lease<String> lease = lease(20);
    pass(18);
    giveSign();
    assertThat(claimant.holdsNow(lease)).isTrue();
    assertThat(claimant.stillHolds(lease)).isTrue();
    pass(1);
    assertThat(claimant.holdsNow(lease)).as("the clocks of others may be ahead").isFalse();
    assertThat(claimant.stillHolds(lease)).isFalse();
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
