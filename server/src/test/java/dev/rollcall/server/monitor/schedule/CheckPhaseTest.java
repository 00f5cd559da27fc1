package dev.rollcall.server.monitor.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.monitor.MonitorDatabase;
import dev.rollcall.server.sql.TestDatabases;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckPhaseTest {
  private static final Instant NOW = Instant.parse("2026-11-20T12:34:56.789Z");
  private static final List<Duration> INTERVALS =
      List.of(
          Duration.ofMillis(100),
          Duration.ofMillis(333),
          Duration.ofSeconds(1),
          Duration.ofSeconds(15),
          Duration.ofHours(1),
          Duration.ofDays(366));
  private static final long[] IDS = {
    1, 2, 3, 1_000, 65_537, 999_999_999L, 1L << 31, 3_000_000_000L
  };

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void theDatabaseFindsTheSameInstants(TestDatabases engine) {
    try (MonitorDatabase data = new MonitorDatabase(engine, folder)) {
      for (Duration interval : INTERVALS) {
        for (long id : IDS) {
          long found =
              data.database.read(
                  handle ->
                      handle
                          .createQuery(
                              "SELECT %s FROM (SELECT CAST(? AS BIGINT) AS service_id, CAST(? AS BIGINT) AS interval_ms) d"
                                  .formatted(CheckPhase.NEXT_DUE))
                          .bind(0, NOW.toEpochMilli())
                          .bind(1, id)
                          .bind(2, interval.toMillis())
                          .mapTo(Long.class)
                          .one());
          assertThat(Instant.ofEpochMilli(found))
              .as("service %d every %s", id, interval)
              .isEqualTo(CheckPhase.next(id, interval, NOW));
        }
      }
    }
  }

  @Test
  void theNextInstantIsWithinOneIntervalAndLaterThanNow() {
    for (Duration interval : INTERVALS) {
      for (long id : IDS) {
        Instant next = CheckPhase.next(id, interval, NOW);
        assertThat(next).isAfter(NOW).isBeforeOrEqualTo(NOW.plus(interval));
        assertThat(CheckPhase.next(id, interval, next)).isEqualTo(next.plus(interval));
        assertThat(CheckPhase.next(id, interval, next.minusMillis(1))).isEqualTo(next);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 500, 123_456_789})
  void anyRunOfIdsIsSpreadEvenly(long first) {
    int services = 1_000;
    Duration interval = Duration.ofSeconds(10);
    long[] dues =
        LongStream.range(first, first + services)
            .map(id -> CheckPhase.next(id, interval, NOW).toEpochMilli())
            .sorted()
            .toArray();
    for (int i = 1; i < services; i++) {
      assertThat(dues[i] - dues[i - 1]).isLessThanOrEqualTo(3 * interval.toMillis() / services);
    }
    assertThat(dues[services - 1] - dues[0]).isGreaterThan(9_900);
  }
}
