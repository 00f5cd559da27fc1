package dev.rollcall.server.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rollcall.server.sql.DatabaseLocation.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PostgresHostsTest {
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
}
