package dev.rollcall.server.sql;

import dev.rollcall.server.time.Clock;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A database as the version before owners and places wrote it, with rows of every kind.
final class OldDatabase {
  /// The scripts of that version.
  static final List<String> SCRIPTS =
      List.of(
          "db/migration/V1__monitor.sql",
          "db/migration/V2__outbox.sql",
          "db/migration/V3__heartbeat.sql",
          "db/migration/V4__target.sql",
          "db/migration/V5__derived.sql",
          "db/migration/V6__recent.sql",
          "db/migration/V7__exit_code.sql",
          "db/migration/V8__listener.sql");

  /// The tables that have rows, and their keys.
  private static final Map<String, String> KEYS =
      new TreeMap<>(
          Map.of(
              "service", "id",
              "service_schedule", "service_id",
              "service_metric", "service_id",
              "service_event", "id",
              "service_hour", "service_id, hour",
              "service_tick", "service_id, at",
              "heartbeat", "id"));

  private static final String NUMBERS =
      " WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i <"
          + " %d) ";

  private static final int PIECE = 50;

  private OldDatabase() {}

  /// Creates one with so many services and heartbeats. Each service has a month of hours.
  ///
  /// @param ticks of each service
  static void write(DatabaseLocation location, int services, int ticks, int heartbeats) {
    try (Database database =
            Database.open(
                DatabaseConfig.of(location, SCRIPTS.toArray(String[]::new)), Clock.system());
        GroupCommit commits = new GroupCommit(database)) {
      new DayTable(database, commits, "service_tick", "service_id").prepare(Clock.system().wall());
      List<String> statements =
          List.of(
              "INSERT INTO service (name, url, definition, origin, created_at, updated_at,"
                  + " retired_at, parent_id)"
                  + NUMBERS.formatted(services + 1)
                  + "SELECT 'service-' || i, 'http://127.0.0.1:9/' || i, '{\"name\":\"' || i ||"
                  + " '\",\"group\":\"Shop\"}', 'api', i, i, CASE i % 7 WHEN 3 THEN 5 END, CASE i % 5 WHEN 4 THEN 1"
                  + " END FROM n",
              // The highest id is not the last that was given.
              "DELETE FROM service WHERE id = " + (services + 1),
              "INSERT INTO service_schedule (service_id, interval_ms, lease_ms, revision, due_at,"
                  + " fence, owner) SELECT id, 15000, 20000, 3, id * 7, 2, CASE id % 3 WHEN 0 THEN"
                  + " 77 END FROM service",
              "INSERT INTO service_metric (service_id, tick_count, up_count, last_at, last_state)"
                  + " SELECT id, 5000, 4000, 3600000, 1 FROM service",
              "INSERT INTO service_event (service_id, event, cause, date_started, date_ended,"
                  + " created_at, updated_at)"
                  + NUMBERS.formatted(20)
                  + "SELECT s.id, CASE (n.i + s.id) % 2 WHEN 0 THEN 'uptime' ELSE 'downtime' END, 'refused',"
                  + " n.i, CASE WHEN n.i < 20 THEN n.i + 1 END, n.i, n.i FROM service s, n");
      for (String statement : statements) {
        database.write(tx -> tx.execute(statement), Durability.PROCESS);
      }
      // In pieces, as a statement may take 30 s.
      String hours =
          "INSERT INTO service_hour (service_id, hour, up_count, down_count, unknown_count,"
              + " response_sum_us, response_min_us, response_max_us)"
              + NUMBERS.formatted(720)
              + "SELECT s.id, n.i * 3600000, 110, 9, 1, 119 * n.i, n.i, n.i FROM service s, n"
              + " WHERE s.id > ? AND s.id <= ?";
      String someTicks =
          "INSERT INTO service_tick (service_id, at, state, response_us, total_us, status,"
              + " redirects, reason)"
              + NUMBERS.formatted(ticks)
              + "SELECT s.id, n.i * 30000, n.i % 3, n.i, n.i * 2, 200, 0,"
              + " CASE n.i % 3 WHEN 0 THEN 'status 500' END FROM service s, n"
              + " WHERE s.id > ? AND s.id <= ?";
      for (int after = 0; after < services; after += PIECE) {
        int from = after;
        database.write(tx -> tx.execute(hours, from, from + PIECE), Durability.PROCESS);
        database.write(tx -> tx.execute(someTicks, from, from + PIECE), Durability.PROCESS);
      }
      String insert =
          "INSERT INTO heartbeat (name, frequency_s, schedule, zone, state, created_at, last_at,"
              + " next_at, call_count, run_count, due_at)"
              + NUMBERS.formatted(Math.min(heartbeats, 50_000))
              + ", m (i) AS (SELECT i + ? FROM n) SELECT 'job-' || i, CASE WHEN i % 2 = 0 THEN 300"
              + " END, CASE WHEN i % 2 = 1 THEN '*/5 * * * *' END, CASE WHEN i % 2 = 1 THEN 'UTC'"
              + " END, i % 5, i, i + 1, i + 2, i, i, i + 300 FROM m";
      for (int after = 0; after < heartbeats; after += 50_000) {
        int from = after;
        database.write(tx -> tx.execute(insert, from), Durability.PROCESS);
      }
    }
  }

  /// For each table, how many rows it has, and a hash of all that the old version had in them.
  static Map<String, String> contents(Database database) {
    Map<String, String> contents = new TreeMap<>();
    KEYS.forEach(
        (table, key) ->
            contents.put(
                table,
                database.read(
                    handle -> // a transaction, so that PostgreSQL sends the rows little by little
                    handle.inTransaction(tx -> hash(tx.getConnection(), table, key)))));
    return contents;
  }

  private static String hash(java.sql.Connection connection, String table, String key) {
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(1_000);
      List<String> columns = new ArrayList<>();
      try (ResultSet none = statement.executeQuery("SELECT * FROM " + table + " WHERE 1 = 0")) {
        for (int i = 1; i <= none.getMetaData().getColumnCount(); i++) {
          columns.add(none.getMetaData().getColumnName(i));
        }
      }
      columns.removeAll(
          List.of(
              "owner_id",
              "location_id",
              "confirmed_state",
              "against_count",
              "against_since",
              "against_down",
              "certificate_warnings",
              "slow_ms",
              "group_name",
              "round_trips",
              "written"));
      if (table.equals("heartbeat")) {
        columns.remove("origin");
      }
      long rows = 0;
      long hash = 0;
      try (ResultSet found =
          statement.executeQuery(
              "SELECT %s FROM %s ORDER BY %s".formatted(String.join(", ", columns), table, key))) {
        while (found.next()) {
          Object[] row = new Object[columns.size()];
          for (int i = 0; i < row.length; i++) {
            row[i] = found.getObject(i + 1);
          }
          rows++;
          hash = 31 * hash + Arrays.deepHashCode(row);
        }
      }
      return rows + " rows, " + Long.toHexString(hash);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
