package dev.rollcall.server.heartbeat.store;

import dev.rollcall.server.heartbeat.definition.Expectation;
import dev.rollcall.server.heartbeat.definition.HeartbeatName;
import dev.rollcall.server.heartbeat.ping.Heartbeat;
import dev.rollcall.server.heartbeat.ping.Heartbeat.Counts;
import dev.rollcall.server.heartbeat.ping.Heartbeat.Moments;
import dev.rollcall.server.heartbeat.ping.RecentRuns;
import dev.rollcall.server.heartbeat.ping.State;
import dev.rollcall.server.sql.InstantColumns;
import dev.rollcall.server.sql.Rows;
import dev.rollcall.server.time.JobSchedule;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Reads and writes the rows of `heartbeat` inside a transaction.
public final class HeartbeatTable {
  public static final String COLUMNS =
      "id, name, frequency_s, schedule, zone, grace_s, state, created_at, last_at, next_at,"
          + " late_since, call_count, run_count, open_runs, due_at, recent, owner_id, origin";

  /// How many names one statement looks up. There are few sizes, as each needs its own prepared
  /// statement.
  private static final int[] AT_ONCE = {256, 64, 16, 4, 1};

  private static final String ADD =
      "INSERT INTO heartbeat (name, owner_id, state, created_at, next_at) VALUES (?, ?, 0, ?, 0)"
          + " ON CONFLICT (name, owner_id) DO NOTHING";

  /// Changes no indexed column.
  private static final String COUNT =
      "UPDATE heartbeat SET last_at = ?, next_at = ?, call_count = ?, run_count = ?, open_runs = ?,"
          + " recent = ? WHERE id = ?";

  private static final String CHANGE =
      """
      UPDATE heartbeat SET last_at = ?, next_at = ?, call_count = ?, run_count = ?, open_runs = ?,
        recent = ?, frequency_s = ?, schedule = ?, zone = ?, grace_s = ?, state = ?, created_at = ?,
        late_since = ?, due_at = ?, origin = ?
      WHERE id = ?\
      """;

  private final List<String> locks;

  /// @param locked the end of a query that locks its rows
  HeartbeatTable(String locked) {
    this.locks =
        Arrays.stream(AT_ONCE)
            .mapToObj(size -> String.join(", ", Collections.nCopies(size, "?")))
            .map(
                some ->
                    "SELECT "
                        + COLUMNS
                        + " FROM heartbeat WHERE owner_id = ? AND name IN ("
                        + some
                        + ")"
                        + locked)
            .toList();
  }

  /// A condition for the rows in that state. SQLite uses the partial index of the rows that are not
  /// up only if the query contains the condition of the index, literally.
  public static String in(State state) {
    return "state = " + state.code() + (state == State.UP ? "" : " AND state <> 1");
  }

  /// A row.
  ///
  /// @param heartbeat empty if the row was just added
  record Row(long id, HeartbeatName key, Optional<Heartbeat> heartbeat) {}

  /// Reads the existing rows of those names and locks them for this transaction.
  ///
  /// @param names of one owner
  List<Row> lock(Handle tx, long owner, List<HeartbeatName> names) {
    List<Row> rows = new ArrayList<>(names.size());
    int from = 0;
    for (int i = 0; i < AT_ONCE.length; i++) {
      String sql = locks.get(i);
      int size = AT_ONCE[i];
      for (; names.size() - from >= size; from += size) {
        rows.addAll(
            Rows.read(
                tx,
                sql,
                names.subList(from, from + size),
                (statement, some) -> {
                  statement.setLong(1, owner);
                  int place = 2;
                  for (HeartbeatName name : some) {
                    statement.setString(place++, name.name());
                  }
                },
                HeartbeatTable::row));
      }
    }
    return rows;
  }

  /// Adds empty rows for the names that have none.
  static void add(Handle tx, List<HeartbeatName> names, Instant now) {
    Rows.write(
        tx,
        ADD,
        names,
        (row, name) -> {
          row.setString(1, name.name());
          row.setLong(2, name.owner());
          row.setLong(3, now.toEpochMilli());
        });
  }

  /// Writes the columns that change with each ping. None of them is indexed.
  static void count(Handle tx, List<Heartbeat> heartbeats) {
    Rows.write(
        tx,
        COUNT,
        heartbeats,
        (row, heartbeat) -> {
          counts(row, heartbeat);
          row.setLong(7, heartbeat.id());
        });
  }

