package dev.rollcall.server.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.time.Clock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;

class StandbyReadsTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static DatabaseConfig config(String url) {
    DatabaseLocation.PostgresServer server =
        (DatabaseLocation.PostgresServer) DatabaseLocation.parse(url, Path.of(""));
    return DatabaseConfig.of(server, Things.MIGRATION).withStandby(server);
  }

  private static boolean isStandby(Handle handle) {
    return handle.createQuery("SELECT pg_is_in_recovery()").mapTo(Boolean.class).one();
  }

  private static long sum(Handle handle) {
    return handle.createQuery("SELECT SUM(n) FROM thing").mapTo(Long.class).one();
  }

  private static boolean isUsed(Database database) {
    return database.standby().orElseThrow().lag().isPresent()
        && database.readStale(StandbyReadsTest::isStandby);
  }

  @Test
  void readsFromTheStandbyWhileItIsCloseAndFromThePrimaryOtherwise() {
    try (ReplicatedPostgres postgres = ReplicatedPostgres.start();
        Database database = Database.open(config(postgres.url()), Clock.system());
        GroupCommit commits = new GroupCommit(database)) {
      commits.write(Things.ADD, new Things(1, 1));
      await().atMost(PATIENCE).until(() -> isUsed(database));
      assertThat(database.readStale(StandbyReadsTest::sum)).isEqualTo(1);
      assertThat(database.read(StandbyReadsTest::isStandby)).isFalse();

      // what is written now stays on its way
      postgres.first().execute("ALTER SYSTEM SET synchronous_standby_names = ''");
      postgres.first().execute("SELECT pg_reload_conf()");
      postgres.second().execute("SELECT pg_wal_replay_pause()");
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                commits.write(Things.ADD, new Things(1, 1));
                return !database.readStale(StandbyReadsTest::isStandby);
              });
      long now = Things.sum(database);
      assertThat(database.readStale(StandbyReadsTest::sum)).isEqualTo(now);
      assertThat(database.standby().orElseThrow().refused()).isPositive();

      postgres.second().execute("SELECT pg_wal_replay_resume()");
      await().atMost(PATIENCE).until(() -> isUsed(database));
      assertThat(database.readStale(StandbyReadsTest::sum)).isEqualTo(now);

      // it is all there is
      postgres.first().kill();
      assertThat(database.readStale(StandbyReadsTest::sum)).isEqualTo(now);

      postgres.second().promote();
      await().atMost(PATIENCE).until(() -> database.standby().orElseThrow().lag().isEmpty());
      assertThat(database.readStale(StandbyReadsTest::sum)).isEqualTo(now);
      assertThat(database.readStale(StandbyReadsTest::isStandby)).isFalse();
      postgres.first().follow(postgres.second());
      await().atMost(PATIENCE).until(() -> isUsed(database));
    }
  }

  @Test
  void whatTheStandbyHasIsTheNewestThereIsHoweverLongThePrimaryIsAway() {
    try (ReplicatedPostgres postgres = ReplicatedPostgres.start();
        Database database = Database.open(config(postgres.url()), Clock.system());
        GroupCommit commits = new GroupCommit(database)) {
      await().atMost(PATIENCE).until(() -> isUsed(database));
      postgres.first().execute("ALTER SYSTEM SET synchronous_standby_names = ''");
      postgres.first().execute("SELECT pg_reload_conf()");
      postgres.second().execute("SELECT pg_wal_replay_pause()");
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                commits.write(Things.ADD, new Things(1, 1));
                return database
                    .standby()
                    .orElseThrow()
                    .lag()
                    .filter(Duration::isPositive)
                    .isPresent();
              });
      postgres.first().kill();
      AtomicInteger looks = new AtomicInteger();
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofSeconds(1))
          .until(
              () -> {
                assertThat(database.readStale(StandbyReadsTest::isStandby)).isTrue();
                return looks.incrementAndGet() > 8; // longer than a standby may be behind
              });
    }
  }

  @Test
  void withoutAStandbyAllIsReadFromThePrimary() {
    try (Database database =
        Database.open(
            DatabaseConfig.of(
                TestDatabases.freshOn(TestDatabases.postgresPort()), Things.MIGRATION),
            Clock.system())) {
      assertThat(database.standby()).isEmpty();
      assertThat(database.readStale(StandbyReadsTest::isStandby)).isFalse();
    }
  }
}
