package dev.rollcall.server.node.registry;

import dev.rollcall.server.node.NodeStatus;
import dev.rollcall.server.node.registry.KnownNode.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// The rows of nodes.
final class NodeTable {
  private static final String SELECT =
      "SELECT id, name, registered, state, since_at, last_seen_at, version, rate,"
          + " packets_per_second, spool_batches, spool_bytes, dropped, sent_at, clock_offset_ms"
          + " FROM node";

  private NodeTable() {}

  /// All of them, by their names.
  static List<KnownNode> all(Handle handle) {
    return handle.createQuery(SELECT + " ORDER BY name").map((row, _) -> node(row)).list();
  }

  static Optional<KnownNode> find(Handle handle, String name) {
    return handle
        .createQuery(SELECT + " WHERE name = :name")
        .bind("name", name)
        .map((row, _) -> node(row))
        .findOne();
  }

  static Optional<KnownNode> find(Handle handle, long id) {
    return handle
        .createQuery(SELECT + " WHERE id = :id")
        .bind("id", id)
        .map((row, _) -> node(row))
        .findOne();
  }

  /// The one without a token that was not heard from for longest.
  static Optional<KnownNode> oldestUnregistered(Handle handle) {
    return handle
        .createQuery(SELECT + " WHERE registered = 0 ORDER BY last_seen_at, id LIMIT 1")
        .map((row, _) -> node(row))
        .findOne();
  }

  static long count(Handle handle) {
    return handle.createQuery("SELECT COUNT(*) FROM node").mapTo(Long.class).one();
  }

  /// Adds a node, or writes what it reports. Who has shown a token once stays registered.
  static void report(
      Handle tx, String name, boolean registered, NodeStatus status, Duration offset, Instant now) {
    tx.createUpdate(
            "INSERT INTO node (name, registered, state, since_at, last_seen_at, version, rate,"
                + " packets_per_second, spool_batches, spool_bytes, dropped, sent_at,"
                + " clock_offset_ms) VALUES (:name, :registered, :up, :now, :now, :version, :rate,"
                + " :packets, :batches, :bytes, :dropped, :sent, :offset)"
                + " ON CONFLICT (name) DO UPDATE SET"
                + " registered = CASE WHEN node.registered = 1 THEN 1 ELSE excluded.registered END,"
                + " since_at = CASE WHEN node.state = excluded.state THEN node.since_at"
                + " ELSE excluded.since_at END, state = excluded.state,"
                + " last_seen_at = excluded.last_seen_at, version = excluded.version,"
                + " rate = excluded.rate, packets_per_second = excluded.packets_per_second,"
                + " spool_batches = excluded.spool_batches, spool_bytes = excluded.spool_bytes,"
                + " dropped = excluded.dropped, sent_at = excluded.sent_at,"
                + " clock_offset_ms = excluded.clock_offset_ms")
        .bind("name", name)
        .bind("registered", registered ? 1 : 0)
        .bind("up", State.UP.code())
        .bind("now", now.toEpochMilli())
        .bind("version", status.version())
        .bind("rate", status.rate())
        .bind("packets", status.packetsPerSecond())
        .bind("batches", status.spoolBatches())
        .bind("bytes", status.spoolBytes())
        .bind("dropped", status.dropped())
        .bind("sent", status.sentAt().toEpochMilli())
        .bind("offset", offset.toMillis())
        .execute();
  }

  /// The clock was set back since then.
  static void seenNoLaterThan(Handle tx, Instant now) {
    tx.createUpdate("UPDATE node SET last_seen_at = :now WHERE last_seen_at > :now")
        .bind("now", now.toEpochMilli())
        .execute();
  }

  static void silent(Handle tx, long id, Instant now) {
    tx.createUpdate("UPDATE node SET state = :silent, since_at = :now WHERE id = :id")
        .bind("silent", State.SILENT.code())
        .bind("now", now.toEpochMilli())
        .bind("id", id)
        .execute();
  }

  static void remove(Handle tx, long id) {
    tx.createUpdate("DELETE FROM node WHERE id = :id").bind("id", id).execute();
  }

  private static KnownNode node(ResultSet row) throws SQLException {
    Duration offset = Duration.ofMillis(row.getLong("clock_offset_ms"));
    return new KnownNode(
        row.getLong("id"),
        row.getString("name"),
        row.getInt("registered") == 1,
        State.CODEC.ofCode(row.getInt("state")),
        Instant.ofEpochMilli(row.getLong("since_at")),
        Instant.ofEpochMilli(row.getLong("last_seen_at")),
        new NodeStatus(
            row.getString("version"),
            row.getInt("rate"),
            row.getDouble("packets_per_second"),
            row.getLong("spool_batches"),
            row.getLong("spool_bytes"),
            row.getLong("dropped"),
            Instant.ofEpochMilli(row.getLong("sent_at")),
            Optional.of(offset)),
        offset);
  }
}
