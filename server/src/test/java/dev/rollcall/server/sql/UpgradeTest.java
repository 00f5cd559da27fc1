package dev.rollcall.server.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.sql.DatabaseLocation.PostgresServer;
import dev.rollcall.server.sql.DatabaseLocation.SqliteFile;
import dev.rollcall.server.time.Clock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// The tables of a database of the version before are updated, whatever happens meanwhile.
///
/// With five million ticks: `ROLLCALL_UPGRADE_TICKS=5000000`; it prints the time and the size.
@ParameterizedClass
@EnumSource
class UpgradeTest {
  private static final int TICKS =
      Integer.parseInt(
          Optional.ofNullable(System.getenv("ROLLCALL_UPGRADE_TICKS")).orElse("50000"));

  @TempDir Path directory;
  private final TestDatabases engine;

  UpgradeTest(TestDatabases engine) {
    this.engine = engine;
  }

  @Test
  void everyRowIsThereAfterwardsAndNamesBelongToOwners() {
    DatabaseLocation location = engine.fresh(directory);
    OldDatabase.write(location, TICKS / 5_000, 5_000, TICKS / 5);
    Map<String, String> before = contents(location, OldDatabase.SCRIPTS.toArray(String[]::new));
    assertThat(before.get("service_tick")).startsWith(TICKS + " rows");
    long size = size(location);

    Clock clock = Clock.system();
    Duration began = clock.monotonic();
    try (Database database = open(location, BlankSqliteTest.SHIPPED)) {
      System.out.printf(
          "%s: %,d ticks, %,d heartbeats: %,d ms; %,d MB before, %,d MB after%n",
          engine,
          TICKS,
          TICKS / 5,
          clock.monotonic().minus(began).toMillis(),
          size / 1_000_000,
          size(location) / 1_000_000);
      assertThat(OldDatabase.contents(database)).isEqualTo(before);
      assertThat(Things.number(database, "SELECT COUNT(*) FROM service WHERE group_name = 'Shop'"))
          .isEqualTo(Things.number(database, "SELECT COUNT(*) FROM service"));
      database.write(UpgradeTest::sameNames, Durability.POWER);
      assertThatThrownBy(
              () -> database.write(tx -> tx.execute(service("service-1", 7)), Durability.POWER))
          .hasMessageContaining("service");
      // The highest id that was ever given is not given again.
      assertThat(Things.number(database, "SELECT MAX(id) - COUNT(*) FROM service")).isEqualTo(1);
      assertThat(Things.number(database, "SELECT COUNT(*) FROM service_hour WHERE location_id = 0"))
          .isEqualTo(Things.number(database, "SELECT COUNT(*) FROM service_hour"));
      // What is open is confirmed already, so that nobody is told of it anew.
      assertThat(
              Things.number(
                  database,
                  "SELECT COUNT(*) FROM service_metric m JOIN service_event e ON e.service_id ="
                      + " m.service_id AND e.date_ended IS NULL WHERE m.confirmed_state <>"
                      + " CASE e.event WHEN 'downtime' THEN 0 ELSE 1 END"))
          .isZero();
      assertThat(
              Things.number(
                  database, "SELECT COUNT(*) FROM service_metric WHERE confirmed_state IS NULL"))
          .isZero();
      // What is wrong has an incident, and nobody is told of it.
      assertThat(
              Things.number(
                  database,
                  "SELECT COUNT(*) FROM service_event e JOIN service s ON s.id = e.service_id"
                      + " WHERE e.date_ended IS NULL AND e.event = 'downtime'"
                      + " AND s.retired_at IS NULL"))
          .isPositive()
          .isEqualTo(
              Things.number(
                  database,
                  "SELECT COUNT(*) FROM incident WHERE subject_type = 1 AND kind = 1"
                      + " AND resolved_at IS NULL"));
      assertThat(Things.number(database, "SELECT COUNT(*) FROM heartbeat WHERE state IN (2, 3)"))
          .isEqualTo(
              Things.number(database, "SELECT COUNT(*) FROM incident WHERE subject_type = 2"));
      assertThat(Things.number(database, "SELECT COUNT(*) FROM incident_channel")).isZero();
      // What refers to a service goes with it.
      database.write(tx -> tx.execute("DELETE FROM service WHERE id = 2"), Durability.POWER);
      for (String table : new String[] {"schedule", "metric", "event", "hour"}) {
        assertThat(
                Things.number(
                    database,
                    "SELECT COUNT(*) FROM service_%s WHERE service_id = 2".formatted(table)))
            .isZero();
      }
    }
  }

  /// Two owners may have a service and a heartbeat of the same name.
  private static void sameNames(org.jdbi.v3.core.Handle tx) {
    tx.execute(service("service-1", 7));
    tx.execute(
        "INSERT INTO heartbeat (name, owner_id, state, created_at, next_at)"
            + " VALUES ('job-1', 7, 0, 0, 0)");
  }

