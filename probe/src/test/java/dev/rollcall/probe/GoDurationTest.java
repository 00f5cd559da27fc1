package dev.rollcall.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoDurationTest {
  /// Right column: what `time.Duration(n).String()` gives in Go.
  @ParameterizedTest
  @CsvSource({
    "0, 0s",
    "1, 1ns",
    "999, 999ns",
    "1000, 1µs",
    "1050, 1.05µs",
    "999999, 999.999µs",
    "1000000, 1ms",
    "1200000, 1.2ms",
    "12300000, 12.3ms",
    "12345678, 12.345678ms",
    "999999999, 999.999999ms",
    "1000000000, 1s",
    "1500000000, 1.5s",
    "10000000001, 10.000000001s",
    "60000000000, 1m0s",
    "61500000000, 1m1.5s",
    "3600000000000, 1h0m0s",
    "5025000000000, 1h23m45s",
    "90000000000000, 25h0m0s",
    "-1500000000, -1.5s",
  })
  void printsADurationAsGoDoes(long nanos, String text) {
    assertThat(GoDuration.text(Duration.ofNanos(nanos))).isEqualTo(text);
  }
}
