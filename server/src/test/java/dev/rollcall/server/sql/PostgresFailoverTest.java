package dev.rollcall.server.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.time.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A PostgreSQL with a standby that becomes the primary. What is printed is how long writing took.
class PostgresFailoverTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Clock CLOCK = Clock.system();

  private ReplicatedPostgres postgres;
  private Wire toFirst;
  private Wire toSecond;

  @BeforeEach
  void start() throws IOException {
    postgres = ReplicatedPostgres.start();
    toFirst = new Wire(postgres.first().port());
    toSecond = new Wire(postgres.second().port());
  }

  @AfterEach
  void stop() throws IOException {
    toFirst.close();
    toSecond.close();
    postgres.close();
  }

  private Database open() {
    String url =
        "postgresql://app@127.0.0.1:%d,127.0.0.1:%d/postgres?targetServerType=primary"
            .formatted(toFirst.port(), toSecond.port());
    return Database.open(
        DatabaseConfig.of(
            DatabaseLocation.parse(url, Path.of("")), Things.MIGRATION, CertainCommits.MIGRATION),
        CLOCK);
  }

  @Test
  void writesToWhicheverIsThePrimaryAndLosesNothing() {
    try (Database database = open();
        GroupCommit commits = new GroupCommit(database)) {
      commits.write(Things.ADD, new Things(1, 1));
      assertThat(postgres.first().isPrimary()).isTrue();

      postgres.first().kill();
      assertThatThrownBy(() -> commits.write(Things.ADD, new Things(1, 1)))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("is a standby");
      postgres.second().promote();
      writeOnceItWorks(commits, "killed, promoted");
      assertThat(Things.sum(database)).isEqualTo(2);

      postgres.first().follow(postgres.second());
      commits.write(Things.ADD, new Things(1, 1));
      postgres.second().kill();
      postgres.first().promote();
      writeOnceItWorks(commits, "killed, promoted back");
      assertThat(Things.sum(database)).isEqualTo(4);
    }
  }

  /// It was not told that another one was promoted, so it still takes writes.
  @Test
  void doesNotGoBackToAPrimaryThatWasReplaced() {
    try (Database database = open();
        GroupCommit commits = new GroupCommit(database)) {
      commits.write(Things.ADD, new Things(1, 1));
      postgres.first().kill();
      postgres.second().promote();
      writeOnceItWorks(commits, "killed, promoted");
      postgres.first().begin();
      assertThat(postgres.first().isPrimary()).isTrue();
      try (Database restarted = open()) {
        assertThat(Things.sum(restarted)).isEqualTo(2);
      }
      toSecond.cut();
      assertThatThrownBy(() -> commits.write(Things.ADD, new Things(1, 1)))
          .hasMessageContaining("is a primary, on timeline 1");
      toSecond.mend();
      writeOnceItWorks(commits, "reachable again");
      assertThat(Things.sum(database)).isEqualTo(3);
    }
  }

  /// Its packets are dropped, also those of new connections.
  @Test
  void noticesThatThePrimaryWasCutOffThoughNothingIsClosed() {
    try (Database database = open();
        GroupCommit commits = new GroupCommit(database)) {
      commits.write(Things.ADD, new Things(1, 1));
      Thread waiting =
          Thread.startVirtualThread(
              () ->
                  commits.write(
                      (tx, items) -> {
                        Things.ADD.apply(tx, items);
                        toFirst.stall();
                        return items;
                      },
                      new Things(1, 1)));
      await().atMost(PATIENCE).until(() -> !waiting.isAlive() || toFirst.isStalled());
      postgres.second().promote();
      writeOnceItWorks(commits, "cut off, promoted");
      await().atMost(PATIENCE).until(() -> !waiting.isAlive());
      assertThat(Things.sum(database)).isEqualTo(3);
    }
  }

  /// Its commits wait for a standby that is gone.
  @Test
  void saysThatCommitsWaitForAStandbyUntilThePrimaryGoesOnAlone() throws InterruptedException {
    try (Database database = open();
        GroupCommit commits = new GroupCommit(database)) {
      commits.write(Things.ADD, new Things(1, 1));
      postgres.second().kill();
      Thread waiting = Thread.startVirtualThread(() -> commits.write(Things.ADD, new Things(1, 1)));
      await().atMost(PATIENCE).until(() -> database.trouble().isPresent());
      assertThat(database.trouble())
          .hasValue(
              database.location()
                  + ": commits wait for a standby, which may be back by itself within 15 s");
      assertThatThrownBy(() -> commits.write(Things.ADD, new Things(1, 1)))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining(": commits wait for a standby");
      assertThat(Things.sum(database)).isOne();
      assertThat(waiting.isAlive()).isTrue();

      postgres.first().execute("ALTER SYSTEM SET synchronous_standby_names = ''");
      postgres.first().execute("SELECT pg_reload_conf()");
      waiting.join();
      await().atMost(PATIENCE).until(() -> database.trouble().isEmpty());
      commits.write(Things.ADD, new Things(1, 1));
      assertThat(Things.sum(database)).isEqualTo(3);
    }
  }

  @Test
  void whatOneReadWaitsForInVainTheOthersLearnAtOnce() {
    try (Database database = open();
        GroupCommit commits = new GroupCommit(database)) {
      commits.write(Things.ADD, new Things(1, 1));
      assertThat(isReachable(database)).isTrue();
      toFirst.stall();
      Thread reading = Thread.startVirtualThread(() -> readInVain(database));
      await().atMost(PATIENCE).until(() -> !isReachable(database));
      postgres.second().promote();
      await().atMost(PATIENCE).until(() -> !reading.isAlive() && isReachable(database));
      assertThat(Things.sum(database)).isEqualTo(1);
    }
  }

  private static boolean isReachable(Database database) {
    try {
      database.requireReachable();
      return true;
    } catch (StorageException e) {
      return false;
    }
  }

  private static void readInVain(Database database) {
    try {
      Things.sum(database);
    } catch (StorageException e) {
      // or it was in time for the new primary
    }
  }

  private static void writeOnceItWorks(GroupCommit commits, String what) {
    Duration began = CLOCK.monotonic();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              try {
                commits.write(Things.ADD, new Things(1, 1));
                return true;
              } catch (StorageException e) {
                assertThat(e.outcome()).isEqualTo(StorageException.Outcome.RETRY);
                return false;
              }
            });
    System.out.printf("%s: wrote after %,d ms%n", what, CLOCK.monotonic().minus(began).toMillis());
  }
}
