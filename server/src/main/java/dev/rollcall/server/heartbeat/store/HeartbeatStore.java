package dev.rollcall.server.heartbeat.store;

import dev.rollcall.server.heartbeat.ping.Heartbeat;
import dev.rollcall.server.heartbeat.ping.State;
import dev.rollcall.server.http.Listing;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.InstantColumns;
import dev.rollcall.server.sql.Rows;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/// Reads heartbeats for those who ask, each with a [Scope].
public final class HeartbeatStore {
  private static final String SELECT = "SELECT " + HeartbeatTable.COLUMNS + " FROM heartbeat";

  private final Database database;

  public HeartbeatStore(Database database) {
    this.database = database;
  }

  /// As [Database#requireAvailable()].
  public void requireAvailable() {
    database.requireAvailable();
  }

  /// What the metrics show of one heartbeat.
  public record Seen(long id, String name, State state, Optional<Instant> last) {}

  /// A page of the heartbeats in one state, or of all, ordered by id.
  public List<Heartbeat> list(Scope scope, Optional<State> state, Listing.Page page) {
    // The state is written into the SQL, since a partial index is used only for a constant.
    String where =
        state
            .map(one -> " WHERE " + HeartbeatTable.in(one) + scope.and("owner_id"))
            .orElseGet(() -> scope.where("owner_id"));
    return database.read(
        handle -> {
          try (Query query =
              handle.createQuery(SELECT + where + " ORDER BY id LIMIT :limit OFFSET :offset")) {
            return query
                .bind("limit", page.limit())
                .bind("offset", page.offset())
                .map((row, _) -> HeartbeatTable.heartbeat(row))
                .list();
          }
        });
  }

  /// The heartbeat of that name, of the owner whose names the scope has.
  public Optional<Heartbeat> find(Scope scope, String name) {
    return database
        .read(
            handle ->
                Rows.read(
                    handle,
                    SELECT + " WHERE name = ? AND owner_id = ?",
                    name,
                    (row, each) -> {
                      row.setString(1, each);
                      row.setLong(2, scope.owner());
                    },
                    HeartbeatTable::heartbeat))
        .stream()
        .findFirst();
  }

  /// The number of heartbeats in each state, counted now; [StateCounts] is cheaper.
  Map<State, Long> counts(Scope scope) {
    return database.read(
        handle -> {
          Map<State, Long> counts = new EnumMap<>(State.class);
          for (State state : State.values()) {
            counts.put(state, 0L);
          }
          Rows.read(
              handle,
              "SELECT state, COUNT(*) FROM heartbeat WHERE state <> 1"
                  + scope.and("owner_id")
                  + " GROUP BY state",
              counts,
              (_, _) -> {},
              row -> counts.put(State.CODEC.ofCode(row.getInt(1)), row.getLong(2)));
          long others = counts.values().stream().mapToLong(Long::longValue).sum();
          long all = all(handle, scope);
          counts.put(State.UP, Math.max(0, all - others));
          return counts;
        });
  }

  /// Few rows are not the operator's, and only those are in an index by their owner. So those of
  /// the operator are counted as the rest.
  private static long all(Handle handle, Scope scope) {
    return scope.equals(Scope.operator())
        ? number(handle, "") - number(handle, " WHERE owner_id <> 0")
        : number(handle, scope.where("owner_id"));
  }

  private static long number(Handle handle, String where) {
    return Rows.read(
            handle,
            "SELECT COUNT(*) FROM heartbeat" + where,
            where,
            (_, _) -> {},
            row -> row.getLong(1))
        .getFirst();
  }

  /// The first `most` heartbeats, ordered by id.
  public List<Seen> first(Scope scope, int most) {
    return seen(
        "SELECT id, name, state, last_at FROM heartbeat"
            + scope.where("owner_id")
            + " ORDER BY id LIMIT ?",
        most);
  }

  /// The first `most` late heartbeats, ordered by id.
  public List<Seen> late(Scope scope, int most) {
    return seen(
        "SELECT id, name, state, last_at FROM heartbeat WHERE state = 2 AND state <> 1"
            + scope.and("owner_id")
            + " ORDER BY id LIMIT ?",
        most);
  }

  private List<Seen> seen(String sql, int most) {
    return database.read(
        handle ->
            Rows.read(
                handle,
                sql,
                most,
                (row, limit) -> row.setInt(1, limit),
                row ->
                    new Seen(
                        row.getLong(1),
                        row.getString(2),
                        State.CODEC.ofCode(row.getInt(3)),
                        InstantColumns.instant(row, 4))));
  }
}
