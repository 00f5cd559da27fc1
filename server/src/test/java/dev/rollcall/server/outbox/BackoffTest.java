package dev.rollcall.server.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {
  @ParameterizedTest
  @CsvSource({"1,1", "2,2", "3,4", "5,16", "8,128", "9,240", "10,240", "1000000,240"})
  void doublesUpToFourMinutesGiveOrTakeHalf(int attempts, int seconds) {
    Random random = new Random(1);
    Duration shortest = Duration.ofDays(1);
    Duration longest = Duration.ZERO;
    for (int i = 0; i < 1_000; i++) {
      Duration one = Backoff.after(attempts, random);
      shortest = one.compareTo(shortest) < 0 ? one : shortest;
      longest = one.compareTo(longest) > 0 ? one : longest;
    }
    Duration mean = Duration.ofSeconds(seconds);
    assertThat(shortest).isBetween(mean.dividedBy(2), mean.multipliedBy(6).dividedBy(10));
    assertThat(longest)
        .isBetween(mean.multipliedBy(14).dividedBy(10), mean.multipliedBy(3).dividedBy(2));
  }
}
