package dev.rollcall.server.heartbeat.definition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.time.JobSchedule;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Jobs that run on time, with clocks that differ a little, over the changes of the clock of a
/// year.
class SeasonsTest {
  private static final Duration AROUND = Duration.ofDays(3);
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  private static final List<String> LINES =
      List.of(
          "0 2 * * *",
          "30 2 * * *",
          "59 1 * * *",
          "0 3 * * *",
          "0 0 * * *",
          "30 0-3 * * *",
          "15,45 1,2 * * *",
          "0 */2 * * *",
          "*/15 * * * *",
          "5 * * * *",
          "0 2 * * 0",
          "@daily");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Europe/Berlin",
        "America/New_York",
        "America/Havana",
        "Australia/Lord_Howe",
        "Antarctica/Troll",
        "Africa/Casablanca",
        "Asia/Beirut",
        "America/Santiago",
        "Pacific/Chatham",
        "UTC"
      })
  void accuseNobodyAndForgetNobody(String zone) {
    ZoneId place = ZoneId.of(zone);
    Random random = new Random(4);
    ZoneOffsetTransition change = place.getRules().nextTransition(BEGIN);
    for (int changes = 0; changes < 4; changes++) {
      Instant middle =
          change == null ? BEGIN.plus(Duration.ofDays(90L * changes)) : change.getInstant();
      for (String line : LINES) {
        follow(
            new Expectation(JobSchedule.Calendar.of(line, place), Duration.ofMinutes(5)),
            middle,
            random);
      }
      change = change == null ? null : place.getRules().nextTransition(middle);
    }
  }

  private static void follow(Expectation expectation, Instant middle, Random random) {
    JobSchedule schedule = expectation.schedule();
    Instant due = schedule.next(middle.minus(AROUND));
    while (due.isBefore(middle.plus(AROUND))) {
      Instant following = schedule.next(due);
      Instant call = due.plusSeconds(random.nextInt(-20, 120));
      assertThat(expectation.next(call, Optional.of(due)))
          .as("%s after a call at %s for %s", schedule, call, due)
          .isEqualTo(following);
      assertThat(following).isAfter(due);
      due = following;
    }
  }
}
