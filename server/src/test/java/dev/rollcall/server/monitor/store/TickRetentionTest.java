package dev.rollcall.server.monitor.store;

import static dev.rollcall.server.monitor.MonitorDatabase.up;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.monitor.MonitorDatabase;
import dev.rollcall.server.monitor.check.Outcome;
import dev.rollcall.server.monitor.schedule.OutcomeWriter;
import dev.rollcall.server.monitor.schedule.Schedule;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.sql.DayTable;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.sql.TestDatabases;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TickRetentionTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void takesTicksThatAreOlderThanTheRetentionAndNothingElse(TestDatabases engine) {
    try (MonitorDatabase data = new MonitorDatabase(engine, folder)) {
      long service = data.service("one");
      Schedule schedule = new Schedule(data.database, data.commits, data.clock);
      OutcomeWriter writer = data.keeping(schedule);
      long fence = schedule.rows().claim(data.clock.wall(), 1).getFirst().fence();
      List<Outcome> outcomes = new ArrayList<>();
      // More than one slice of a deletion, all of them too old, and two that stay.
      Instant old = data.clock.wall().minus(Duration.ofDays(31));
      for (int i = 0; i < 2_500; i++) {
        outcomes.add(
            MonitorDatabase.outcome(service, fence, up(old.plusMillis(i), 5), Optional.empty()));
      }
      for (int hours : new int[] {12, 1}) {
        Instant young = data.clock.wall().minus(Duration.ofHours(hours));
        outcomes.add(MonitorDatabase.outcome(service, fence, up(young, 5), Optional.empty()));
      }
      data.commits.writeAll(writer, outcomes);
      assertThat(data.number("SELECT count(*) FROM service_tick")).isEqualTo(2_502);

      try (TickRetention tickRetention =
          new TickRetention(data.database, data.commits, Duration.ofDays(30), data.clock)) {
        tickRetention.start();
        await()
            .atMost(Duration.ofMinutes(1))
            .until(() -> data.number("SELECT count(*) FROM service_tick") == 2);
        await()
            .atMost(Duration.ofMinutes(1))
            .until(() -> data.number("SELECT due_at FROM tick_retention") > 0);
      }
      assertThat(data.number("SELECT due_at FROM tick_retention"))
          .isEqualTo(data.clock.wall().plus(Duration.ofHours(1)).toEpochMilli());
      assertThat(data.services.find(Scope.everything(), service).orElseThrow().metric().ticks())
          .isEqualTo(2_502);
      assertThat(data.number("SELECT SUM(up_count) FROM service_hour")).isEqualTo(2_502);
      assertThat(data.number("SELECT count(*) FROM service_event")).isEqualTo(1);
    }
  }

  /// The clock was ten days ahead for a while, and now that day comes.
  @ParameterizedTest
  @EnumSource
  void aDayThatHasTicksBeforeItWasPreparedIsNoTrouble(TestDatabases engine) {
    try (MonitorDatabase data = new MonitorDatabase(engine, folder)) {
      DayTable ticks = new DayTable(data.database, data.commits, "service_tick", "service_id");
      long service = data.service("one");
      Schedule schedule = new Schedule(data.database, data.commits, data.clock);
      long fence = schedule.rows().claim(data.clock.wall(), 1).getFirst().fence();
      OutcomeWriter writer = data.keeping(schedule);
      Instant stray = data.clock.wall().plus(Duration.ofDays(10));
      data.commits.write(
          writer, MonitorDatabase.outcome(service, fence, up(stray, 5), Optional.empty()));
      data.clock.pass(Duration.ofDays(9));
      ticks.prepare(data.clock.wall());
      for (int day = 0; day < 3; day++) {
        Instant at = data.clock.wall().plus(Duration.ofDays(day));
        data.commits.write(
            writer, MonitorDatabase.outcome(service, fence, up(at, 5), Optional.empty()));
      }
      assertThat(data.number("SELECT count(*) FROM service_tick")).isEqualTo(3);
      ticks.forget(data.clock.wall().plus(Duration.ofDays(7)));
      assertThat(data.number("SELECT count(*) FROM service_tick")).isZero();
    }
  }

  /// Such as `pg_dump`: all who write would wait behind whoever waits for it.
  @Test
  void makesRoomLaterWhileSomebodyReadsTheWholeTable() {
    try (MonitorDatabase data = new MonitorDatabase(TestDatabases.POSTGRES, folder)) {
      DayTable ticks = new DayTable(data.database, data.commits, "service_tick", "service_id");
      Instant later = data.clock.wall().plus(Duration.ofDays(1));
      data.database.read(
          handle ->
              handle.inTransaction(
                  tx -> {
                    tx.createQuery("SELECT count(*) FROM service_tick").mapTo(Long.class).one();
                    assertThatThrownBy(() -> ticks.prepare(later))
                        .isInstanceOf(StorageException.class)
                        .hasMessageContaining("lock timeout");
                    return 0;
                  }));
      ticks.prepare(later);
    }
  }
}
