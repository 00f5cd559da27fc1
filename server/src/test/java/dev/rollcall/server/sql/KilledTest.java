package dev.rollcall.server.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.sql.DatabaseLocation.PostgresServer;
import dev.rollcall.server.sql.DatabaseLocation.SqliteFile;
import dev.rollcall.server.time.Clock;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A process is killed while it writes. What it was told is written must be there.
@ParameterizedClass
@EnumSource
class KilledTest {
  @TempDir Path directory;
  private final TestDatabases engine;

  KilledTest(TestDatabases engine) {
    this.engine = engine;
  }

  @ParameterizedTest
  @ValueSource(strings = {"write", "write-unsynced"})
  void everyAcknowledgedWriteIsThereAndNoneByHalf(String mode) throws Exception {
    DatabaseLocation location = engine.fresh(directory);
    List<Long> acknowledged = killAfter(2_000, location, mode);
    try (Database database = open(location)) {
      List<Long> written =
          database.read(
              handle -> handle.createQuery("SELECT id FROM thing").mapTo(Long.class).list());
      assertThat(written).containsAll(acknowledged);
      assertThat(
              Things.number(
                  database,
                  "SELECT COUNT(*) FROM thing a WHERE a.id < 1000000"
                      + " AND NOT EXISTS (SELECT 1 FROM thing b WHERE b.id = a.id + 1000000)"))
          .isZero();
      assertThat(written.size()).isEven();
      assertThat(Things.sum(database)).isEqualTo(written.size());
    }
  }

  @Test
  void everyJobOfTheDeadRunsOnce() throws Exception {
    DatabaseLocation location = engine.fresh(directory);
    TestClock clock = new TestClock();
    try (Database database = open(location);
        GroupCommit commits = new GroupCommit(database)) {
      // Once finished, they are not due again in this test.
      new Jobs(database, commits, clock)
          .add(2_000, clock.wall().minus(Duration.ofDays(1)), Duration.ofDays(10_000));
    }
    List<Long> acknowledged = killAfter(500, location, "claim");
    try (Database database = open(location);
        GroupCommit commits = new GroupCommit(database)) {
      Jobs jobs = new Jobs(database, commits, Clock.system());
      long abandoned = Things.number(database, "SELECT COUNT(owner) FROM job");
      assertThat(jobs.due.releaseAbandoned())
          .isEqualTo(engine == TestDatabases.SQLITE ? abandoned : 0);
      // On PostgreSQL: once the leases, an hour at most, have run out.
      var until = Clock.system().wall().plus(Duration.ofHours(2));
      for (List<Lease<Duration>> some = jobs.due.claim(until, 100);
          !some.isEmpty();
          some = jobs.due.claim(until, 100)) {
        some.forEach(lease -> assertThat(jobs.finish(lease, Clock.system().wall())).isTrue());
      }
      List<Long> runs =
          database.read(
              handle -> handle.createQuery("SELECT job_id FROM run").mapTo(Long.class).list());
      assertThat(runs).hasSize(2_000).doesNotHaveDuplicates().containsAll(acknowledged);
    }
  }

  private static Database open(DatabaseLocation location) {
    return Database.open(DatabaseConfig.of(location, Things.MIGRATION), Clock.system());
  }

  /// Runs a victim until it has acknowledged that many, kills it, and returns all it acknowledged.
  private static List<Long> killAfter(int number, DatabaseLocation location, String mode)
      throws IOException, InterruptedException {
    String address =
        switch (location) {
          case SqliteFile(var file) -> file.toString();
          case PostgresServer(var host, var user, var password) ->
              "postgresql://" + host + "&user=" + user + "&password=" + password;
        };
    Process victim = OtherProcess.start(Victim.class, address, mode);
    List<Long> acknowledged = new ArrayList<>();
    try (BufferedReader lines = victim.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.endsWith(".")) { // whole, though the process may have died while it wrote
          acknowledged.add(Long.valueOf(line.substring(0, line.length() - 1)));
        }
        if (acknowledged.size() == number) {
          victim.toHandle().destroyForcibly(); // leaves what it had said before readable
        }
      }
    } finally {
      victim.destroyForcibly().waitFor();
    }
    assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(number);
    return acknowledged;
  }
}
