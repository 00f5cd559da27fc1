package dev.rollcall.server.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.sql.DatabaseLocation.PostgresServer;
import dev.rollcall.server.time.Clock;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RefusedLoginsTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final String REFUSED = "FATAL: password authentication failed";
  private static final PostgresServer HOST =
      new PostgresServer("one:5432/rollcall", "rollcall", "");

  private final TestClock clock = new TestClock();
  private final RefusedLogins logins = new RefusedLogins(clock);
  private String state = "28P01";
  private int asked;

  private Connection open() throws SQLException {
    return logins.open(HOST, _ -> answer());
  }

  private Connection answer() throws SQLException {
    asked++;
    if (state.isEmpty()) {
      return (Connection)
          Proxy.newProxyInstance(
              Connection.class.getClassLoader(),
              new Class<?>[] {Connection.class},
              (_, _, _) -> null);
    }
    throw new SQLException(REFUSED, state);
  }

  private void fails() {
    assertThatThrownBy(this::open).isInstanceOf(SQLException.class).hasMessage(REFUSED);
  }

  @Test
  void aHostThatRefusesThePasswordIsAskedEveryFiveSecondsHoweverManyAsk() {
    for (int second = 0; second < 40; second++) {
      fails();
      fails();
      clock.pass(Duration.ofSeconds(1));
    }
    assertThat(asked).isEqualTo(8);
  }

  @Test
  void aPasswordThatIsAcceptedAgainIsAtOnceGoodForAll() throws Exception {
    fails();
    state = "";
    clock.pass(Duration.ofSeconds(5));
    open().close();
    open().close();
    assertThat(asked).isEqualTo(3);
  }

  @Test
  void otherFailuresDoNotSlowDown() {
    state = "57P03";
    fails();
    fails();
    assertThat(asked).isEqualTo(2);
  }

  /// The pools have no connection then, and nobody waits for one of theirs.
  @Test
  void whoeverReadsOrWritesLearnsThatTheLoginIsRefusedUntilItIsAccepted() throws Exception {
    PostgresServer server = TestDatabases.freshOn(TestDatabases.postgresPort());
    try (Connection other = TestDatabases.postgres().getPostgresDatabase().getConnection();
        Statement administrator = other.createStatement()) {
      administrator.execute("CREATE ROLE guest LOGIN SUPERUSER");
      try (Database database =
          Database.open(
              DatabaseConfig.of(
                  new PostgresServer(server.address(), "guest", "secret"), Things.MIGRATION),
              Clock.system())) {
        administrator.execute("ALTER ROLE guest NOLOGIN");
        administrator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'guest'");
        await().atMost(PATIENCE).until(() -> isRefused(database));
        for (int i = 0; i < 5; i++) {
          assertThatThrownBy(() -> Things.count(database))
              .hasMessage(server + ": FATAL: role \"guest\" is not permitted to log in");
          assertThat(database.takesReads()).isFalse();
        }
        administrator.execute("ALTER ROLE guest LOGIN");
        await().atMost(PATIENCE).until(() -> !isRefused(database));
        assertThat(database.takesReads()).isTrue();
      } finally {
        administrator.execute("DROP OWNED BY guest CASCADE; DROP ROLE guest");
      }
    }
  }

  private static boolean isRefused(Database database) {
    try {
      return Things.count(database) < 0;
    } catch (StorageException e) {
      return e.reason().contains("not permitted to log in");
    }
  }
}
