package dev.rollcall.server.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rollcall.server.heartbeat.Plan.Calendar;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// When a schedule comes next: in Berlin, clocks go forward on 29 March 2026 at 02:00 and back on
/// 25 October at 03:00.
class PlanTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 3 * * *|2026-03-27T12:00:00Z|2026-03-28T02:00:00Z",
        "0 3 * * *|2026-03-28T12:00:00Z|2026-03-29T01:00:00Z",
        "0 3 * * *|2026-10-24T12:00:00Z|2026-10-25T02:00:00Z",
        // a moment that the day skips is left out
        "30 2 * * *|2026-03-28T12:00:00Z|2026-03-30T00:30:00Z",
        // a moment that the day has twice counts once
        "30 2 * * *|2026-10-24T12:00:00Z|2026-10-25T00:30:00Z",
        "30 2 * * *|2026-10-25T00:30:00Z|2026-10-26T01:30:00Z",
        // every hour is every hour
        "0 * * * *|2026-03-29T00:00:00Z|2026-03-29T01:00:00Z",
        "0 * * * *|2026-10-25T00:00:00Z|2026-10-25T01:00:00Z",
        "0 * * * *|2026-10-25T01:00:00Z|2026-10-25T02:00:00Z",
        "0 0 29 2 *|2026-03-01T00:00:00Z|2028-02-28T23:00:00Z",
        "0 8 * * MON-FRI|2026-11-20T12:00:00Z|2026-11-23T07:00:00Z",
        // either day matches, as in every cron
        "0 0 1 * 1|2026-11-20T12:00:00Z|2026-11-22T23:00:00Z",
      })
  void aScheduleKeepsToTheClockOnTheWall(String schedule, Instant last, Instant next) {
    assertThat(Calendar.of(schedule, BERLIN).next(last)).isEqualTo(next);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0 3 * *",
        "0 3 * * * *",
        "61 3 * * *",
        "x",
        "0 0 30 2 *",
        "@daily",
        "* * * * 9"
      })
  void refusesWhatIsNoSchedule(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Calendar.of(text, BERLIN));
  }
}
