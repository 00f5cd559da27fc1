package dev.rollcall.server.incident;

import dev.rollcall.server.http.Json;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Severity;
import dev.rollcall.server.signal.Signal;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.InstantColumns;
import dev.rollcall.server.sql.Rows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/// The incidents and their timelines.
public final class IncidentStore {
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

  private static final int ROWS_AT_ONCE = 1_000;

  /// Which incidents somebody asks for.
  ///
  /// @param open whether they are open; empty: both
  /// @param subject empty: any
  /// @param before only those with a smaller id
  public record Filter(
      Optional<Boolean> open,
      Optional<IncidentKind> kind,
      Optional<SubjectFilter> subject,
      long before) {}

  /// A subject by its name.
  public record SubjectFilter(Subject.Type type, String name) {}

  /// A change that a person makes.
  private sealed interface Change {
    long incident();

    record Acknowledge(long incident, String by, Optional<String> note) implements Change {}

    record Unacknowledge(long incident, String by) implements Change {}

    record Severe(long incident, String by, Severity severity) implements Change {}

    record Resolve(long incident, String by, BiConsumer<Handle, Incident> ended)
        implements Change {}

    record Note(long incident, String by, String text) implements Change {}
  }

  private final Database database;
  private final GroupCommit commits;
  private final Batch<Long, Integer> forgetting = IncidentStore::forgetAll;
  private final Batch<Long, Integer> deleting = IncidentStore::deleteAll;
  private final Batch<Made, Boolean> changing = this::applyAll;

  private record Made(Change change, Instant at) {}

