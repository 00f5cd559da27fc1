package dev.rollcall.server.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/// Schedules beside Debian's cron, whose own code (3.0pl1-162, its parser and its loop over the
/// minutes) found the moments of `cron.txt` for random lines, in all zones, mostly around changes
/// of clocks.
class CronScheduleTest {
  @Test
  void runsWhenDebiansCronDoes() throws IOException {
    List<String> facts = facts();
    assertThat(facts).hasSizeGreaterThan(2_000);
    SoftAssertions all = new SoftAssertions();
    for (String fact : facts) {
      List<String> parts = List.of(fact.split("\\|", -1));
      all.assertThat(next(parts.get(3), zone(parts.get(0)), instant(parts.get(1))))
          .as(fact)
          .isEqualTo(parts.get(2).equals("-") ? "-" : instant(parts.get(2)).toString());
    }
    all.assertAll();
  }

  private static ZoneId zone(String name) {
    return JobSchedule.Calendar.zone(name).orElseThrow();
  }

  private static Instant instant(String seconds) {
    return Instant.ofEpochSecond(Long.parseLong(seconds));
  }

  private static String next(String line, ZoneId zone, Instant after) {
    try {
      return CronLine.read(line).next(after, zone.getRules()).toString();
    } catch (IllegalArgumentException e) {
      return "-";
    }
  }

  private static List<String> facts() throws IOException {
    try (InputStream file = CronScheduleTest.class.getResourceAsStream("cron.txt")) {
      return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .toList();
    }
  }
}
