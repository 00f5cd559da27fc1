package dev.rollcall.server.account.factor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class ChallengesTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);

  private final Challenges challenges = with(1);

  private static Challenges with(int key) {
    return new Challenges(new SecretKeySpec(new byte[] {(byte) key}, "HmacSHA256"));
  }

  @Test
  void aChallengeIsValidForItsPurposeUntilItEnds() {
    byte[] challenge = challenges.make("sign in", NOW);
    Instant end = NOW.plus(Duration.ofMinutes(15));
    assertThat(challenges.end(challenge, "sign in", NOW)).contains(end);
    assertThat(challenges.end(challenge, "sign in", end)).isEmpty();
    assertThat(challenges.end(challenge, "register 1", NOW)).isEmpty();
    assertThat(with(2).end(challenge, "sign in", NOW)).isEmpty();
    assertThat(challenges.end(new byte[0], "sign in", NOW)).isEmpty();
    for (int i = 0; i < challenge.length; i++) {
      byte[] changed = challenge.clone();
      changed[i] ^= 1;
      assertThat(challenges.end(changed, "sign in", NOW)).isEmpty();
    }
  }

  @Test
  void noTwoAreTheSameAndEachAccountHasAHandle() {
    assertThat(challenges.make("sign in", NOW)).isNotEqualTo(challenges.make("sign in", NOW));
    assertThat(challenges.userHandle(1))
        .isEqualTo(challenges.userHandle(1))
        .isNotEqualTo(challenges.userHandle(2))
        .isNotEqualTo(with(2).userHandle(1));
  }
}
