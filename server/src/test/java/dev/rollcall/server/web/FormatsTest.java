package dev.rollcall.server.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.time.Durations;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Figures as people say them.
class FormatsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"0|0", "0.1|0.1", "9.94|9.9", "9.95|10", "41.6|42", "19500|19,500"})
  void ratesAreNoLongerThanTheyMean(double rate, String words) {
    assertThat(Formats.rate(rate)).isEqualTo(words);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"0|0.0 MiB", "106496|0.1 MiB", "104857600|100.0 MiB", "1100000000|1,049.0 MiB"})
  void filesAreMeasuredInTheirSettingsUnit(long bytes, String words) {
    assertThat(Formats.size(bytes)).isEqualTo(words);
  }

  @ParameterizedTest
  @CsvSource({
    "PT0S, 0 s",
    "PT-3S, 0 s",
    "PT59.999S, 59 s",
    "PT1M, 1 min",
    "PT4M12S, 4 min 12 s",
    "PT59M59S, 59 min 59 s",
    "PT1H, 1 h",
    "PT3H5M59S, 3 h 5 min",
    "PT24H, 1 d",
    "PT292H30M, 12 d 4 h",
    "P400D, 400 d"
  })
  void durationsHaveTwoUnits(Duration duration, String words) {
    assertThat(Durations.words(duration)).isEqualTo(words);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PT0S | 0.00 ms",
        "PT0.0004219S | 0.42 ms",
        "PT0.000999S | 1.0 ms",
        "PT0.00423S | 4.2 ms",
        "PT0.00999S | 10 ms",
        "PT0.0421S | 42 ms",
        "PT1.2344S | 1,234 ms"
      })
  void responseTimesHaveTheDigitsThatMatter(Duration duration, String words) {
    assertThat(Durations.millis(duration)).isEqualTo(words);
  }

  @ParameterizedTest
  @CsvSource({
    "100, 100 %",
    "99.9999, 99.99 %",
    "99.5, 99.50 %",
    "50, 50 %",
    "0.001, 0 %",
    "0, 0 %"
  })
  void uptimeIsWholeOnlyWhereItIs(double percent, String words) {
    assertThat(Formats.percent(percent)).isEqualTo(words);
  }
}