  /// Writes all columns.
  public static void change(Handle tx, List<Heartbeat> heartbeats) {
    Rows.write(tx, CHANGE, heartbeats, HeartbeatTable::bind);
  }

  static void remove(Handle tx, List<Long> ids) {
    Rows.write(tx, "DELETE FROM heartbeat WHERE id = ?", ids, (row, id) -> row.setLong(1, id));
  }

  private static void counts(PreparedStatement row, Heartbeat heartbeat) throws SQLException {
    InstantColumns.set(row, 1, heartbeat.moments().last());
    row.setLong(2, heartbeat.moments().next().toEpochMilli());
    row.setLong(3, heartbeat.counts().calls());
    row.setLong(4, heartbeat.counts().runs());
    row.setInt(5, heartbeat.counts().open());
    row.setBytes(6, heartbeat.recent().bytes());
  }

  private static void bind(PreparedStatement row, Heartbeat heartbeat) throws SQLException {
    counts(row, heartbeat);
    switch (heartbeat.expectation().schedule()) {
      case JobSchedule.Every(Duration frequency) -> {
        row.setLong(7, frequency.toSeconds());
        row.setNull(8, Types.VARCHAR);
        row.setNull(9, Types.VARCHAR);
      }
      case JobSchedule.Calendar(String expression, ZoneId zone) -> {
        row.setNull(7, Types.BIGINT);
        row.setString(8, expression);
        row.setString(9, zone.getId());
      }
    }
    row.setLong(10, heartbeat.expectation().grace().toSeconds());
    row.setInt(11, heartbeat.state().code());
    row.setLong(12, heartbeat.moments().created().toEpochMilli());
    InstantColumns.set(row, 13, heartbeat.moments().lateSince());
    InstantColumns.set(row, 14, heartbeat.moments().due());
    row.setInt(15, heartbeat.origin().code());
    row.setLong(16, heartbeat.id());
  }

  private static Row row(ResultSet row) throws SQLException {
    HeartbeatName key = key(row, 0);
    Optional<Expectation> terms = terms(row, 0);
    return new Row(
        row.getLong(1),
        key,
        terms.isPresent() ? Optional.of(heartbeat(row, 0, key, terms.get())) : Optional.empty());
  }

  /// The heartbeat in a row.
  ///
  /// @param row has [#COLUMNS], in their order
  public static Heartbeat heartbeat(ResultSet row) throws SQLException {
    return heartbeat(row, 0, key(row, 0), terms(row, 0).orElseThrow());
  }

  /// The same, where columns are found by their names.
  ///
  /// @param row has [#COLUMNS], perhaps after other columns
  public static Heartbeat named(ResultSet row) throws SQLException {
    int skip = row.findColumn("id") - 1;
    return heartbeat(row, skip, key(row, skip), terms(row, skip).orElseThrow());
  }

  private static HeartbeatName key(ResultSet row, int skip) throws SQLException {
    return new HeartbeatName(row.getLong(skip + 17), row.getString(skip + 2));
  }

  /// @param skip the number of columns before `id`
  private static Heartbeat heartbeat(ResultSet row, int skip, HeartbeatName key, Expectation terms)
      throws SQLException {
    return new Heartbeat(
        row.getLong(skip + 1),
        key,
        terms,
        State.CODEC.ofCode(row.getInt(skip + 7)),
        new Moments(
            Instant.ofEpochMilli(row.getLong(skip + 8)),
            InstantColumns.instant(row, skip + 9),
            Instant.ofEpochMilli(row.getLong(skip + 10)),
            InstantColumns.instant(row, skip + 11),
            InstantColumns.instant(row, skip + 15)),
        new Counts(row.getLong(skip + 12), row.getLong(skip + 13), row.getInt(skip + 14)),
        RecentRuns.of(row.getBytes(skip + 16)),
        Heartbeat.Origin.CODEC.ofCode(row.getInt(skip + 18)));
  }

  private static Optional<Expectation> terms(ResultSet row, int skip) throws SQLException {
    long frequency = row.getLong(skip + 3);
    if (!row.wasNull()) {
      return Optional.of(
          new Expectation(
              new JobSchedule.Every(Duration.ofSeconds(frequency)),
              Duration.ofSeconds(row.getLong(skip + 6))));
    }
    @Nullable String schedule = row.getString(skip + 4);
    return schedule == null
        ? Optional.empty()
        : Optional.of(
            new Expectation(
                new JobSchedule.Calendar(schedule, ZoneId.of(row.getString(skip + 5))),
                Duration.ofSeconds(row.getLong(skip + 6))));
  }
}
