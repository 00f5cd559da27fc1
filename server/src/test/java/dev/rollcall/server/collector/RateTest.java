package dev.rollcall.server.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RateTest {
  private final Rate rate = new Rate();

  @Test
  void isTheMeanOfTheLastTenWholeSeconds() {
    assertThat(rate.perSecond(at(0))).isZero();
    rate.add(30, at(100.2));
    rate.add(10, at(100.9));
    rate.add(60, at(101.0));
    assertThat(rate.perSecond(at(100.95))).isZero();
    assertThat(rate.perSecond(at(101.5))).isEqualTo(4);
    assertThat(rate.perSecond(at(102))).isEqualTo(10);
    assertThat(rate.perSecond(at(110.9))).isEqualTo(10);
    assertThat(rate.perSecond(at(111))).isEqualTo(6);
    assertThat(rate.perSecond(at(112))).isZero();
  }

  @Test
  void forgetsWhatItWritesOver() {
    for (int second = 0; second < 100; second++) {
      rate.add(second, at(second));
    }
    assertThat(rate.perSecond(at(100))).isEqualTo(94.5);
    rate.add(7, at(1_000));
    assertThat(rate.perSecond(at(1_001))).isEqualTo(0.7);
  }

  private static Duration at(double seconds) {
    return Duration.ofMillis(Math.round(seconds * 1000));
  }
}