  private static String service(String name, long owner) {
    return "INSERT INTO service (name, owner_id, url, definition, origin, created_at, updated_at)"
        + " VALUES ('%s', %d, 'http://h', '{}', 'api', 0, 0)".formatted(name, owner);
  }

  @Test
  void aKilledUpdateGoesOnWithTheNextStart() throws Exception {
    DatabaseLocation location = engine.fresh(directory);
    OldDatabase.write(location, 60, 10, 100_000);
    Map<String, String> before = contents(location, OldDatabase.SCRIPTS.toArray(String[]::new));
    switch (location) {
      case SqliteFile(var file) -> killOnSqlite(file);
      case PostgresServer server -> killOnPostgres(server);
    }
    assertThat(contents(location, BlankSqliteTest.SHIPPED)).isEqualTo(before);
  }

  /// Kills it again and again, each time after it has copied more.
  private static void killOnSqlite(Path file) throws Exception {
    long copied = 0;
    int resumed = 0;
    for (int more : new int[] {1, 20_000, 40_000}) {
      Process process = OtherProcess.start(Upgrading.class, file.toString());
      long enough = copied + more;
      try {
        await()
            .atMost(Duration.ofSeconds(30))
            .pollInterval(Duration.ofMillis(2))
            .until(() -> !process.isAlive() || copied(file) >= enough);
      } finally {
        process.destroyForcibly().waitFor();
      }
      long now = copied(file);
      assertThat(now).isGreaterThanOrEqualTo(copied);
      resumed += now > copied ? 1 : 0;
      copied = now;
      try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
        assertThat(text(connection, "PRAGMA quick_check")).isEqualTo("ok");
      }
    }
    assertThat(resumed).isGreaterThanOrEqualTo(2);
  }

  /// How many rows are in the new tables, as far as they exist.
  private static long copied(Path file) {
    long copied = 0;
    Map<String, String> columns = Map.of("service_hour", "location_id", "heartbeat", "owner_id");
    for (String table : columns.keySet()) {
      try (Connection connection =
          DriverManager.getConnection("jdbc:sqlite:" + file + "?busy_timeout=5000")) {
        boolean there =
            !text(
                    connection,
                    "SELECT COUNT(*) FROM sqlite_schema WHERE name = '" + table + "_next'")
                .equals("0");
        boolean done =
            text(connection, "SELECT sql FROM sqlite_schema WHERE name = '" + table + "'")
                .contains(columns.get(table));
        if (there || done) {
          copied +=
              Long.parseLong(
                  text(connection, "SELECT COUNT(*) FROM " + table + (there ? "_next" : "")));
        }
      } catch (SQLException e) {
        return 0; // it is being opened
      }
    }
    return copied;
  }

  /// Kills it while it builds an index in its transaction.
  private static void killOnPostgres(PostgresServer server) throws Exception {
    String address =
        "postgresql://"
            + server.address()
            + "&user="
            + server.user()
            + "&password="
            + server.password();
    Process process = OtherProcess.start(Upgrading.class, address);
    try (Connection connection =
        PostgresConnections.migrations(new PostgresHosts(server)).getConnection()) {
      await()
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(2))
          .until(
              () ->
                  !process.isAlive()
                      || !text(
                              connection,
                              "SELECT COUNT(*) FROM pg_stat_activity WHERE state = 'active'"
                                  + " AND query LIKE '%UNIQUE INDEX heartbeat_name%'"
                                  + " AND pid <> pg_backend_pid()")
                          .equals("0"));
    } finally {
      process.destroyForcibly();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(process.exitValue()).as("killed, not finished").isNotZero();
  }

  private static String text(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery(query)) {
      found.next();
      return found.getString(1);
    }
  }

  private static Map<String, String> contents(DatabaseLocation location, String... scripts) {
    try (Database database = open(location, scripts)) {
      return OldDatabase.contents(database);
    }
  }

  private static Database open(DatabaseLocation location, String... scripts) {
    return Database.open(DatabaseConfig.of(location, scripts), Clock.system());
  }

  private static long size(DatabaseLocation location) {
    try {
      return switch (location) {
        case SqliteFile(var file) ->
            Files.size(file) + Math.max(0, Path.of(file + "-wal").toFile().length());
        case PostgresServer server -> {
          try (Connection connection =
              PostgresConnections.migrations(new PostgresHosts(server)).getConnection()) {
            yield Long.parseLong(
                text(
                    connection,
                    "SELECT SUM(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND"
                        + " relnamespace = current_schema()::regnamespace"));
          }
        }
      };
    } catch (java.io.IOException | SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
