package dev.rollcall.server.monitor.store;

import static dev.rollcall.server.monitor.MonitorDatabase.down;
import static dev.rollcall.server.monitor.MonitorDatabase.outcome;
import static dev.rollcall.server.monitor.MonitorDatabase.slow;
import static dev.rollcall.server.monitor.MonitorDatabase.unknown;
import static dev.rollcall.server.monitor.MonitorDatabase.up;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.monitor.MonitorDatabase;
import dev.rollcall.server.monitor.check.Observation;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Span;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.signal.UptimeSpans;
import dev.rollcall.server.sql.TestDatabases;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UptimeStoreTest {
  private static final Duration DAY = Duration.ofDays(1);

  private static UptimeSpans spans(List<Span> unreachable, List<Span> maintenance) {
    return new UptimeSpans() {
      @Override
      public List<Span> unreachable(Subject subject, Instant from, Instant to) {
        return unreachable;
      }

      @Override
      public List<Span> maintenance(Subject subject, AlertKeys keys, Instant from, Instant to) {
        return maintenance;
      }
    };
  }

  @ParameterizedTest
  @EnumSource
  void countsWithAndWithoutMaintenanceAndNothingThatIsUnreachable(
      TestDatabases engine, @TempDir Path folder) {
    try (MonitorDatabase data = new MonitorDatabase(engine, folder)) {
      long id = data.service("shop");
      Service shop = data.listed().getFirst().service();
      // Ten hours, a minute each: down in the second half of hour 2, in hours 4 and 5 and in the
      // first half of hour 7.
      Instant begin = data.clock.wall().truncatedTo(ChronoUnit.HOURS);
      for (int minute = 0; minute < 600; minute++) {
        Instant at = begin.plus(Duration.ofMinutes(minute));
        int hour = minute / 60;
        boolean late = minute % 60 >= 30;
        boolean isDown = (hour == 2 && late) || hour == 4 || hour == 5 || (hour == 7 && !late);
        Observation well = hour == 9 ? slow(at, 5) : up(at, 5);
        write(data, id, isDown ? down(at, 5) : well);
      }
      write(data, id, unknown(begin.plus(Duration.ofHours(10))));
      Instant now = begin.plus(Duration.ofHours(10)).plusSeconds(1);

      Uptime plain = uptime(data, spans(List.of(), List.of()), shop, DAY, now);
      assertThat(plain.percent()).hasValue(70);
      assertThat(plain.withoutMaintenance()).hasValue(70);
      assertThat(plain.maintained()).isFalse();
      // 570 observations are left, of which 420 are up; then 450, of which 420 are up.
      Uptime both =
          uptime(
              data,
              spans(List.of(span(begin, 150, 180)), List.of(span(begin, 240, 360))),
              shop,
              DAY,
              now);
      assertThat(both.percent()).hasValue(100.0 * 420 / 570);
      assertThat(both.withoutMaintenance()).hasValue(100.0 * 420 / 450);
      assertThat(both.unreachable()).isTrue();
      assertThat(both.maintained()).isTrue();
      // What is in both is taken away once, and what is older than the span not at all.
      Uptime overlapping =
          uptime(
              data,
              spans(List.of(span(begin, 230, 300)), List.of(span(begin, 270, 365))),
              shop,
              DAY,
              now);
      assertThat(overlapping.withoutMaintenance()).hasValue(100.0 * (420 - 15) / (600 - 135));
      Uptime hour = uptime(data, spans(List.of(), List.of()), shop, Duration.ofMinutes(150), now);
      assertThat(hour.percent()).hasValue(100);
      Uptime all = uptime(data, spans(List.of(span(begin, 0, 700)), List.of()), shop, DAY, now);
      assertThat(all.percent()).isEmpty();
    }
  }

  private static Span span(Instant begin, int fromMinute, int toMinute) {
    return new Span(
        begin.plus(Duration.ofMinutes(fromMinute)), begin.plus(Duration.ofMinutes(toMinute)));
  }

  private static Uptime uptime(
      MonitorDatabase data, UptimeSpans spans, Service shop, Duration span, Instant now) {
    return new UptimeStore(data.database, spans).of(shop, AlertKeys.NONE, span, now);
  }

  private static void write(MonitorDatabase data, long service, Observation found) {
    data.commits.write(
        (tx, outcomes) -> {
          OutcomeRows.write(tx, outcomes, (_, _) -> {}, () -> {}, found.at());
          return outcomes;
        },
        outcome(service, 1, found, Optional.empty()));
  }
}
