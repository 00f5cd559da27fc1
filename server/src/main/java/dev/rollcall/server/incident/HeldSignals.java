package dev.rollcall.server.incident;

import dev.rollcall.server.signal.Signal;
import dev.rollcall.server.signal.Span;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.sql.EnumCodec;
import dev.rollcall.server.sql.InstantColumns;
import dev.rollcall.server.sql.Rows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/// What is wrong with subjects of which nobody is told at present: the newest signal of each.
final class HeldSignals {
  private static final String PUT =
      "INSERT INTO incident_hold (subject_type, subject_id, owner_id, subject_name, state, cause,"
          + " last_heard_at, began_at, at, reason, behind, answer)"
          + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
          + " ON CONFLICT (subject_type, subject_id) DO UPDATE SET state = excluded.state,"
          + " cause = excluded.cause, last_heard_at = excluded.last_heard_at,"
          + " began_at = excluded.began_at, at = excluded.at, reason = excluded.reason,"
          + " behind = excluded.behind, answer = excluded.answer";

  private static final String REMOVE =
      "DELETE FROM incident_hold WHERE subject_type = ? AND subject_id = ?";

  /// Why nobody is told.
  enum Reason {
    /// Maintenance covers it.
    MAINTENANCE(1),
    /// Whether what it depends on, or the network on the way to it, is wrong is not certain yet; or
    /// nothing is lost behind it any more, and it is about to end.
    UNCERTAIN(2),
    /// What it depends on is wrong, and has an incident.
    BEHIND(3);

    static final EnumCodec<Reason> CODEC = EnumCodec.of(Reason.class, each -> each.code);

    private final int code;

    Reason(int code) {
      this.code = code;
    }

    /// The number in the database.
    int code() {
      return code;
    }
  }

  /// A signal that is held.
  ///
  /// @param behind the name of what its subject depends on; empty if maintenance covers it, or it
  ///   is not known yet where in the network that is
  record Held(Signal signal, Reason reason, Optional<String> behind) {}

  private HeldSignals() {}

  static void put(Handle tx, Held held) {
    Subject subject = held.signal().subject();
    if (held.reason() == Reason.BEHIND) {
      unreachable(tx, subject, held.signal().began());
    } else {
      reachable(tx, subject, held.signal().at());
    }
    Rows.write(
        tx,
        PUT,
        List.of(held),
        (row, one) -> {
          Signal signal = one.signal();
          row.setInt(1, signal.subject().type().code());
          row.setLong(2, signal.subject().id());
          row.setLong(3, signal.subject().owner());
          row.setString(4, signal.subject().name());
          row.setString(5, signal.to());
          row.setString(6, signal.cause().orElse(null));
          row.setLong(7, signal.lastHeard().toEpochMilli());
          row.setLong(8, signal.began().toEpochMilli());
          row.setLong(9, signal.at().toEpochMilli());
          row.setInt(10, one.reason().code());
          row.setString(11, one.behind().orElse(null));
          row.setString(12, signal.answer().orElse(null));
        });
  }

  /// Forgets the signal of a subject, if one is held.
  static void remove(Handle tx, Subject subject, Instant at) {
    int rows =
        Rows.write(
            tx,
            REMOVE,
            List.of(subject),
            (row, one) -> {
              row.setInt(1, one.type().code());
              row.setLong(2, one.id());
            })[0];
    if (rows > 0) {
      reachable(tx, subject, at);
    }
  }

  /// A subject is unreachable behind what it depends on, if it was not so already.
  private static void unreachable(Handle tx, Subject subject, Instant from) {
    tx.createUpdate(
            "INSERT INTO incident_unreachable (subject_type, subject_id, from_at)"
                + " SELECT :type, :id, :from WHERE NOT EXISTS (SELECT 1 FROM incident_unreachable"
                + " WHERE subject_type = :type AND subject_id = :id AND to_at IS NULL)"
                + " ON CONFLICT (subject_type, subject_id, from_at) DO NOTHING")
        .bind("type", subject.type().code())
        .bind("id", subject.id())
        .bind("from", from.toEpochMilli())
        .execute();
  }

  private static void reachable(Handle tx, Subject subject, Instant at) {
    tx.createUpdate(
            "UPDATE incident_unreachable SET to_at = :at"
                + " WHERE subject_type = :type AND subject_id = :id AND to_at IS NULL")
        .bind("at", at.toEpochMilli())
        .bind("type", subject.type().code())
        .bind("id", subject.id())
        .execute();
  }

