package dev.rollcall.server.monitor.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.probe.RoundTrips;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LatencyHistogramTest {
  @ParameterizedTest
  @ValueSource(
      longs = {0, 1, 63, 64, 127, 128, 129, 1_000, 12_345, 999_999, 3_000_000, 86_400_000_000L})
  void returnsADurationThatIsWrongByLessThanOnePercent(long micros) {
    LatencyHistogram one = histogram(0, micros);
    long found = one.quantile(0.5).orElseThrow().toNanos();
    assertThat(Math.abs(found - 1_000 * micros)).isLessThanOrEqualTo(8 * micros);
    assertThat(LatencyHistogram.ofBytes(one.bytes())).isEqualTo(one);
  }

  @Test
  void isExactUpTo127Microseconds() {
    for (long micros = 0; micros < 128; micros++) {
      assertThat(histogram(0, micros).quantile(1)).contains(Duration.ofNanos(1_000 * micros));
    }
  }

  /// What is longer than a day counts as a day.
  @Test
  void boundsWhatIsLongerThanADay() {
    LatencyHistogram day = histogram(0, 86_400_000_000L);
    assertThat(LatencyHistogram.of(new RoundTrips(1, List.of(Duration.ofDays(300)))))
        .isEqualTo(day);
  }

  @ParameterizedTest
  @CsvSource({"0, 10", "0.1, 10", "0.11, 20", "0.5, 50", "0.9, 90", "0.95, 100", "1, 100"})
  void findsQuantilesByTheNearestRank(double share, long micros) {
    LatencyHistogram ten = histogram(3, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100);
    assertThat(ten.quantile(share)).contains(Duration.ofNanos(1_000 * micros));
    assertThat(ten.sent()).isEqualTo(13);
    assertThat(ten.lost()).isEqualTo(3);
  }

  @Test
  void hasNoTimesWithoutAnAnswer() {
    LatencyHistogram lost = histogram(5);
    assertThat(lost.quantile(0.5)).isEmpty();
    assertThat(lost.lossPercent()).isEqualTo(100);
    assertThat(lost.bytes()).hasSize(1);
    assertThat(new LatencyHistogram.Sum().take().lossPercent()).isZero();
  }

  /// Whatever parts they come in, and over whatever bytes they went.
  @Test
  void theSumOfPartsIsTheHistogramOfTheWhole() {
    Random random = new Random(7);
    for (int run = 0; run < 200; run++) {
      List<LatencyHistogram> parts = new ArrayList<>();
      List<Duration> all = new ArrayList<>();
      int lost = 0;
      for (int part = random.nextInt(1, 20); part > 0; part--) {
        int its = random.nextInt(3);
        List<Duration> times =
            Stream.generate(() -> Duration.ofNanos((long) Math.exp(random.nextDouble(0, 24))))
                .limit(random.nextInt(12))
                .toList();
        lost += its;
        all.addAll(times);
        byte[] bytes = LatencyHistogram.of(new RoundTrips(its + times.size(), times)).bytes();
        parts.add(LatencyHistogram.ofBytes(bytes));
      }
      LatencyHistogram.Sum sum = new LatencyHistogram.Sum();
      parts.forEach(sum::add);
      LatencyHistogram whole = LatencyHistogram.of(new RoundTrips(lost + all.size(), all));
      assertThat(sum.take()).isEqualTo(whole).hasSameHashCodeAs(whole);
      assertThat(sum.take()).isEqualTo(histogram(0));
    }
  }

  @Test
  void tenRoundTripsTakeFifteenBytes() {
    LatencyHistogram ten =
        histogram(1, 9_000, 9_100, 9_300, 9_350, 9_400, 9_800, 10_400, 11_000, 15_000, 16_000);
    assertThat(ten.bytes()).hasSizeLessThanOrEqualTo(15);
  }

  @Test
  void refusesBytesThatEndTooSoon() {
    assertThatThrownBy(() -> LatencyHistogram.ofBytes(new byte[0]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> LatencyHistogram.ofBytes(new byte[] {0, 3}))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static LatencyHistogram histogram(int lost, long... micros) {
    List<Duration> times = new ArrayList<>();
    for (long time : micros) {
      times.add(Duration.ofNanos(1_000 * time));
    }
    return LatencyHistogram.of(new RoundTrips(lost + times.size(), times));
  }
}
