package dev.rollcall.server.heartbeat.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rollcall.server.time.JobSchedule.Calendar;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// When a schedule comes next: in Berlin, clocks go forward on 29 March 2026 at 02:00 and back on
/// 25 October at 03:00.
class JobScheduleTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 3 * * *|2026-03-27T12:00:00Z|2026-03-28T02:00:00Z",
        "0 3 * * *|2026-03-28T12:00:00Z|2026-03-29T01:00:00Z",
        "0 3 * * *|2026-10-24T12:00:00Z|2026-10-25T02:00:00Z",
        // what the day leaves out runs right after the change, once
        "30 2 * * *|2026-03-28T12:00:00Z|2026-03-29T01:00:00Z",
        "30 2 * * *|2026-03-29T01:00:00Z|2026-03-30T00:30:00Z",
        "15,45 2 * * *|2026-03-28T12:00:00Z|2026-03-29T01:00:00Z",
        "15,45 2 * * *|2026-03-29T01:00:00Z|2026-03-30T00:15:00Z",
        // or not at all, with wildcards
        "*/30 2 * * *|2026-03-28T12:00:00Z|2026-03-30T00:00:00Z",
        // what the day has twice runs once, the first time
        "0 2 * * *|2026-10-25T00:00:07Z|2026-10-26T01:00:00Z",
        "30 2 * * *|2026-10-24T12:00:00Z|2026-10-25T00:30:00Z",
        "30 2 * * *|2026-10-25T00:30:00Z|2026-10-26T01:30:00Z",
        "30 2 * * *|2026-10-25T01:10:00Z|2026-10-26T01:30:00Z",
        "0 2,14 * * *|2026-10-25T00:00:07Z|2026-10-25T13:00:00Z",
        "30 2 25 10 *|2026-10-25T00:30:00Z|2027-10-25T00:30:00Z",
        "30 2 * * sun|2026-10-25T00:30:00Z|2026-11-01T01:30:00Z",
        // in both passes, with wildcards
        "0 * * * *|2026-03-29T00:00:00Z|2026-03-29T01:00:00Z",
        "0 * * * *|2026-10-25T00:00:00Z|2026-10-25T01:00:00Z",
        "0 * * * *|2026-10-25T01:00:00Z|2026-10-25T02:00:00Z",
        "*/30 2 * * *|2026-10-25T00:30:00Z|2026-10-25T01:00:00Z",
        "0 0 29 2 *|2026-03-01T00:00:00Z|2028-02-28T23:00:00Z",
        "0 8 * * MON-FRI|2026-11-20T12:00:00Z|2026-11-23T07:00:00Z",
        // either day fits, unless a field begins with *
        "0 0 1 * 1|2026-11-20T12:00:00Z|2026-11-22T23:00:00Z",
        "0 0 */2 * 1|2026-11-20T12:00:00Z|2026-11-22T23:00:00Z",
        "0 0 */2 * 2|2026-11-20T12:00:00Z|2026-11-30T23:00:00Z",
        "0 0 * * 0|2026-11-20T12:00:00Z|2026-11-21T23:00:00Z",
        "0 0 * * 7|2026-11-20T12:00:00Z|2026-11-21T23:00:00Z",
        "0 0 * feb-apr,DEC *|2026-11-20T12:00:00Z|2026-11-30T23:00:00Z",
        "' \t0\t0  * * *\t '|2026-11-20T12:00:00Z|2026-11-20T23:00:00Z",
        "@daily|2026-11-20T12:00:00Z|2026-11-20T23:00:00Z",
        "@midnight|2026-11-20T12:00:00Z|2026-11-20T23:00:00Z",
        "@hourly|2026-11-20T12:00:00Z|2026-11-20T13:00:00Z",
        "@weekly|2026-11-20T12:00:00Z|2026-11-21T23:00:00Z",
        "@monthly|2026-11-20T12:00:00Z|2026-11-30T23:00:00Z",
        "@yearly|2026-11-20T12:00:00Z|2026-12-31T23:00:00Z",
        "@annually|2026-11-20T12:00:00Z|2026-12-31T23:00:00Z",
      })
  void aScheduleKeepsToTheClockOnTheWall(String schedule, Instant last, Instant next) {
    assertThat(Calendar.of(schedule, BERLIN).next(last)).isEqualTo(next);
  }

  /// Other zones have other changes: half an hour in Lord Howe, two hours in Troll, at midnight in
  /// Cairo, a whole day in Samoa.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Australia/Lord_Howe|45 1 * * *|2025-04-05T14:45:00Z|2025-04-06T15:15:00Z",
        "Australia/Lord_Howe|45 * * * *|2025-04-05T14:45:00Z|2025-04-05T15:15:00Z",
        "Antarctica/Troll|30 1 * * *|2025-03-29T12:00:00Z|2025-03-30T01:00:00Z",
        "Africa/Cairo|0 0 * * fri|2025-04-24T12:00:00Z|2025-04-24T22:00:00Z",
        "Pacific/Apia|0 12 * * *|2011-12-30T09:00:00Z|2011-12-30T22:00:00Z",
        "America/New_York|30 1 * * *|2025-11-02T05:30:00Z|2025-11-03T06:30:00Z",
        "EST|0 3 * * *|2026-07-01T00:00:00Z|2026-07-01T08:00:00Z",
        "MST7MDT|0 3 * * *|2026-07-01T00:00:00Z|2026-07-01T09:00:00Z",
      })
  void inEveryZone(String zone, String schedule, Instant last, Instant next) {
    assertThat(Calendar.of(schedule, Calendar.zone(zone).orElseThrow()).next(last)).isEqualTo(next);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|minute",
        "0 3 * *|day of the week",
        "0 3 * * * *|more than the five fields",
        "0 3 * * * /usr/bin/backup|more than the five fields",
        "61 3 * * *|minute",
        "0 25 * * *|hour",
        "1- 3 * * *|minute",
        "0/5 * * * *|0-59/...",
        "*/0 * * * *|minute",
        "0 3 * * mo|day of the week",
        "0 3 ? * *|day of the month",
        "0 0 30 2 *|never matches",
        "0 0 * * Fri-Sun|never matches",
        "x|minute",
        "@reboot|has no fixed times",
        "@Daily|none of @yearly",
        "* * * * 9|day of the week",
        "0 3 * * \u202e1|invalid character at position 9",
      })
  void refusesWhatIsNoSchedule(String text, String reason) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Calendar.of(text, BERLIN))
        .withMessageContaining(reason);
  }

  /// Which moment a call belongs to: `awaited` is the one that is expected.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // a job's clock is two seconds ahead
        "0 3 * * *|0|2026-07-02T03:00:00Z|2026-07-02T02:59:58Z|2026-07-03T03:00:00Z",
        "0 3 * * *|0|2026-07-02T03:00:00Z|2026-07-02T02:59:00Z|2026-07-03T03:00:00Z",
        "0 3 * * *|0|2026-07-02T03:00:00Z|2026-07-02T02:58:59Z|2026-07-02T03:00:00Z",
        "0 3 * * *|600|2026-07-02T03:00:00Z|2026-07-02T02:50:00Z|2026-07-03T03:00:00Z",
        "0 3 * * *|600|2026-07-02T03:00:00Z|2026-07-02T02:49:59Z|2026-07-02T03:00:00Z",
        "0 3 * * *|600||2026-07-02T02:59:58Z|2026-07-03T03:00:00Z",
        "* * * * *|0|2026-07-02T03:00:00Z|2026-07-02T02:59:58Z|2026-07-02T03:01:00Z",
        // in time for what is awaited, however near the next is
        "* * * * *|30|2026-07-02T03:00:00Z|2026-07-02T03:00:29Z|2026-07-02T03:01:00Z",
        "*/5 * * * *|300|2026-07-02T03:00:00Z|2026-07-02T03:04:00Z|2026-07-02T03:05:00Z",
        // nearer to the moment before
        "* * * * *|0|2026-07-02T03:01:00Z|2026-07-02T03:00:02Z|2026-07-02T03:01:00Z",
        "0 3 * * *|86400|2026-07-02T03:00:00Z|2026-07-01T03:10:00Z|2026-07-02T03:00:00Z",
      })
  void aCallALittleBeforeAMomentIsThatMomentsCall(
      String schedule, int grace, Instant awaited, Instant at, Instant next) {
    Expectation expectation =
        new Expectation(Calendar.of(schedule, ZoneId.of("UTC")), Duration.ofSeconds(grace));
    assertThat(expectation.next(at, Optional.ofNullable(awaited))).isEqualTo(next);
  }
}
