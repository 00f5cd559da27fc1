package dev.rollcall.server.incident;

import dev.rollcall.server.http.Json;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Severity;
import dev.rollcall.server.signal.Signal;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.InstantColumns;
import dev.rollcall.server.sql.Rows;
import dev.rollcall.server.web.Site;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
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
          + " end_cause, flapping, title, phase";

  /// Nothing if one of this subject and kind is open.
  private static final String OPEN =
      "INSERT INTO incident (owner_id, subject_type, subject_id, subject_name, kind, severity,"
          + " cause, started_at, opened_at, alert_keys, last_heard_at, flapping, steady_since,"
          + " steady_right) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)"
          + " ON CONFLICT (subject_type, subject_id, kind) WHERE resolved_at IS NULL DO NOTHING"
          + " RETURNING "
          + COLUMNS;

  /// Its subjects are in `incident_about`. Whoever opens one takes turns, so the number in its row
  /// is that of no other.
  private static final String OPEN_BY_HAND =
      "INSERT INTO incident (owner_id, subject_type, subject_id, subject_name, kind, severity,"
          + " started_at, opened_at, alert_keys, title) VALUES"
          + " (:owner, 0, (SELECT COALESCE(MAX(id), 0) + 1 FROM incident), '', :kind, :severity,"
          + " :at, :at, :keys, :title) RETURNING "
          + COLUMNS;

  private static final String ADD_ABOUT =
      "INSERT INTO incident_about (incident_id, subject_type, subject_id, subject_name)"
          + " VALUES (?, ?, ?, ?)";

  private static final String ADD_TAG =
      "INSERT INTO incident_tag (tag, incident_id) VALUES (?, ?) ON CONFLICT DO NOTHING";

  private static final String RESOLVE =
      "UPDATE incident SET resolved_at = ?, end_cause = ? WHERE id = ?"
          + " AND resolved_at IS NULL RETURNING "
          + COLUMNS;

  private static final String OPEN_ONES =
      "SELECT "
          + COLUMNS
          + " FROM incident WHERE subject_type = ? AND subject_id = ? AND resolved_at IS NULL";

  private static final String ADD_ENTRY =
      "INSERT INTO incident_entry (incident_id, at, type, made_by, text, is_public)"
          + " VALUES (?, ?, ?, ?, ?, ?)";

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
        incident -> {
          addTags(tx, incident);
          add(
              tx,
              incident.id(),
              new TimelineEntry(
                  signal.at(), TimelineEntry.Type.OPENED, Optional.empty(), signal.cause()));
          if (flapping) {
            add(
                tx,
                incident.id(),
                new TimelineEntry(
                    signal.at(), TimelineEntry.Type.FLAPPING, Optional.empty(), Optional.empty()));
          }
          answer(tx, incident.id(), signal);
        });
    return opened;
  }

  /// Opens one that a person asks for.
  ///
  /// @param by who
  static Incident openByHand(
      Handle tx, long owner, String title, AlertKeys keys, String by, Instant at) {
    Incident opened =
        tx.createQuery(OPEN_BY_HAND)
            .bind("owner", owner)
            .bind("kind", IncidentKind.MANUAL.code())
            .bind("severity", keys.severity().code())
            .bind("at", at.toEpochMilli())
            .bind("keys", keys.json())
            .bind("title", title)
            .map((row, _) -> incident(row))
            .one();
    addTags(tx, opened);
    add(
        tx,
        opened.id(),
        new TimelineEntry(at, TimelineEntry.Type.OPENED, Optional.of(by), Optional.empty()));
    return opened;
  }

  /// How many that people opened are open, of an owner.
  static int openByHand(Handle tx, long owner) {
    return tx.createQuery(
            "SELECT COUNT(*) FROM incident WHERE subject_type = 0 AND owner_id = :owner"
                + " AND resolved_at IS NULL")
        .bind("owner", owner)
        .mapTo(Integer.class)
        .one();
  }

  /// How many that people opened have opened since then, of an owner.
  static int openedByHand(Handle tx, long owner, Instant since) {
    return tx.createQuery(
            "SELECT COUNT(*) FROM incident WHERE owner_id = :owner AND subject_type = 0"
                + " AND opened_at >= :since")
        .bind("owner", owner)
        .bind("since", since.toEpochMilli())
        .mapTo(Integer.class)
        .one();
  }

  /// How many of one severity an owner has.
  record OpenOfOwner(long owner, Site.Open open) {}

  /// How many are open, of each owner and severity; those of `incident_open_owner` alone are read.
  static List<OpenOfOwner> openByOwner(Handle handle) {
    return handle
        .createQuery(
            "SELECT owner_id, severity, COUNT(*) AS many FROM incident"
                + " WHERE resolved_at IS NULL GROUP BY owner_id, severity")
        .map(
            (row, _) ->
                new OpenOfOwner(
                    row.getLong("owner_id"),
                    new Site.Open(
                        row.getLong("many"), row.getInt("severity") == Severity.CRITICAL.code())))
        .list();
  }

  /// Notes what an incident that a person opened is about.
  static void addAbout(Handle tx, long incident, Collection<Subject> about) {
    Rows.write(
        tx,
        ADD_ABOUT,
        List.copyOf(about),
        (row, one) -> {
          row.setLong(1, incident);
          row.setInt(2, one.type().code());
          row.setLong(3, one.id());
          row.setString(4, one.name());
        });
  }

  private static void addTags(Handle tx, Incident incident) {
    Rows.write(
        tx,
        ADD_TAG,
        incident.keys().tags(),
        (row, tag) -> {
          row.setString(1, tag);
          row.setLong(2, incident.id());
        });
  }

  /// Keeps what came back in the observation that opened or raised an incident.
  private static void answer(Handle tx, long incident, Signal signal) {
    signal
        .answer()
        .ifPresent(
            answer ->
                tx.createUpdate(
                        "INSERT INTO incident_answer (incident_id, answer) VALUES (:id, :answer)"
                            + " ON CONFLICT (incident_id) DO NOTHING")
                    .bind("id", incident)
                    .bind("answer", answer)
                    .execute());
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

  /// The ids of those of the incidents that there still are.
  static List<Long> existing(Handle tx, List<Long> incidents) {
    return find(tx, incidents).stream().map(Incident::id).toList();
  }

  /// Those of the incidents that there still are.
  static List<Incident> find(Handle tx, List<Long> incidents) {
    return incidents.stream()
        .flatMap(
            incident ->
                Rows.read(
                    tx,
                    "SELECT " + COLUMNS + " FROM incident WHERE id = ?",
                    incident,
                    (row, id) -> row.setLong(1, id),
                    IncidentTable::incident)
                    .stream())
        .toList();
  }

  /// How many incidents of a subject have opened since then, of those that exclude `kind`.
  static int opened(Handle tx, Subject subject, IncidentKind kind, Instant since) {
    return tx.createQuery(
            "SELECT COUNT(*) FROM incident WHERE subject_type = :type AND subject_id = :id"
                + " AND opened_at >= :since AND kind "
                + (kind == IncidentKind.CERTIFICATE ? "=" : "<>")
                + " :certificate")
        .bind("certificate", IncidentKind.CERTIFICATE.code())
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

  /// Since when the subject of an incident that flaps has held its state.
  static Instant steadySince(Handle tx, long incident) {
    return tx.createQuery("SELECT steady_since FROM incident WHERE id = :id")
        .bind("id", incident)
        .map((row, _) -> Instant.ofEpochMilli(row.getLong(1)))
        .one();
  }

  /// Whether an incident still is one of [#steady].
  static boolean isSteady(Handle tx, long incident, boolean right, Instant before) {
    return tx.createQuery(
            "SELECT EXISTS (SELECT 1 FROM incident WHERE id = :id AND flapping = 1"
                + " AND resolved_at IS NULL AND steady_since <= :before"
                + " AND steady_right = :right)")
        .bind("id", incident)
        .bind("before", before.toEpochMilli())
        .bind("right", right ? 1 : 0)
        .mapTo(Boolean.class)
        .one();
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

  /// An open incident becomes one of another kind. Whoever has acknowledged it has not seen that.
  static Incident raise(
      Handle tx, Signal signal, Incident incident, IncidentKind kind, Severity severity) {
    add(
        tx,
        incident.id(),
        new TimelineEntry(
            signal.at(), TimelineEntry.Type.RAISED, Optional.empty(), signal.cause()));
    answer(tx, incident.id(), signal);
    return tx.createQuery(
            "UPDATE incident SET kind = :kind, severity = :severity, cause = :cause, flapping = 0,"
                + " last_heard_at = :heard, acknowledged_at = NULL, acknowledged_by = NULL WHERE id"
                + " = :id RETURNING "
                + COLUMNS)
        .bind("kind", kind.code())
        .bind("severity", severity.code())
        .bind("cause", signal.cause().orElse(null))
        .bind("heard", signal.lastHeard().toEpochMilli())
        .bind("id", incident.id())
        .map((row, _) -> incident(row))
        .one();
  }

  /// An open incident has another cause.
  static void cause(Handle tx, long incident, Optional<String> cause) {
    tx.createUpdate("UPDATE incident SET cause = :cause WHERE id = :id")
        .bind("cause", cause.orElse(null))
        .bind("id", incident)
        .execute();
  }

  /// Whether a subject of that name has an open incident that says that it does not work.
  static boolean isOpen(Handle tx, long owner, String name) {
    return tx.createQuery(
            "SELECT EXISTS (SELECT 1 FROM incident WHERE owner_id = :owner"
                + " AND subject_name = :name AND resolved_at IS NULL AND kind IN ("
                + IncidentKind.outages()
                + "))")
        .bind("owner", owner)
        .bind("name", name)
        .mapTo(Boolean.class)
        .one();
  }

  /// Ends an open incident, because of what was found.
  ///
  /// @param found when; it may have waited since, and none ends before it opened
  /// @param why empty: its subject is as it should be
  static Incident resolve(Handle tx, Incident incident, Instant found, Optional<String> why) {
    Instant at = found.isBefore(incident.openedAt()) ? incident.openedAt() : found;
    add(
        tx,
        incident.id(),
        new TimelineEntry(at, TimelineEntry.Type.RESOLVED, Optional.empty(), why));
    return Rows.read(
            tx,
            RESOLVE,
            incident,
            (row, one) -> {
              row.setLong(1, at.toEpochMilli());
              row.setString(2, why.orElse(null));
              row.setLong(3, one.id());
            },
            IncidentTable::incident)
        .getFirst();
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
          row.setInt(6, one.isPublic() ? 1 : 0);
        });
  }

  /// Keeps what the subject of an incident had printed last.
  static void keepOutput(Handle tx, long incident, String output) {
    Rows.write(
        tx,
        "INSERT INTO incident_output (incident_id, output) VALUES (?, ?)",
        List.of(output),
        (row, text) -> {
          row.setLong(1, incident);
          row.setString(2, text);
        });
  }

  /// What else it is called; empty: nothing else.
  static void title(Handle tx, long incident, Optional<String> title) {
    tx.createUpdate("UPDATE incident SET title = :title WHERE id = :id")
        .bind("title", title.orElse(null))
        .bind("id", incident)
        .execute();
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
    IncidentKind kind = IncidentKind.CODEC.ofCode(row.getInt("kind"));
    int phase = row.getInt("phase");
    return new Incident(
        row.getLong("id"),
        row.getLong("owner_id"),
        kind == IncidentKind.MANUAL ? Optional.empty() : Optional.of(subject(row)),
        Optional.ofNullable(row.getString("title")),
        kind,
        AlertKeys.stored(Json.stored(row.getString("alert_keys")))
            .severity(Severity.CODEC.ofCode(row.getInt("severity"))),
        Optional.ofNullable(row.getString("cause")),
        started,
        Instant.ofEpochMilli(row.getLong("opened_at")),
        InstantColumns.instant(row, "resolved_at"),
        Optional.ofNullable(row.getString("end_cause")),
        InstantColumns.instant(row, "last_heard_at").orElse(started),
        row.getInt("flapping") == 1,
        acknowledged.map(at -> new Incident.Acknowledgement(by == null ? "-" : by, at)),
        phase == 0 ? Optional.empty() : Optional.of(PublicPhase.CODEC.ofCode(phase)));
  }

  /// Reads `subject_type`, `subject_id`, `owner_id` and `subject_name`.
  static Subject subject(ResultSet row) throws SQLException {
    return new Subject(
        Subject.Type.CODEC.ofCode(row.getInt("subject_type")),
        row.getLong("subject_id"),
        row.getLong("owner_id"),
        row.getString("subject_name"));
  }
}
