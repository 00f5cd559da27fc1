package dev.rollcall.server.signal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpanTest {
  /// Spans by their seconds, and what is left of them between 10 and 20.
  @ParameterizedTest
  @CsvSource({
    "'',                ''",
    "12-14,             12-14",
    "14-16 11-12,       11-12 14-16",
    "11-13 13-15,       11-15",
    "11-18 12-13 17-19, 11-19",
    "5-12 18-30,        10-12 18-20",
    "1-10 20-30,        ''",
    "0-99,              10-20",
    "15-15 17-16,       ''",
  })
  void areJoinedAndCut(String spans, String merged) {
    List<Span> given =
        Arrays.stream(spans.split(" ", -1))
            .filter(text -> !text.isEmpty())
            .map(text -> new Span(at(text.split("-", -1)[0]), at(text.split("-", -1)[1])))
            .toList();
    assertThat(
            Span.merged(given, at("10"), at("20")).stream()
                .map(span -> span.from().getEpochSecond() + "-" + span.to().getEpochSecond())
                .collect(Collectors.joining(" ")))
        .isEqualTo(merged);
  }

  private static Instant at(String second) {
    return Instant.ofEpochSecond(Long.parseLong(second));
  }
}
