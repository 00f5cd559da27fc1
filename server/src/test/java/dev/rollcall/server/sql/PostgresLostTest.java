package dev.rollcall.server.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.server.sql.DatabaseLocation.PostgresServer;
import dev.rollcall.server.sql.PostgresSource.Role;
import dev.rollcall.server.sql.StorageException.Outcome;
import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The line to PostgreSQL breaks, and comes back.
class PostgresLostTest {
  private final TestClock clock = new TestClock();
  private Wire wire;
  private Database database;
  private GroupCommit commits;

  @BeforeEach
  void open() throws IOException {
    wire = new Wire(TestDatabases.postgresPort());
    database =
        Database.open(
            DatabaseConfig.of(TestDatabases.freshOn(wire.port()), Things.MIGRATION), clock);
    commits = new GroupCommit(database);
    commits.write(Things.ADD, new Things(1, 1));
  }

  @AfterEach
  void close() throws IOException {
    commits.close();
    database.close();
    wire.close();
  }

  @Test
  void aWriteOnALineThatBrokeMeanwhileIsDoneOnANewOne() {
    wire.cut();
    wire.mend();
    commits.write(Things.ADD, new Things(2, 1));
    assertThat(database.trouble()).isEmpty();
    assertThat(Things.count(database)).isEqualTo(2);
  }

