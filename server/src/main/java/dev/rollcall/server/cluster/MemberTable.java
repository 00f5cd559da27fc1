package dev.rollcall.server.cluster;

import dev.rollcall.server.cluster.Member.TakenOver;
import dev.rollcall.server.sql.InstantColumns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// The rows of the processes. All times come from the clock of the database.
final class MemberTable {
  private static final String NOW = InstantColumns.POSTGRES_NOW;

  private static final int MOST = 1_000;

  private MemberTable() {}

  static Instant now(Handle handle) {
    return handle
        .createQuery("SELECT " + NOW)
        .map((row, _) -> Instant.ofEpochMilli(row.getLong(1)))
        .one();
  }

  /// Lets the commit of this transaction return before it is synced: a sign of life is worth
  /// nothing after a crash of the database, and must not wait for a slow disk or standby.
  static void withoutSync(Handle tx) {
    tx.createQuery("SELECT set_config('synchronous_commit', 'off', true)")
        .mapTo(String.class)
        .one();
  }

  /// Adds a process.
  static void join(Handle tx, long id, Self self) {
    tx.createUpdate(
            "INSERT INTO cluster_process (id, name, version, schema_version, url, runs_checks,"
                + " started_at, seen_at, checks, deliveries, waiting, clock_ahead_ms)"
                + " VALUES (:id, :name, :version, :schema, :url, :runs, "
                + NOW
                + ", "
                + NOW
                + ", 0, 0, 0, 0) ON CONFLICT (id) DO NOTHING")
        .bind("id", id)
        .bind("name", self.name())
        .bind("version", self.version())
        .bind("schema", self.schema())
        .bind("url", self.url())
        .bind("runs", self.runsChecks())
        .execute();
  }

  /// Gives a sign of life.
  ///
  /// @return false if the process has no row, or another one took it for dead
  static boolean live(Handle tx, long id, Work work, Duration clockAhead) {
    return tx.createUpdate(
                "UPDATE cluster_process SET seen_at = "
                    + NOW
                    + ", checks = :checks, deliveries = :deliveries, waiting = :waiting,"
                    + " clock_ahead_ms = :ahead"
                    + " WHERE id = :id AND dead_at IS NULL AND left_at IS NULL")
            .bind("checks", work.checks())
            .bind("deliveries", work.deliveries())
            .bind("waiting", work.waiting())
            .bind("ahead", clockAhead.toMillis())
            .bind("id", id)
            .execute()
        > 0;
  }

  /// The process has stopped by itself.
  static void leave(Handle tx, long id) {
    tx.createUpdate(
            "UPDATE cluster_process SET left_at = "
                + NOW
                + ", checks = 0, deliveries = 0, waiting = 0 WHERE id = :id AND dead_at IS NULL")
        .bind("id", id)
        .execute();
  }

  /// Takes a process for dead, unless it has given another sign of life meanwhile.
  static boolean bury(Handle tx, Member silent, String by) {
    return tx.createUpdate(
                "UPDATE cluster_process SET dead_at = "
                    + NOW
                    + ", taken_by = :by WHERE id = :id AND seen_at = :seen"
                    + " AND dead_at IS NULL AND left_at IS NULL")
            .bind("by", by)
            .bind("id", silent.id())
            .bind("seen", silent.seen().toEpochMilli())
            .execute()
        > 0;
  }

  /// So many more rows of a dead process are due again.
  ///
  /// @param done whether these are all
  static void taken(Handle tx, long id, int rows, boolean done) {
    tx.createUpdate(
            "UPDATE cluster_process SET taken_rows = taken_rows + :rows, released_at ="
                + " CASE WHEN :done THEN "
                + NOW
                + " ELSE released_at END WHERE id = :id")
        .bind("rows", rows)
        .bind("done", done)
        .bind("id", id)
        .execute();
  }

  /// Ends the sessions of Rollcall that do nothing in the middle of a transaction: those of a
  /// process that stands still keep their locks, and everybody else waits for these. PostgreSQL
  /// itself ends them after thirty seconds.
  ///
  /// @return how many there were
  static long endIdleTransactions(Handle tx, Duration idle) {
    return tx.createQuery(
            "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity"
                + " WHERE datname = current_database() AND usename = current_user"
                + " AND application_name LIKE 'rollcall%' AND pid <> pg_backend_pid()"
                + " AND state LIKE 'idle in transaction%'"
                + " AND state_change < clock_timestamp() - :idle * INTERVAL '1 millisecond'")
        .bind("idle", idle.toMillis())
        .mapTo(Long.class)
        .one();
  }

  /// Forgets the processes that ended so long ago.
  static void forget(Handle tx, Duration age) {
    tx.createUpdate(
            "DELETE FROM cluster_process WHERE COALESCE(left_at, released_at) < " + NOW + " - :age")
        .bind("age", age.toMillis())
        .execute();
  }

  /// All processes, those that are there first, in the order in which they came.
  static List<Member> all(Handle handle) {
    return handle
        .createQuery(
            "SELECT id, name, version, schema_version, url, runs_checks, started_at, seen_at,"
                + " checks, deliveries, waiting, clock_ahead_ms, left_at, dead_at, taken_by,"
                + " taken_rows, released_at FROM cluster_process"
                + " ORDER BY COALESCE(left_at, dead_at) DESC NULLS FIRST, started_at, id"
                + " LIMIT :most")
        .bind("most", MOST)
        .map((row, _) -> member(row))
        .list();
  }

  private static Member member(ResultSet row) throws SQLException {
    Optional<Instant> dead = InstantColumns.instant(row, 14);
    String by = row.getString(15);
    long rows = row.getLong(16);
    boolean done = InstantColumns.instant(row, 17).isPresent();
    return new Member(
        row.getLong(1),
        row.getString(2),
        row.getString(3),
        row.getInt(4),
        row.getString(5),
        row.getBoolean(6),
        Instant.ofEpochMilli(row.getLong(7)),
        Instant.ofEpochMilli(row.getLong(8)),
        new Work(row.getInt(9), row.getInt(10), row.getInt(11)),
        Duration.ofMillis(row.getLong(12)),
        InstantColumns.instant(row, 13),
        dead.map(at -> new TakenOver(at, by, rows, done)));
  }
}
