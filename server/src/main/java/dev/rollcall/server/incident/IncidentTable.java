package dev.rollcall.server.incident;

import dev.rollcall.server.http.Json;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Severity;
import dev.rollcall.server.signal.Signal;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.InstantColumns;
import dev.rollcall.server.sql.Rows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// The rows of incidents and their timelines, within the transactions of those who open and end
/// them.
final class IncidentTable {
  /// What [#incident] reads.
  static final String COLUMNS =
      "id, owner_id, subject_type, subject_id, subject_name, kind, severity, cause, started_at,"
          + " opened_at, resolved_at, acknowledged_at, acknowledged_by, alert_keys, last_heard_at,"
          + " end_cause, flapping";

  /// Nothing if one of this subject and kind is open.
  private static final String OPEN =
      "INSERT INTO incident (owner_id, subject_type, subject_id, subject_name, kind, severity,"
          + " cause, started_at, opened_at, alert_keys, last_heard_at, flapping, steady_since,"
          + " steady_right) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)"
          + " ON CONFLICT (subject_type, subject_id, kind) WHERE resolved_at IS NULL DO NOTHING"
          + " RETURNING "
          + COLUMNS;

  private static final String RESOLVE =
      "UPDATE incident SET resolved_at = ?, end_cause = ? WHERE subject_type = ? AND subject_id = ?"
          + " AND resolved_at IS NULL RETURNING "
          + COLUMNS;

  private static final String OPEN_ONES =
      "SELECT "
          + COLUMNS
          + " FROM incident WHERE subject_type = ? AND subject_id = ? AND resolved_at IS NULL";

  private static final String ADD_ENTRY =
      "INSERT INTO incident_entry (incident_id, at, type, made_by, text) VALUES (?, ?, ?, ?, ?)";

  private IncidentTable() {}

  /// Opens an incident.
  ///
  /// @param flapping whether it stays open until its subject has held one state for a while
  /// @return empty if one of this subject and kind is open already
  static Optional<Incident> open(
      Handle tx, Signal signal, IncidentKind kind, AlertKeys keys, boolean flapping) {
    Optional<Incident> opened =
        Rows.read(
                tx,
                OPEN,
                signal,
                (row, one) -> {
                  row.setLong(1, one.subject().owner());
                  row.setInt(2, one.subject().type().code());
                  row.setLong(3, one.subject().id());
                  row.setString(4, one.subject().name());
                  row.setInt(5, kind.code());
                  row.setInt(6, keys.severity().code());
                  row.setString(7, one.cause().orElse(null));
                  row.setLong(8, one.began().toEpochMilli());
                  row.setLong(9, one.at().toEpochMilli());
                  row.setString(10, keys.json());
                  row.setLong(11, one.lastHeard().toEpochMilli());
                  row.setInt(12, flapping ? 1 : 0);
                  row.setLong(13, one.at().toEpochMilli());
                },
                IncidentTable::incident)
            .stream()
            .findFirst();
    opened.ifPresent(
        incident ->
            add(
                tx,
                incident.id(),
                new TimelineEntry(
                    signal.at(), TimelineEntry.Type.OPENED, Optional.empty(), signal.cause())));
    return opened;
  }

  /// The open incidents of a subject.
  static List<Incident> openOf(Handle tx, Subject subject) {
    return Rows.read(
        tx,
        OPEN_ONES,
        subject,
        (row, one) -> {
          row.setInt(1, one.type().code());
          row.setLong(2, one.id());
        },
        IncidentTable::incident);
  }

  /// Those of the incidents that there still are.
  static List<Long> existing(Handle tx, List<Long> incidents) {
    return those(tx, incidents, "SELECT id FROM incident WHERE id = ?");
  }

  /// Those of the incidents that have ended.
  static List<Long> resolved(Handle tx, List<Long> incidents) {
    return those(tx, incidents, "SELECT id FROM incident WHERE id = ? AND resolved_at IS NOT NULL");
  }

  private static List<Long> those(Handle tx, List<Long> incidents, String sql) {
    return incidents.stream()
        .flatMap(
            incident ->
                Rows.read(tx, sql, incident, (row, id) -> row.setLong(1, id), row -> row.getLong(1))
                    .stream())
        .toList();
  }

  /// How many incidents of a subject have opened since then.
  static int opened(Handle tx, Subject subject, Instant since) {
    return tx.createQuery(
            "SELECT COUNT(*) FROM incident WHERE subject_type = :type AND subject_id = :id"
                + " AND opened_at >= :since")
        .bind("type", subject.type().code())
        .bind("id", subject.id())
        .bind("since", since.toEpochMilli())
        .mapTo(Integer.class)
        .one();
  }

  /// Notes that the subject of an incident that flaps has another state.
  static void changed(Handle tx, long incident, boolean right, Instant at) {
    tx.createUpdate("UPDATE incident SET steady_since = :at, steady_right = :right WHERE id = :id")
        .bind("at", at.toEpochMilli())
        .bind("right", right ? 1 : 0)
        .bind("id", incident)
        .execute();
  }