  IncidentStore(Database database, GroupCommit commits) {
    this.database = database;
    this.commits = commits;
  }

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
                IncidentStore::incident)
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
        IncidentStore::incident);
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

  /// Ends an open incident: its subject is as it should be.
  ///
  /// @return empty if it has ended
  static Optional<Incident> recover(Handle tx, long id, Instant at) {
    Optional<Incident> over =
        tx.createQuery(
                "UPDATE incident SET resolved_at = :at WHERE id = :id AND resolved_at IS NULL"
                    + " RETURNING "
                    + COLUMNS)
            .bind("at", at.toEpochMilli())
            .bind("id", id)
            .map((row, _) -> incident(row))
            .findOne();
    over.ifPresent(
        _ ->
            add(
                tx,
                id,
                new TimelineEntry(
                    at, TimelineEntry.Type.RESOLVED, Optional.empty(), Optional.empty())));
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

  /// The names of what is unreachable behind the subject of an incident.
  public List<String> behind(Incident incident, int limit) {
    Subject subject = incident.subject();
    return database.read(
        handle -> HeldSignals.behind(handle, subject.owner(), subject.name(), limit));
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
            IncidentStore::incident);
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

  /// The newest incidents.
  public List<Incident> newest(Scope scope, Filter filter, int limit) {
    return database.read(
        handle -> {
          Query query =
              handle
                  .createQuery(
                      "SELECT "
                          + COLUMNS
                          + " FROM incident WHERE id < :before"
                          + scope.and("owner_id")
                          + conditions(filter)
                          + " ORDER BY id DESC LIMIT :limit")
                  .bind("before", filter.before())
                  .bind("limit", limit);
          filter.kind().ifPresent(kind -> query.bind("kind", kind.code()));
          filter
              .subject()
              .ifPresent(
                  subject ->
                      query.bind("type", subject.type().code()).bind("name", subject.name()));
          return query.map((row, _) -> incident(row)).list();
        });
  }

  /// The newest incidents of one subject.
  public List<Incident> of(Scope scope, Subject.Type type, long subject, int limit) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT "
                        + COLUMNS
                        + " FROM incident WHERE subject_type = :type AND subject_id = :subject"
                        + scope.and("owner_id")
                        + " ORDER BY id DESC LIMIT :limit")
                .bind("type", type.code())
                .bind("subject", subject)
                .bind("limit", limit)
                .map((row, _) -> incident(row))
                .list());
  }

  /// Why nobody is told of a subject that is wrong.
  ///
  /// @param behind what it depends on and what is wrong too, or may be; empty: maintenance
  public record Hold(Optional<String> behind) {}

  /// Why nobody is told of a subject; empty if that is not so.
  public Optional<Hold> hold(Subject.Type type, long subject) {
    return database
        .read(handle -> HeldSignals.of(handle, type, subject))
        .map(held -> new Hold(held.behind()));
  }

  /// How many subjects of an owner are unreachable behind which others, by the names of these.
  public Map<String, Integer> behind(long owner) {
    return database.read(handle -> HeldSignals.countsBehind(handle, owner));
  }

  private static String conditions(Filter filter) {
    return filter
            .open()
            .map(open -> " AND resolved_at IS" + (open ? " NULL" : " NOT NULL"))
            .orElse("")
        + filter.kind().map(_ -> " AND kind = :kind").orElse("")
        + filter
            .subject()
            .map(_ -> " AND subject_type = :type AND subject_name = :name")
            .orElse("");
  }

  /// One incident.
  public Optional<Incident> find(Scope scope, long id) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT " + COLUMNS + " FROM incident WHERE id = :id" + scope.and("owner_id"))
                .bind("id", id)
                .map((row, _) -> incident(row))
                .findOne());
  }

  /// What happened to an incident, in order.
  public List<TimelineEntry> timeline(long incident) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT at, type, made_by, text FROM incident_entry"
                        + " WHERE incident_id = :incident ORDER BY id")
                .bind("incident", incident)
                .map(
                    (row, _) ->
                        new TimelineEntry(
                            Instant.ofEpochMilli(row.getLong("at")),
                            TimelineEntry.Type.CODEC.ofCode(row.getInt("type")),
                            Optional.ofNullable(row.getString("made_by")),
                            Optional.ofNullable(row.getString("text"))))
                .list());
  }

  /// How many incidents are open, of each severity and kind.
  List<OpenCount> openCounts() {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT severity, kind, COUNT(*) AS many FROM incident"
                        + " WHERE resolved_at IS NULL GROUP BY severity, kind")
                .map(
                    (row, _) ->
                        new OpenCount(
                            Severity.CODEC.ofCode(row.getInt("severity")),
                            IncidentKind.CODEC.ofCode(row.getInt("kind")),
                            row.getLong("many")))
                .list());
  }

  /// How many incidents of a severity and kind are open.
  record OpenCount(Severity severity, IncidentKind kind, long many) {}

  /// Somebody has seen an open incident.
  ///
  /// @return false if it has ended, or is acknowledged already
  boolean acknowledge(long incident, String by, Optional<String> note, Instant at) {
    return commits.write(changing, new Made(new Change.Acknowledge(incident, by, note), at));
  }

  /// Takes that back.
  ///
  /// @return false if it has ended, or is not acknowledged
  boolean unacknowledge(long incident, String by, Instant at) {
    return commits.write(changing, new Made(new Change.Unacknowledge(incident, by), at));
  }

  /// Gives an incident that exists another severity.
  void severity(long incident, String by, Severity severity, Instant at) {
    commits.write(changing, new Made(new Change.Severe(incident, by, severity), at));
  }

  /// Ends an open incident by hand.
  ///
  /// @param ended is called in the transaction, with the incident as it is then
  /// @return false if it has ended
  boolean resolve(long incident, String by, BiConsumer<Handle, Incident> ended, Instant at) {
    return commits.write(changing, new Made(new Change.Resolve(incident, by, ended), at));
  }

  /// Adds a note to an incident that exists.
  void note(long incident, String by, String text, Instant at) {
    commits.write(changing, new Made(new Change.Note(incident, by, text), at));
  }

  /// Whoever changes incidents, or how far channels have been told of them, does so one after the
  /// other: otherwise one process could tell that an incident is open while another one ends it.
  static void takeTurns(Database database, Handle tx) {
    database.takeTurns(tx, "incident");
  }

  private List<Boolean> applyAll(Handle tx, List<Made> items) {
    takeTurns(database, tx);
    return items.stream().map(made -> apply(tx, made)).toList();
  }

  private static boolean apply(Handle tx, Made made) {
    long at = made.at().toEpochMilli();
    Change change = made.change();
    return switch (change) {
      case Change.Acknowledge(long incident, String by, Optional<String> note) -> {
        int rows =
            tx.createUpdate(
                    "UPDATE incident SET acknowledged_at = :at, acknowledged_by = :by WHERE id ="
                        + " :id AND resolved_at IS NULL AND acknowledged_at IS NULL")
                .bind("at", at)
                .bind("by", by)
                .bind("id", incident)
                .execute();
        yield rows > 0 && added(tx, made, TimelineEntry.Type.ACKNOWLEDGED, by, note);
      }
      case Change.Unacknowledge(long incident, String by) -> {
        int rows =
            tx.createUpdate(
                    "UPDATE incident SET acknowledged_at = NULL, acknowledged_by = NULL"
                        + " WHERE id = :id AND resolved_at IS NULL AND acknowledged_at IS NOT NULL")
                .bind("id", incident)
                .execute();
        IncidentChannels.wake(tx, incident, made.at());
        yield rows > 0 && added(tx, made, TimelineEntry.Type.UNACKNOWLEDGED, by, Optional.empty());
      }
      case Change.Severe(long incident, String by, Severity severity) -> {
        tx.createUpdate("UPDATE incident SET severity = :severity WHERE id = :id")
            .bind("severity", severity.code())
            .bind("id", incident)
            .execute();
        yield added(tx, made, TimelineEntry.Type.SEVERITY, by, Optional.of(severity.word()));
      }
      case Change.Resolve(long incident, String by, BiConsumer<Handle, Incident> ended) -> {
        Optional<Incident> over =
            tx.createQuery(
                    "UPDATE incident SET resolved_at = :at, end_cause = :why WHERE id = :id"
                        + " AND resolved_at IS NULL RETURNING "
                        + COLUMNS)
                .bind("at", at)
                .bind("why", "resolved by " + by)
                .bind("id", incident)
                .map((row, _) -> incident(row))
                .findOne();
        over.ifPresent(one -> ended.accept(tx, one));
        yield over.isPresent()
            && added(tx, made, TimelineEntry.Type.RESOLVED, by, Optional.empty());
      }
      case Change.Note(_, String by, String text) ->
          added(tx, made, TimelineEntry.Type.NOTE, by, Optional.of(text));
    };
  }

  private static boolean added(
      Handle tx, Made made, TimelineEntry.Type type, String by, Optional<String> text) {
    add(tx, made.change().incident(), new TimelineEntry(made.at(), type, Optional.of(by), text));
    return true;
  }

  /// Deletes those that ended before, in slices so that other writers do not wait for long.
  void forget(Instant before) {
    while (commits.write(forgetting, before.toEpochMilli()) == ROWS_AT_ONCE) {
      // the next slice
    }
  }

  private static List<Integer> forgetAll(Handle tx, List<Long> befores) {
    return befores.stream()
        .map(
            before ->
                tx.createUpdate(
                        "DELETE FROM incident WHERE id IN (SELECT id FROM incident"
                            + " WHERE resolved_at < :before LIMIT :limit)")
                    .bind("before", before)
                    .bind("limit", ROWS_AT_ONCE)
                    .execute())
        .toList();
  }

  /// Deletes all of an owner.
  void deleteOf(long owner) {
    while (commits.write(deleting, owner) == ROWS_AT_ONCE) {
      // the next slice
    }
  }

  private static List<Integer> deleteAll(Handle tx, List<Long> owners) {
    return owners.stream()
        .map(
            owner ->
                tx.createUpdate(
                        "DELETE FROM incident WHERE id IN (SELECT id FROM incident"
                            + " WHERE owner_id = :owner AND owner_id <> 0 LIMIT :limit)")
                    .bind("owner", owner)
                    .bind("limit", ROWS_AT_ONCE)
                    .execute())
        .toList();
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
