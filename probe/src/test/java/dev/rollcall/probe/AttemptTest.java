package dev.rollcall.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class AttemptTest {
  private final Attempt attempt = Attempt.within(Duration.ofSeconds(3));

  @Test
  void hasMeasuredNothingAtFirst() {
    for (Phase phase : Phase.values()) {
      assertThat(attempt.time(phase)).isEmpty();
    }
    assertThat(attempt.status()).isEmpty();
    assertThat(attempt.certificateExpiry()).isEmpty();
    assertThat(attempt.redirects()).isZero();
    assertThat(attempt.dependencies()).isEmpty();
  }

  @Test
  void addsUpAPhaseThatHappensTwice() {
    attempt.took(Phase.CONNECT, Duration.ofMillis(2));
    attempt.took(Phase.CONNECT, Duration.ofMillis(3));
    assertThat(attempt.time(Phase.CONNECT)).contains(Duration.ofMillis(5));
  }

  @Test
  void sharesWhatAPartOfItMeasures() {
    Attempt part = attempt.limitedTo(Duration.ofMillis(100));
    assertThat(part.timeout()).isEqualTo(Duration.ofMillis(100));
    part.took(Phase.CONNECT, Duration.ofMillis(2));
    part.answered(204);
    part.redirected();
    part.dependsOn(List.of(ProbeResult.well("db", Duration.ofMillis(1))));
    assertThat(attempt.time(Phase.CONNECT)).contains(Duration.ofMillis(2));
    assertThat(attempt.status()).hasValue(204);
    assertThat(attempt.redirects()).isOne();
    assertThat(attempt.dependencies().orElseThrow()).hasSize(1);
  }

  @Test
  void isItsOwnPartWhereItLeavesNoMore() {
    assertThat(attempt.limitedTo(Duration.ofSeconds(9))).isSameAs(attempt);
  }

  @Test
  void keepsTheEarliestEndOfACertificate() {
    attempt.certificateEnds(Instant.ofEpochSecond(200));
    attempt.certificateEnds(Instant.ofEpochSecond(100));
    attempt.certificateEnds(Instant.ofEpochSecond(300));
    assertThat(attempt.certificateExpiry()).contains(Instant.ofEpochSecond(100));
  }

  @Test
  void hasNoTimeLeftAfterItsDeadlineAndNeverANegativeOne() {
    assertThat(Attempt.within(Duration.ZERO).remaining()).isZero();
    assertThat(attempt.remaining()).isBetween(Duration.ZERO, attempt.timeout());
  }
}
