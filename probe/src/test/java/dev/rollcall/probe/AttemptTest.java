package dev.rollcall.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
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
  }

  @Test
  void addsUpAPhaseThatHappensTwice() {
    attempt.took(Phase.CONNECT, Duration.ofMillis(2));
    attempt.took(Phase.CONNECT, Duration.ofMillis(3));
    assertThat(attempt.time(Phase.CONNECT)).contains(Duration.ofMillis(5));
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
