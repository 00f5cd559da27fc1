package dev.rollcall.server.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampsTest {
  private static Optional<Instant> read(String text) {
    return Timestamps.rfc3339(text.toCharArray(), 0, text.length());
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-07T22:30:00Z,2026-01-07T22:30:00Z",
    "2026-01-07t22:30:00z,2026-01-07T22:30:00Z",
    "2026-01-08T00:00:00+01:30,2026-01-07T22:30:00Z",
    "2026-01-07T17:30:00-05:00,2026-01-07T22:30:00Z",
    "2026-01-07T22:30:00-00:00,2026-01-07T22:30:00Z",
    "2026-01-07T22:30:00.5Z,2026-01-07T22:30:00.500Z",
    "2026-01-07T22:30:00.123456789123Z,2026-01-07T22:30:00.123456789Z",
    "2024-02-29T00:00:00Z,2024-02-29T00:00:00Z",
    "2016-12-31T23:59:60Z,2017-01-01T00:00:00Z",
    "0000-01-01T00:00:00Z,0000-01-01T00:00:00Z",
  })
  void areReadWithAnOffset(String text, String instant) {
    assertThat(read(text)).contains(Instant.parse(instant));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2026-01-07",
        "2026-01-07T22:30:00",
        "2026-01-07 22:30:00Z",
        "2026-01-07T22:30Z",
        "2026-13-07T22:30:00Z",
        "2026-02-29T22:30:00Z",
        "2026-01-07T24:30:00Z",
        "2026-01-07T22:60:00Z",
        "2026-01-07T22:30:61Z",
        "2026-01-07T22:30:00.Z",
        "2026-01-07T22:30:00+1:00",
        "2026-01-07T22:30:00+24:00",
        "2026-01-07T22:30:00+01:60",
        "2026-01-07T22:30:00Zx",
        "12026-01-07T22:30:00Z",
        "-026-01-07T22:30:00Z",
        "0000-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "2026-01-07T22:30:00+01",
        "2026-01-07T22:30:00.123456789012345678901234567890123456789012345678901234567890Z"
      })
  void areNothingElse(String text) {
    assertThat(read(text)).isEmpty();
  }

  @Test
  void sortAsTheyWere() {
    Random random = new Random(3);
    Instant before = Instant.parse("2026-01-07T22:30:00Z");
    for (int i = 0; i < 100_000; i++) {
      long step =
          switch (random.nextInt(4)) {
            case 0 -> 1;
            case 1 -> 100_000_000;
            default -> random.nextLong(3_000_000_000L);
          };
      Instant after = before.plusNanos(step);
      if (after.isAfter(before)) {
        assertThat(Timestamps.stored(after)).isGreaterThan(Timestamps.stored(before));
      }
      assertThat(Instant.parse(Timestamps.answered(Timestamps.stored(after)))).isEqualTo(after);
      before = after;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-07 22:30:00+00:00,2026-01-07T22:30:00Z",
    "2026-01-07 22:30:00.25+01:00,2026-01-07T21:30:00.25Z",
    "2026-01-07 22:30:00,2026-01-07T22:30:00Z",
    "2026-01-07T22:30:00Z,2026-01-07T22:30:00Z",
    "once,once",
  })
  void areAnsweredInOneForm(String stored, String answered) {
    assertThat(Timestamps.answered(stored)).isEqualTo(answered);
  }
}
