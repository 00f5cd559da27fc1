package dev.rollcall.server.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReceiverBreakerTest {
  private final ReceiverBreaker receiverBreaker = new ReceiverBreaker();

  @Test
  void slowsDownForNobodyWhoFailsAlone() {
    for (int i = 0; i < 100; i++) {
      receiverBreaker.missed(i % 7, Duration.ofSeconds(i));
    }
    assertThat(receiverBreaker.room(Duration.ofSeconds(100), 3)).isEqualTo(ReceiverLimits.MOST);
  }

  @Test
  void triesOneAtATimeWithLongerAndLongerPausesOnceManyHaveFailed() {
    Duration now = Duration.ofHours(1);
    for (int i = 0; i < 8; i++) {
      receiverBreaker.missed(i, now);
    }
    for (int pause : new int[] {1, 2, 4, 5, 5}) {
      Duration expected = Duration.ofSeconds(pause);
      assertThat(receiverBreaker.pause(now)).isEqualTo(expected);
      assertThat(receiverBreaker.room(now.plus(expected).minusNanos(1), 0)).isZero();
      now = now.plus(expected);
      assertThat(receiverBreaker.room(now, 1)).isZero();
      assertThat(receiverBreaker.room(now, 0)).isEqualTo(1);
      receiverBreaker.missed(9, now);
    }
    receiverBreaker.reached();
    assertThat(receiverBreaker.room(now, 5)).isEqualTo(ReceiverLimits.MOST);
    assertThat(receiverBreaker.pause(now)).isZero();
  }
}
