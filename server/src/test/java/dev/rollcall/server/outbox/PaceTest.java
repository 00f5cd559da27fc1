package dev.rollcall.server.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {
  private final Pace pace = new Pace();

  @Test
  void slowsDownForNobodyWhoFailsAlone() {
    for (int i = 0; i < 100; i++) {
      pace.missed(i % 7, Duration.ofSeconds(i));
    }
    assertThat(pace.room(Duration.ofSeconds(100), 3)).isEqualTo(Receivers.MOST);
  }

  @Test
  void triesOneAtATimeWithLongerAndLongerPausesOnceManyHaveFailed() {
    Duration now = Duration.ofHours(1);
    for (int i = 0; i < 8; i++) {
      pace.missed(i, now);
    }
    for (int pause : new int[] {1, 2, 4, 5, 5}) {
      Duration expected = Duration.ofSeconds(pause);
      assertThat(pace.pause(now)).isEqualTo(expected);
      assertThat(pace.room(now.plus(expected).minusNanos(1), 0)).isZero();
      now = now.plus(expected);
      assertThat(pace.room(now, 1)).isZero();
      assertThat(pace.room(now, 0)).isEqualTo(1);
      pace.missed(9, now);
    }
    pace.reached();
    assertThat(pace.room(now, 5)).isEqualTo(Receivers.MOST);
    assertThat(pace.pause(now)).isZero();
  }
}
