package dev.rollcall.server.incident;

import dev.rollcall.server.signal.Signal;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.sql.Rows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// What is wrong with subjects of which nobody is told at present: the newest signal of each.
final class HeldSignals {
  private static final String PUT =
      "INSERT INTO incident_hold (subject_type, subject_id, owner_id, subject_name, state, cause,"
          + " last_heard_at, began_at, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
          + " ON CONFLICT (subject_type, subject_id) DO UPDATE SET state = excluded.state,"
          + " cause = excluded.cause, last_heard_at = excluded.last_heard_at,"
          + " began_at = excluded.began_at, at = excluded.at";

  private static final String REMOVE =
      "DELETE FROM incident_hold WHERE subject_type = ? AND subject_id = ?";

  private HeldSignals() {}

  static void put(Handle tx, Signal signal) {
    Rows.write(
        tx,
        PUT,
        List.of(signal),
        (row, one) -> {
          row.setInt(1, one.subject().type().code());
          row.setLong(2, one.subject().id());
          row.setLong(3, one.subject().owner());
          row.setString(4, one.subject().name());
          row.setString(5, one.to());
          row.setString(6, one.cause().orElse(null));
          row.setLong(7, one.lastHeard().toEpochMilli());
          row.setLong(8, one.began().toEpochMilli());
          row.setLong(9, one.at().toEpochMilli());
        });
  }

  /// @return whether one was held
  static boolean remove(Handle tx, Subject subject) {
    return Rows.write(
            tx,
            REMOVE,
            List.of(subject),
            (row, one) -> {
              row.setInt(1, one.type().code());
              row.setLong(2, one.id());
            })[0]
        > 0;
  }

  static List<Signal> all(Handle handle) {
    return handle
        .createQuery("SELECT * FROM incident_hold ORDER BY subject_type, subject_id")
        .map((row, _) -> signal(row))
        .list();
  }

  private static Signal signal(ResultSet row) throws SQLException {
    return new Signal(
        new Subject(
            Subject.Type.CODEC.ofCode(row.getInt("subject_type")),
            row.getLong("subject_id"),
            row.getLong("owner_id"),
            row.getString("subject_name")),
        "held",
        row.getString("state"),
        Optional.ofNullable(row.getString("cause")),
        Instant.ofEpochMilli(row.getLong("last_heard_at")),
        Instant.ofEpochMilli(row.getLong("began_at")),
        Instant.ofEpochMilli(row.getLong("at")));
  }
}
