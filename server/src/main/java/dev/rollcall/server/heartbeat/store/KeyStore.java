package dev.rollcall.server.heartbeat.store;

import dev.rollcall.server.heartbeat.definition.HeartbeatDefinition;
import dev.rollcall.server.heartbeat.ping.Heartbeat;
import dev.rollcall.server.http.Json;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.Rows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// The keys of heartbeats that have some: who is told about them, and how. Most heartbeats have
/// none, so they are not in their rows.
public final class KeyStore {
  private static final String KEEP =
      "INSERT INTO heartbeat_keys (heartbeat_id, alert_keys, group_name) VALUES (?, ?, ?)"
          + " ON CONFLICT (heartbeat_id) DO UPDATE SET alert_keys = excluded.alert_keys,"
          + " group_name = excluded.group_name";

  private static final String OF_ONE =
      "SELECT heartbeat_id, alert_keys FROM heartbeat_keys WHERE heartbeat_id = ?";

  private static final String OF_SOME =
      "SELECT heartbeat_id, alert_keys FROM heartbeat_keys"
          + " WHERE heartbeat_id >= ? AND heartbeat_id <= ?";

  private static final String DECLARED =
      "SELECT "
          + HeartbeatTable.COLUMNS
          + ", alert_keys FROM heartbeat_keys JOIN heartbeat ON id = heartbeat_id WHERE origin = "
          + Heartbeat.Origin.FILE.code();

  private final Database database;

  public KeyStore(Database database) {
    this.database = database;
  }

  /// Keys to be written, and as they were read.
  record StoredKeys(long heartbeat, AlertKeys keys) {}

  private record Span(long from, long to) {}

  /// The keys of these heartbeats, by id. Heartbeats without keys are left out.
  ///
  /// @param heartbeats in the order of their ids
  public Map<Long, AlertKeys> of(List<Heartbeat> heartbeats) {
    List<Long> ids =
        heartbeats.stream()
            .filter(each -> each.origin() != Heartbeat.Origin.PING)
            .map(Heartbeat::id)
            .toList();
    Map<Long, AlertKeys> keys = new HashMap<>();
    if (!ids.isEmpty()) {
      database
          .read(
              handle ->
                  Rows.read(
                      handle,
                      OF_SOME,
                      new Span(ids.getFirst(), ids.getLast()),
                      (row, span) -> {
                        row.setLong(1, span.from());
                        row.setLong(2, span.to());
                      },
                      KeyStore::stored))
          .forEach(stored -> keys.put(stored.heartbeat(), stored.keys()));
    }
    return keys;
  }

  /// The heartbeats that the configuration file declared when it was last applied.
  public List<HeartbeatDefinition> declared() {
    return database.read(
        handle ->
            Rows.read(
                handle,
                DECLARED,
                DECLARED,
                (_, _) -> {},
                row -> {
                  Heartbeat heartbeat = HeartbeatTable.heartbeat(row);
                  return new HeartbeatDefinition(
                      heartbeat.key(), heartbeat.expectation(), keys(row));
                }));
  }

  /// The keys of one heartbeat; empty if it has none.
  static Optional<AlertKeys> of(Handle tx, long heartbeat) {
    return Rows.read(tx, OF_ONE, heartbeat, (row, id) -> row.setLong(1, id), KeyStore::stored)
        .stream()
        .map(StoredKeys::keys)
        .findFirst();
  }

  static void keep(Handle tx, List<StoredKeys> all) {
    Rows.write(
        tx,
        KEEP,
        all,
        (row, stored) -> {
          row.setLong(1, stored.heartbeat());
          row.setString(2, stored.keys().json());
          row.setString(3, stored.keys().group().orElse(null));
        });
  }

  static void remove(Handle tx, List<Long> heartbeats) {
    Rows.write(
        tx,
        "DELETE FROM heartbeat_keys WHERE heartbeat_id = ?",
        heartbeats,
        (row, id) -> row.setLong(1, id));
  }

  private static StoredKeys stored(ResultSet row) throws SQLException {
    return new StoredKeys(row.getLong("heartbeat_id"), keys(row));
  }

  private static AlertKeys keys(ResultSet row) throws SQLException {
    return AlertKeys.stored(Json.stored(row.getString("alert_keys")));
  }
}