  @Test
  void saysThatItIsOutOfReachAndGoesOnOnceItIsBack() {
    wire.cut();
    assertThatThrownBy(() -> commits.write(Things.ADD, new Things(2, 1)))
        .isInstanceOf(StorageException.class)
        .hasMessageStartingWith("database postgresql://127.0.0.1:" + wire.port() + "/postgres: ")
        .satisfies(e -> assertThat(((StorageException) e).outcome()).isEqualTo(Outcome.RETRY));
    assertThatThrownBy(() -> Things.count(database)).isInstanceOf(StorageException.class);
    assertThat(database.trouble()).isPresent();
    assertThatThrownBy(database::requireAvailable).isInstanceOf(StorageException.class);

    wire.mend();
    clock.pass(Duration.ofSeconds(2));
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> database.trouble().isEmpty());
    assertThat(Things.count(database)).isOne();
    commits.write(Things.ADD, new Things(2, 1));
  }

  /// It would wait for seconds each time, and keep its place from others.
  @Test
  void aReadIsRefusedUntriedOnceItIsKnownThatNobodyIsThere() {
    wire.cut();
    assertThatThrownBy(() -> Things.count(database)).isInstanceOf(StorageException.class);
    assertThat(database.trouble()).isPresent();
    wire.mend();
    assertThatThrownBy(() -> Things.count(database))
        .as("nobody has found out yet that it is back")
        .isInstanceOf(StorageException.class);

    clock.pass(Duration.ofSeconds(2));
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> database.trouble().isEmpty());
    assertThat(Things.count(database)).isOne();
  }

  /// Those that wait for a connection stop waiting, too.
  @Test
  void readsAreRefusedWhileTheServerIsSilentAndNobodyKnowsYetWhetherItIsAway() {
    assertThat(database.takesReads()).isTrue();
    wire.stall();
    Thread reading =
        Thread.startVirtualThread(
            () ->
                assertThatThrownBy(() -> Things.count(database))
                    .isInstanceOf(StorageException.class));
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> !database.takesReads());
    assertThatThrownBy(() -> Things.count(database)).hasMessageContaining("does not answer");
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> !reading.isAlive());
    wire.mend();
    clock.pass(Duration.ofSeconds(2));
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(database::takesReads);
    assertThat(Things.count(database)).isOne();
  }

  /// The pool itself pauses for up to five seconds between its attempts.
  @Test
  void aConnectionForAPoolIsOpenedAsSoonAsTheServerIsBack() throws Exception {
    PostgresHosts hosts = new PostgresHosts(TestDatabases.freshOn(wire.port()));
    PostgresSource once = new PostgresSource(hosts, Role.PRIMARY, "", Duration.ofSeconds(30));
    wire.cut();
    assertThatThrownBy(once::getConnection).isInstanceOf(SQLException.class);
    AtomicInteger failures = new AtomicInteger();
    PostgresSource insisting =
        once.whichInsists(
            () -> {
              if (failures.incrementAndGet() == 3) {
                wire.mend();
              }
              return true;
            });
    insisting.getConnection().close();
    assertThat(failures).hasValueGreaterThanOrEqualTo(3);
    assertThat(hosts.failure()).isEmpty();

    wire.cut();
    assertThatThrownBy(once.whichInsists(() -> false)::getConnection)
        .isInstanceOf(SQLException.class);
    assertThat(hosts.failure()).isPresent();
  }

  /// Otherwise a transaction on a line that went dead would keep its locks for hours.
  @Test
  void letsTheServerEndATransactionThatNobodyGoesOnWith() {
    String limit = "SELECT current_setting('idle_in_transaction_session_timeout')";
    String set = database.read(tx -> tx.createQuery(limit).mapTo(String.class).one());
    assertThat(set).isEqualTo("30s");
  }

  @Test
  void saysThatTheOutcomeIsUnknownWhenTheLineBreaksDuringTheCommit() {
    AtomicInteger tries = new AtomicInteger();
    Batch<Things, Things> breaking =
        (tx, items) -> {
          Things.ADD.apply(tx, items);
          tries.incrementAndGet();
          wire.cut();
          return items;
        };
    assertThatThrownBy(() -> commits.write(breaking, new Things(2, 1)))
        .isInstanceOf(StorageException.class)
        .hasMessageEndingWith(
            ": connection lost during the commit, its outcome is unknown: the server closed the"
                + " connection, or does not answer")
        .satisfies(e -> assertThat(((StorageException) e).outcome()).isEqualTo(Outcome.UNKNOWN));
    assertThat(tries).hasValue(1);
    wire.mend();
    commits.write(Things.ADD, new Things(3, 1));
    assertThat(database.trouble()).isEmpty();
  }

  @Test
  void saysNothingOfTheStatementThatWasCanceled() {
    Batch<Things, Things> slow =
        (tx, items) -> {
          tx.execute("SET LOCAL statement_timeout = 10");
          tx.execute("SELECT pg_sleep(60)");
          return items;
        };
    assertThatThrownBy(() -> commits.write(slow, new Things(2, 1)))
        .isInstanceOf(StorageException.class)
        .hasMessage(database.location() + ": a statement took too long, and was canceled");
  }

  @Test
  void saysNothingOfThePoolWhenNoConnectionIsFree() {
    SQLException pool =
        new SQLTransientConnectionException(
            "writers - Connection is not available, request timed out after 5001ms (total=4)");
    assertThat(new Dialect.Postgres().diagnose(pool).words())
        .isEqualTo("no connection in time: all are in use, or the server does not answer");
    SQLException refused = new SQLException("FATAL: sorry, too many clients already", "53300");
    pool.initCause(refused);
    assertThat(new Dialect.Postgres().diagnose(pool).words()).isEqualTo(refused.getMessage());
  }

  @Test
  void runsATransactionAgainThatLostADeadlock() throws Exception {
    commits.write(Things.ADD, new Things(2, 1));
    AtomicInteger runs = new AtomicInteger();
    // Each locks its own row first and then the other's.
    Batch<List<Long>, List<Long>> crossing =
        (tx, items) -> {
          for (List<Long> ids : items) {
            lock(tx, ids.getFirst());
            if (runs.incrementAndGet() <= 2) {
              Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> runs.get() >= 2);
            }
            lock(tx, ids.getLast());
          }
          return items;
        };
    Thread one = Thread.startVirtualThread(() -> commits.write(crossing, List.of(1L, 2L)));
    // otherwise both may share a transaction
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> runs.get() >= 1);
    Thread two = Thread.startVirtualThread(() -> commits.write(crossing, List.of(2L, 1L)));
    one.join();
    two.join();
    assertThat(runs).hasValueGreaterThan(2);
    assertThat(Things.sum(database)).isEqualTo(2 + 4);
  }

  private static void lock(Handle tx, long id) {
    tx.execute("UPDATE thing SET n = n + 1 WHERE id = ?", id);
  }

  /// Longer than for one that says nothing: without it, each process would ask everything itself.
  @Test
  void aStartWaitsForADatabaseThatMakesItsTables() {
    PostgresServer server = TestDatabases.freshOn(TestDatabases.postgresPort());
    DatabaseConfig slow = DatabaseConfig.of(server, Things.MIGRATION, "db/test/V2__slow.sql");
    try (Database opened = Database.openOrWait(slow, clock, _ -> {})) {
      assertThat(opened.trouble()).isEmpty();
      assertThat(Things.count(opened)).isZero();
    }
  }

  @Test
  void refusesAWrongAddressInOneLineWithoutThePassword() {
    PostgresServer nobody = new PostgresServer("127.0.0.1:1/x", "ann", "secret");
    assertThatThrownBy(() -> Database.open(DatabaseConfig.of(nobody), clock))
        .isInstanceOf(StorageException.class)
        .message()
        .startsWith("database postgresql://127.0.0.1:1/x: cannot be opened: ")
        .doesNotContain("secret")
        .doesNotContain("\n");
  }
}