  /// The spans in which a subject was unreachable, of those that reach into `[from, to)`.
  static List<Span> unreachable(Handle handle, Subject subject, Instant from, Instant to) {
    return handle
        .createQuery(
            "SELECT from_at, to_at FROM incident_unreachable"
                + " WHERE subject_type = :type AND subject_id = :id AND from_at < :to"
                + " AND (to_at IS NULL OR to_at > :from) ORDER BY from_at DESC LIMIT 1000")
        .bind("type", subject.type().code())
        .bind("id", subject.id())
        .bind("from", from.toEpochMilli())
        .bind("to", to.toEpochMilli())
        .map(
            (row, _) ->
                new Span(
                    Instant.ofEpochMilli(row.getLong("from_at")),
                    InstantColumns.instant(row, "to_at").orElse(to)))
        .list();
  }

  /// All of them, in the order of the ids of their subjects, without what came back.
  static List<Held> all(Handle handle) {
    return handle
        .createQuery(
            "SELECT subject_type, subject_id, owner_id, subject_name, state, cause,"
                + " last_heard_at, began_at, at, reason, behind, NULL AS answer"
                + " FROM incident_hold ORDER BY subject_type, subject_id")
        .map((row, _) -> held(row))
        .list();
  }

  /// The one of a subject.
  static Optional<Held> of(Handle handle, Subject.Type type, long subject) {
    return handle
        .createQuery(
            "SELECT * FROM incident_hold WHERE subject_type = :type AND subject_id = :subject")
        .bind("type", type.code())
        .bind("subject", subject)
        .map((row, _) -> held(row))
        .findOne();
  }

  /// Whether a subject of that name does not work during maintenance.
  static boolean isInMaintenance(Handle handle, long owner, String name) {
    return handle
        .createQuery(
            "SELECT EXISTS (SELECT 1 FROM incident_hold WHERE owner_id = :owner"
                + " AND subject_name = :name AND reason = :reason AND state <> :slow)")
        .bind("owner", owner)
        .bind("name", name)
        .bind("reason", Reason.MAINTENANCE.code())
        .bind("slow", IncidentKind.SLOW.word())
        .mapTo(Boolean.class)
        .one();
  }

  /// Those that are held for another reason than maintenance.
  static Set<Subject> unreachableNow(Handle handle) {
    return handle
        .createQuery(
            "SELECT subject_type, subject_id, owner_id, subject_name FROM incident_hold"
                + " WHERE reason <> :reason")
        .bind("reason", Reason.MAINTENANCE.code())
        .map((row, _) -> subject(row))
        .set();
  }

  /// Those that are held behind a subject, by name, at most `limit`.
  static List<Subject> behind(Handle handle, long owner, String name, int limit) {
    return handle
        .createQuery(
            "SELECT subject_type, subject_id, owner_id, subject_name FROM incident_hold"
                + " WHERE owner_id = :owner AND behind = :name"
                + " AND reason = :reason ORDER BY subject_name LIMIT :limit")
        .bind("owner", owner)
        .bind("name", name)
        .bind("reason", Reason.BEHIND.code())
        .bind("limit", limit)
        .map((row, _) -> subject(row))
        .list();
  }

  /// How many are held behind each subject of an owner, by its name.
  static Map<String, Integer> countsBehind(Handle handle, long owner) {
    Map<String, Integer> counts = new HashMap<>();
    handle
        .createQuery(
            "SELECT behind, COUNT(*) AS many FROM incident_hold WHERE owner_id = :owner"
                + " AND reason = :reason GROUP BY behind")
        .bind("owner", owner)
        .bind("reason", Reason.BEHIND.code())
        .map((row, _) -> counts.put(row.getString("behind"), row.getInt("many")))
        .list();
    return counts;
  }

  private static Held held(ResultSet row) throws SQLException {
    Signal signal =
        new Signal(
            subject(row),
            "held",
            row.getString("state"),
            Optional.ofNullable(row.getString("cause")),
            Instant.ofEpochMilli(row.getLong("last_heard_at")),
            Instant.ofEpochMilli(row.getLong("began_at")),
            Instant.ofEpochMilli(row.getLong("at")),
            Optional.ofNullable(row.getString("answer")));
    return new Held(
        signal,
        Reason.CODEC.ofCode(row.getInt("reason")),
        Optional.ofNullable(row.getString("behind")));
  }

  private static Subject subject(ResultSet row) throws SQLException {
    return new Subject(
        Subject.Type.CODEC.ofCode(row.getInt("subject_type")),
        row.getLong("subject_id"),
        row.getLong("owner_id"),
        row.getString("subject_name"));
  }
}
