package dev.rollcall.server.monitor.schedule;

import static dev.rollcall.server.monitor.MonitorDatabase.outcome;
import static dev.rollcall.server.monitor.MonitorDatabase.up;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.monitor.MonitorDatabase;
import dev.rollcall.server.monitor.check.Outcome;
import dev.rollcall.server.sql.DueRows;
import dev.rollcall.server.sql.Lease;
import dev.rollcall.server.sql.TestDatabases;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of outcomes that have waited in Redis, when a process writes them.
class OutcomeStreamTest {
  private static final Duration INTERVAL = Duration.ofSeconds(15);
  private static final Duration AFTER_THE_LEASE = Duration.ofMinutes(2);

  @TempDir Path folder;

  private MonitorDatabase data;
  private DueRows<Schedule.Row> rows;
  private OutcomeStream stream;
  private long service;
  private Instant begun;

  @BeforeEach
  void openDatabase() {
    data = new MonitorDatabase(TestDatabases.POSTGRES, folder);
    Schedule schedule = new Schedule(data.database, data.commits, data.clock);
    rows = schedule.rows();
    OvertakenOutcomes overtaken =
        new OvertakenOutcomes(
            schedule, MonitorDatabase.READER, data.clock, (_, _) -> {}, _ -> {}, () -> {});
    stream = new OutcomeStream(schedule, overtaken, data.clock, (_, _) -> {}, _ -> {}, () -> {});
    service = data.service("one");
    begun = data.clock.wall();
  }

  @AfterEach
  void closeDatabase() {
    data.close();
  }

  private Lease<Schedule.Row> claimAfter(Duration time) {
    data.clock.pass(time);
    return rows.claim(data.clock.wall(), 10).getFirst();
  }

  private boolean write(Lease<Schedule.Row> claim, Instant at) {
    Outcome outcome = outcome(service, claim.fence(), up(at, 10), Optional.empty());
    return data.commits.write(stream, outcome);
  }

  @Test
  void anOutcomeEndsTheClaimUnderWhichItWasFound() {
    Lease<Schedule.Row> claim = claimAfter(INTERVAL);
    assertThat(write(claim, begun)).isTrue();
    assertThat(claimAfter(INTERVAL).fence()).isEqualTo(claim.fence() + 1);
  }

  /// Otherwise the service would be due again while this process checks it, and another process
  /// would check it too.
  @Test
  void anOutcomeOfAnotherProcessDoesNotEndTheClaimOfTheOneThatWritesIt() {
    Lease<Schedule.Row> late = claimAfter(INTERVAL);
    data.database.claimant().another(); // the process that writes is another one
    Lease<Schedule.Row> own = claimAfter(AFTER_THE_LEASE);
    Instant leased = rows.earliest().orElseThrow();

    assertThat(write(late, begun)).isTrue();
    assertThat(rows.earliest()).contains(leased);
    data.clock.pass(INTERVAL);
    data.database.claimant().another();
    assertThat(rows.claim(data.clock.wall(), 10)).as("while it is checked").isEmpty();

    assertThat(write(own, begun.plus(AFTER_THE_LEASE))).isTrue();
    assertThat(claimAfter(INTERVAL).fence()).isEqualTo(own.fence() + 1);
    assertThat(data.number("SELECT count(*) FROM service_tick")).isEqualTo(2);
  }

  @Test
  void anOutcomeThatComesAfterANewerOneOfALaterClaimIsNotWritten() {
    Lease<Schedule.Row> late = claimAfter(INTERVAL);
    data.database.claimant().another();
    Lease<Schedule.Row> own = claimAfter(AFTER_THE_LEASE);
    assertThat(write(own, begun.plus(AFTER_THE_LEASE))).isTrue();
    assertThat(write(late, begun)).isFalse();
    assertThat(data.number("SELECT count(*) FROM service_tick")).isEqualTo(1);
  }
}
