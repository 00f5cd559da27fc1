package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Plan;
import dev.rollcall.server.sql.CommitCutter;
import dev.rollcall.server.sql.CommitCutter.Moment;
import dev.rollcall.server.sql.ReplicatedPostgres;
import dev.rollcall.server.sql.TestDatabases;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The running program while its PostgreSQL fails over, and while the line to it breaks at commits.
/// What is printed is how long pings were not answered.
class PostgresFailoverIT {
  private static final String PING = "/ping?name=job&frequency=1h";

  private static final Pattern SERVED =
      Pattern.compile("rollcall_database_standby_reads_total\\{server=\"standby\"} [1-9]");

  private static final String SUMS =
      """
      SELECT (SELECT COALESCE(SUM(up_count + down_count + unknown_count), 0) FROM service_hour),
        (SELECT COALESCE(SUM(tick_count + unknown_count), 0) FROM service_metric),
        (SELECT count(*) FROM service_tick),
        (SELECT call_count FROM heartbeat WHERE name = 'job')\
      """;

  @TempDir Path folder;

  /// What is in the database.
  private record Sums(long hours, long metrics, long ticks, long calls) {
    static Sums of(Connection database) throws SQLException {
      try (database;
          Statement statement = database.createStatement();
          ResultSet row = statement.executeQuery(SUMS)) {
        row.next();
        return new Sums(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4));
      }
    }
  }

  /// Pings one heartbeat without a pause.
  private static final class Caller implements AutoCloseable {
    final AtomicInteger answered = new AtomicInteger();
    final AtomicInteger failed = new AtomicInteger();
    private final AtomicBoolean stop = new AtomicBoolean();
    private final RunningRollcall rollcall;
    private final Thread thread;

    Caller(RunningRollcall rollcall) {
      this.rollcall = rollcall;
      this.thread = Thread.startVirtualThread(this::call);
    }

    private void call() {
      while (!stop.get()) {
        (rollcall.status("GET", PING) == 200 ? answered : failed).incrementAndGet();
      }
    }

    /// Waits until more pings are answered.
    void awaitMore(String what) {
      Instant began = Instant.now();
      int before = answered.get();
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(10))
          .until(() -> answered.get() > before + 1);
      System.out.printf("%s: answered after %s%n", what, Duration.between(began, Instant.now()));
    }

    @Override
    public void close() {
      stop.set(true);
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Test
  void nothingAnsweredIsLostWhenTheStandbyBecomesThePrimaryAndBack() throws Exception {
    try (ReplicatedPostgres postgres = ReplicatedPostgres.start();
        Targets targets = new Targets();
        RunningRollcall rollcall =
            Plan.in(folder)
                .variable("ROLLCALL_DATABASE", postgres.url())
                .variable("ROLLCALL_DATABASE_STANDBY", postgres.url())
                .yaml(
                    "services: [{name: one, url: '%s', interval: 200ms}]\n"
                        .formatted(targets.url("/set/failover")))
                .start()) {
      rollcall.firstTick("one");
      Caller caller = new Caller(rollcall);
      try (caller) {
        caller.awaitMore("at first");
        awaitReadsOfTheStandby(rollcall);
        List<String> stale = staleReads(rollcall);
        postgres.first().kill();
        assertThat(rollcall.page("/")).contains("Rollcall's database does not answer");
        assertThat(rollcall.page("/heartbeats")).contains("Rollcall's database does not answer");
        for (String path : stale) {
          assertThat(rollcall.status("GET", path)).as(path).isEqualTo(200);
        }
        assertThat(rollcall.status("GET", "/v1/services/987654321/ticks")).isEqualTo(503);
        int asked = targets.seen("/set/failover").arrivals().size();
        await()
            .atMost(PATIENCE)
            .until(() -> targets.seen("/set/failover").arrivals().size() > asked + 5);
        postgres.second().promote();
        caller.awaitMore("promoted");
        await().atMost(PATIENCE).until(() -> rollcall.page("/").contains("/services/"));
        postgres.first().follow(postgres.second());
        postgres.second().kill();
        postgres.first().promote();
        caller.awaitMore("promoted back");
      }
      int due = targets.seen("/set/failover").arrivals().size();
      await().atMost(PATIENCE).until(() -> Sums.of(postgres.first().connection()).ticks() >= due);
      assertThat(rollcall.stop()).isZero();
      Sums sums = Sums.of(postgres.first().connection());
      assertThat(sums.hours()).isEqualTo(sums.ticks()).isEqualTo(sums.metrics());
      assertThat(sums.calls())
          .isBetween(
              (long) caller.answered.get(), (long) caller.answered.get() + caller.failed.get());
      assertThat(rollcall.log()).doesNotContain("ERROR");
    }
  }

  /// What may be a few seconds old.
  private static List<String> staleReads(RunningRollcall rollcall) {
    String service = "/v1/services/" + rollcall.service("one").get("id").asLong();
    return List.of(
        service + "/ticks",
        service + "/ticks?step=1h",
        service + "/latency?step=1h",
        service + "/paths");
  }

  private static void awaitReadsOfTheStandby(RunningRollcall rollcall) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              rollcall.ticks("one");
              return SERVED.matcher(rollcall.health("/metrics").body()).find();
            });
  }

  @Test
  void saysThatCommitsWaitForAStandbyThatIsGoneUntilThePrimaryGoesOnAlone() throws Exception {
    String reason = "commits wait for a standby";
    try (ReplicatedPostgres postgres = ReplicatedPostgres.start();
        Targets targets = new Targets();
        RunningRollcall rollcall =
            Plan.in(folder)
                .variable("ROLLCALL_DATABASE", postgres.url())
                .yaml(
                    "services: [{name: one, url: '%s', interval: 200ms}]\n"
                        .formatted(targets.url("/set/alone")))
                .start()) {
      rollcall.firstTick("one");
      postgres.second().kill();
      await().atMost(PATIENCE).until(() -> rollcall.health("/ready").body().contains(reason));
      await().atMost(PATIENCE).until(() -> rollcall.log().contains(reason));
      assertThat(rollcall.health("/ready").statusCode()).isEqualTo(503);
      assertThat(rollcall.status("GET", PING)).isEqualTo(503);

      postgres.first().execute("ALTER SYSTEM SET synchronous_standby_names = ''");
      postgres.first().execute("SELECT pg_reload_conf()");
      await().atMost(PATIENCE).until(() -> rollcall.health("/ready").statusCode() == 200);
      assertThat(rollcall.status("GET", PING)).isEqualTo(200);
      assertThat(rollcall.stop()).isZero();
    }
  }

  @Test
  void nothingIsCountedTwiceWhenTheLineBreaksAtCommits() throws Exception {
    String url = TestDatabases.freshUrl();
    try (CommitCutter line = new CommitCutter(TestDatabases.postgres().getPort());
        Targets targets = new Targets();
        RunningRollcall rollcall =
            Plan.in(folder)
                .variable(
                    "ROLLCALL_DATABASE",
                    url.replace(
                            ":" + TestDatabases.postgres().getPort() + "/", ":" + line.port() + "/")
                        + "?prepareThreshold=0")
                .yaml(
                    "services: [{name: one, url: '%s', interval: 200ms}]\n"
                        .formatted(targets.url("/set/commits")))
                .start()) {
      rollcall.firstTick("one");
      Caller caller = new Caller(rollcall);
      try (caller) {
        for (Moment moment : new Moment[] {Moment.AFTER, Moment.BEFORE}) {
          int cuts = line.cuts();
          line.cutEvery(7, 10, moment);
          await().atMost(PATIENCE).until(() -> line.cuts() == cuts + 10);
          caller.awaitMore(moment.name());
        }
      }
      int due = targets.seen("/set/commits").arrivals().size();
      await().atMost(PATIENCE).until(() -> Sums.of(TestDatabases.connection(url)).ticks() >= due);
      assertThat(rollcall.stop()).isZero();
      Sums sums = Sums.of(TestDatabases.connection(url));
      assertThat(caller.failed).hasValue(0);
      assertThat(sums.calls()).isEqualTo(caller.answered.get());
      assertThat(sums.hours()).isEqualTo(sums.ticks()).isEqualTo(sums.metrics());
      assertThat(rollcall.log()).doesNotContain("ERROR");
    }
  }
}