  /// The incidents that flap, and whose subjects have held one state since `before`.
  ///
  /// @param right whether that state is right
  static List<Incident> steady(Handle handle, boolean right, Instant before) {
    return handle
        .createQuery(
            "SELECT "
                + COLUMNS
                + " FROM incident WHERE flapping = 1 AND resolved_at IS NULL"
                + " AND steady_since <= :before AND steady_right = :right ORDER BY id LIMIT 1000")
        .bind("before", before.toEpochMilli())
        .bind("right", right ? 1 : 0)
        .map((row, _) -> incident(row))
        .list();
  }

  /// An incident flaps no longer: it is open as others are.
  static void calm(Handle tx, long incident) {
    tx.createUpdate("UPDATE incident SET flapping = 0 WHERE id = :id")
        .bind("id", incident)
        .execute();
  }

  /// Ends an open incident.
  ///
  /// @param by who ends it; empty: its subject is as it should be
  /// @return empty if it has ended before
  static Optional<Incident> end(Handle tx, long id, Instant at, Optional<String> by) {
    Optional<Incident> over =
        tx.createQuery(
                "UPDATE incident SET resolved_at = :at, end_cause = :why WHERE id = :id"
                    + " AND resolved_at IS NULL RETURNING "
                    + COLUMNS)
            .bind("at", at.toEpochMilli())
            .bind("why", by.map(who -> "resolved by " + who).orElse(null))
            .bind("id", id)
            .map((row, _) -> incident(row))
            .findOne();
    over.ifPresent(
        _ -> add(tx, id, new TimelineEntry(at, TimelineEntry.Type.RESOLVED, by, Optional.empty())));
    return over;
  }

  /// Whether a subject of that name has an open incident.
  static boolean isOpen(Handle tx, long owner, String name) {
    return tx.createQuery(
            "SELECT EXISTS (SELECT 1 FROM incident WHERE owner_id = :owner"
                + " AND subject_name = :name AND resolved_at IS NULL)")
        .bind("owner", owner)
        .bind("name", name)
        .mapTo(Boolean.class)
        .one();
  }

  /// Ends the open incidents of a subject.
  ///
  /// @param why empty: it is as it should be
  /// @return those that it ended
  static List<Incident> resolve(Handle tx, Signal signal, Optional<String> why) {
    List<Incident> resolved =
        Rows.read(
            tx,
            RESOLVE,
            signal,
            (row, one) -> {
              row.setLong(1, one.at().toEpochMilli());
              row.setString(2, why.orElse(null));
              row.setInt(3, one.subject().type().code());
              row.setLong(4, one.subject().id());
            },
            IncidentTable::incident);
    for (Incident incident : resolved) {
      add(
          tx,
          incident.id(),
          new TimelineEntry(signal.at(), TimelineEntry.Type.RESOLVED, Optional.empty(), why));
    }
    return resolved;
  }

  /// Adds an entry to the timeline of an incident.
  static void add(Handle tx, long incident, TimelineEntry entry) {
    Rows.write(
        tx,
        ADD_ENTRY,
        List.of(entry),
        (row, one) -> {
          row.setLong(1, incident);
          row.setLong(2, one.at().toEpochMilli());
          row.setInt(3, one.type().code());
          row.setString(4, one.by().orElse(null));
          row.setString(5, one.text().orElse(null));
        });
  }

  /// Whoever changes incidents, or how far channels have been told of them, does so one after the
  /// other: otherwise one process could tell that an incident is open while another one ends it.
  static void takeTurns(Database database, Handle tx) {
    database.takeTurns(tx, "incident");
  }

  /// Reads the [#COLUMNS].
  static Incident incident(ResultSet row) throws SQLException {
    Instant started = Instant.ofEpochMilli(row.getLong("started_at"));
    Optional<Instant> acknowledged = InstantColumns.instant(row, "acknowledged_at");
    String by = row.getString("acknowledged_by");
    return new Incident(
        row.getLong("id"),
        new Subject(
            Subject.Type.CODEC.ofCode(row.getInt("subject_type")),
            row.getLong("subject_id"),
            row.getLong("owner_id"),
            row.getString("subject_name")),
        IncidentKind.CODEC.ofCode(row.getInt("kind")),
        AlertKeys.stored(Json.stored(row.getString("alert_keys")))
            .severity(Severity.CODEC.ofCode(row.getInt("severity"))),
        Optional.ofNullable(row.getString("cause")),
        started,
        Instant.ofEpochMilli(row.getLong("opened_at")),
        InstantColumns.instant(row, "resolved_at"),
        Optional.ofNullable(row.getString("end_cause")),
        InstantColumns.instant(row, "last_heard_at").orElse(started),
        row.getInt("flapping") == 1,
        acknowledged.map(at -> new Incident.Acknowledgement(by == null ? "-" : by, at)));
  }
}
