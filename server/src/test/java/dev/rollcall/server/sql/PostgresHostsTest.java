package dev.rollcall.server.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rollcall.server.sql.DatabaseLocation.PostgresServer;
import dev.rollcall.server.time.Clock;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PostgresHostsTest {
  /// Longer than it takes until a server that does not answer counts as silent.
  private static final Batch<Things, Things> LONG =
      (tx, items) -> {
        tx.execute("SELECT pg_sleep(4)");
        return Things.ADD.apply(tx, items);
      };

  private final PostgresHosts hosts =
      new PostgresHosts(new PostgresServer("one:5432,two:5432/rollcall", "rollcall", "secret"));

  @Test
  void whichHostAnswersFirstDoesNotChangeWhatIsSaidOfThem() {
    assertThat(failureIfFirstIs("two"))
        .isEqualTo("no host is the primary (one:5432: one is ill; two:5432: two is ill)");
    assertThat(failureIfFirstIs("one")).isEqualTo(failureIfFirstIs("two"));
  }

  private String failureIfFirstIs(String first) {
    CompletableFuture<Thread> asksFirst = new CompletableFuture<>();
    SQLException failure =
        catchThrowableOfType(
            SQLException.class,
            () -> hosts.connect(host -> fail(host.address().split(":", 2)[0], first, asksFirst)));
    return String.valueOf(failure.getMessage());
  }

  private static Connection fail(String host, String first, CompletableFuture<Thread> asksFirst)
      throws SQLException {
    if (host.equals(first)) {
      asksFirst.complete(Thread.currentThread());
    } else {
      joined(asksFirst.join());
    }
    throw new SQLException(host + " is ill", "53300");
  }

  private static void joined(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The primary has answered the question why the write takes so long, and the other host does
  /// not.
  @Test
  void readsGoOnDuringALongWriteWhileTheOtherHostDropsPackets() throws Exception {
    try (Wire toOther = new Wire(TestDatabases.postgresPort())) {
      toOther.cut();
      try (Database database = Database.open(primaryAnd(toOther), Clock.system());
          GroupCommit commits = new GroupCommit(database)) {
        toOther.mend();
        toOther.stall();
        Thread writing = Thread.startVirtualThread(() -> commits.write(LONG, new Things(1, 1)));
        do {
          assertThat(Things.count(database)).isNotNegative();
        } while (!writing.join(Duration.ofMillis(10)));
        assertThat(Things.count(database)).isOne();
      }
    }
  }

  private static DatabaseConfig primaryAnd(Wire other) {
    PostgresServer first = TestDatabases.freshOn(TestDatabases.postgresPort());
    String both = first.address().replaceFirst("/", ",127.0.0.1:" + other.port() + "/");
    return DatabaseConfig.of(
        new PostgresServer(both, first.user(), first.password()),
        Things.MIGRATION,
        CertainCommits.MIGRATION);
  }
}
