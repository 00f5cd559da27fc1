package dev.rollcall.server.incident;

import dev.rollcall.server.http.Json;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.Severity;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.InstantColumns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/// The incidents and their timelines, for those who ask for them, and what people do with them.
public final class IncidentStore {
  private static final int ROWS_AT_ONCE = 1_000;

  /// Which incidents somebody asks for.
  ///
  /// @param open whether they are open; empty: both
  /// @param subject empty: any
  /// @param tag one that a subject had when the incident opened; empty: any
  /// @param before only those with a smaller id
  public record Filter(
      Optional<Boolean> open,
      Optional<IncidentKind> kind,
      Optional<SubjectFilter> subject,
      Optional<String> tag,
      long before) {}

  /// A subject by its name.
  public record SubjectFilter(Subject.Type type, String name) {
    /// As the API writes it: `service:shop`.
    String text() {
      return Subject.Type.CODEC.word(type) + ":" + name;
    }
  }

  /// A change that a person makes.
  sealed interface Change {
    long incident();

    record Acknowledge(long incident, String by, Optional<String> note) implements Change {}

    /// It is no longer acknowledged.
    ///
    /// @param goesOn is called in the transaction, if it was acknowledged
    record Unacknowledge(long incident, String by, BiConsumer<Handle, Instant> goesOn)
        implements Change {}

    record SetSeverity(long incident, String by, Severity severity) implements Change {}

    /// It is called something else.
    ///
    /// @param title empty: nothing else than its subject is called
    record SetTitle(long incident, String by, Optional<String> title) implements Change {}

    /// It is in another phase for the public.
    ///
    /// @param phase empty: it is no longer published
    record SetPhase(long incident, String by, Optional<PublicPhase> phase) implements Change {}

    record Resolve(long incident, String by, BiConsumer<Handle, Incident> ended)
        implements Change {}

    record Note(long incident, String by, String text, boolean isPublic) implements Change {}
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

  /// The names of what is unreachable behind the subject of an incident.
  public List<String> behind(Incident incident, int limit) {
    return incident
        .subject()
        .map(
            subject ->
                database.read(
                    handle -> HeldSignals.behind(handle, subject.owner(), subject.name(), limit)))
        .orElse(List.of());
  }

  /// The newest incidents.
  public List<Incident> newest(Scope scope, Filter filter, int limit) {
    return database.read(
        handle -> {
          Query query =
              handle
                  .createQuery(
                      "SELECT "
                          + IncidentTable.COLUMNS
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
          filter.tag().ifPresent(tag -> query.bind("tag", tag));
          return query.map((row, _) -> IncidentTable.incident(row)).list();
        });
  }

  /// What incidents are about that people opened, by their ids; the others have one subject each.
  public Map<Long, List<Subject>> about(List<Incident> incidents) {
    List<Long> ids =
        incidents.stream()
            .filter(incident -> incident.subject().isEmpty())
            .map(Incident::id)
            .toList();
    return ids.isEmpty() ? Map.of() : aboutOf(ids);
  }

  private Map<Long, List<Subject>> aboutOf(List<Long> ids) {
    Map<Long, List<Subject>> about = new HashMap<>();
    database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT a.incident_id, a.subject_type, a.subject_id, a.subject_name,"
                        + " i.owner_id FROM incident_about a JOIN incident i ON i.id ="
                        + " a.incident_id WHERE a.incident_id IN (<ids>)"
                        + " ORDER BY a.subject_type, a.subject_name")
                .bindList("ids", ids)
                .map(
                    (row, _) ->
                        about
                            .computeIfAbsent(row.getLong("incident_id"), _ -> new ArrayList<>())
                            .add(IncidentTable.subject(row)))
                .list());
    return about;
  }

  /// The newest incidents of one subject.
  public List<Incident> of(Scope scope, Subject.Type type, long subject, int limit) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT "
                        + IncidentTable.COLUMNS
                        + " FROM incident WHERE id IN (SELECT n.id FROM (SELECT id FROM incident"
                        + " WHERE subject_type = :type AND subject_id = :subject"
                        + " ORDER BY id DESC LIMIT :limit) n UNION ALL"
                        + " SELECT incident_id FROM incident_about"
                        + " WHERE subject_type = :type AND subject_id = :subject)"
                        + scope.and("owner_id")
                        + " ORDER BY id DESC LIMIT :limit")
                .bind("type", type.code())
                .bind("subject", subject)
                .bind("limit", limit)
                .map((row, _) -> IncidentTable.incident(row))
                .list());
  }

  /// What is summed up of the incidents that have opened from one moment until before another, from
  /// the oldest to the newest.
  List<IncidentSummary.Row> opened(Scope scope, Instant from, Instant to, int limit) {
    List<Opened> rows =
        database.read(
            handle ->
                handle
                    .createQuery(
                        "SELECT id, owner_id, kind, subject_type, subject_id, subject_name,"
                            + " started_at, opened_at, acknowledged_at, resolved_at FROM incident"
                            + " WHERE opened_at >= :from AND opened_at < :to"
                            + scope.and("owner_id")
                            + " ORDER BY opened_at, id LIMIT :limit")
                    .bind("from", from.toEpochMilli())
                    .bind("to", to.toEpochMilli())
                    .bind("limit", limit)
                    .map((row, _) -> opened(row))
                    .list());
    List<Long> byHand = rows.stream().filter(row -> !row.row().found()).map(Opened::id).toList();
    Map<Long, List<Subject>> about = new HashMap<>();
    for (int begin = 0; begin < byHand.size(); begin += ROWS_AT_ONCE) {
      int end = Math.min(byHand.size(), begin + ROWS_AT_ONCE);
      about.putAll(aboutOf(byHand.subList(begin, end)));
    }
    return rows.stream()
        .map(
            row ->
                row.row().found()
                    ? row.row()
                    : row.row().about(about.getOrDefault(row.id(), List.of())))
        .toList();
  }

  private record Opened(long id, IncidentSummary.Row row) {}

  private static Opened opened(ResultSet row) throws SQLException {
    boolean found = row.getInt("kind") != IncidentKind.MANUAL.code();
    return new Opened(
        row.getLong("id"),
        new IncidentSummary.Row(
            found ? List.of(IncidentTable.subject(row)) : List.of(),
            found,
            Instant.ofEpochMilli(row.getLong("started_at")),
            Instant.ofEpochMilli(row.getLong("opened_at")),
            InstantColumns.instant(row, "acknowledged_at"),
            InstantColumns.instant(row, "resolved_at")));
  }

  /// Why nobody is told of a subject that is wrong.
  ///
  /// @param behind what it depends on and what is wrong too, or may be
  /// @param maintenance whether maintenance covers it. If nothing is the reason, it is looked where
  ///   the network is broken.
  public record Hold(Optional<String> behind, boolean maintenance) {}

  /// Why nobody is told of a subject; empty if that is not so.
  public Optional<Hold> hold(Subject.Type type, long subject) {
    return database
        .read(handle -> HeldSignals.of(handle, type, subject))
        .map(held -> new Hold(held.behind(), held.reason() == HeldSignals.Reason.MAINTENANCE));
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
            .map(
                _ ->
                    " AND ((subject_type = :type AND subject_name = :name) OR id IN"
                        + " (SELECT incident_id FROM incident_about"
                        + " WHERE subject_type = :type AND subject_name = :name))")
            .orElse("")
        + filter
            .tag()
            .map(_ -> " AND id IN (SELECT incident_id FROM incident_tag WHERE tag = :tag)")
            .orElse("");
  }

  /// One incident.
  public Optional<Incident> find(Scope scope, long id) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT "
                        + IncidentTable.COLUMNS
                        + " FROM incident WHERE id = :id"
                        + scope.and("owner_id"))
                .bind("id", id)
                .map((row, _) -> IncidentTable.incident(row))
                .findOne());
  }

  /// What happened to an incident, in order.
  public List<TimelineEntry> timeline(long incident) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT at, type, made_by, text, is_public FROM incident_entry"
                        + " WHERE incident_id = :incident ORDER BY id")
                .bind("incident", incident)
                .map(
                    (row, _) ->
                        new TimelineEntry(
                            Instant.ofEpochMilli(row.getLong("at")),
                            TimelineEntry.Type.CODEC.ofCode(row.getInt("type")),
                            Optional.ofNullable(row.getString("made_by")),
                            Optional.ofNullable(row.getString("text")),
                            row.getInt("is_public") == 1))
                .list());
  }

  /// What people have written in a timeline.
  record Written(long entries, long characters) {}

  /// What people have written in the timeline of an incident.
  Written writtenByPeople(long incident) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT COUNT(*) AS entries, COALESCE(SUM(LENGTH(text)), 0) AS characters"
                        + " FROM incident_entry"
                        + " WHERE incident_id = :incident AND made_by IS NOT NULL")
                .bind("incident", incident)
                .map((row, _) -> new Written(row.getLong("entries"), row.getLong("characters")))
                .one());
  }

  /// The end of what the subject of an incident had printed last when it opened.
  public Optional<String> output(long incident) {
    return database.read(
        handle ->
            handle
                .createQuery("SELECT output FROM incident_output WHERE incident_id = :incident")
                .bind("incident", incident)
                .mapTo(String.class)
                .findOne());
  }

  /// What is known of the observation that opened an incident; empty if nothing is.
  public Optional<IncidentAnswer> answer(long incident) {
    return database.read(
        handle ->
            handle
                .createQuery("SELECT answer FROM incident_answer WHERE incident_id = :incident")
                .bind("incident", incident)
                .map((row, _) -> IncidentAnswer.of(Json.stored(row.getString("answer"))))
                .findOne());
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
  /// @param goesOn is called in the transaction, with the time, unless this returns false
  /// @return false if it has ended, or is not acknowledged
  boolean unacknowledge(long incident, String by, BiConsumer<Handle, Instant> goesOn, Instant at) {
    return commits.write(changing, new Made(new Change.Unacknowledge(incident, by, goesOn), at));
  }

  /// Makes changes of an incident that exists, together.
  void changeAll(List<Change> changes, Instant at) {
    if (!changes.isEmpty()) {
      commits.writeAll(changing, changes.stream().map(change -> new Made(change, at)).toList());
    }
  }

  /// Ends an open incident by hand.
  ///
  /// @param ended is called in the transaction, with the incident as it is then
  /// @return false if it has ended
  boolean resolve(long incident, String by, BiConsumer<Handle, Incident> ended, Instant at) {
    return commits.write(changing, new Made(new Change.Resolve(incident, by, ended), at));
  }

  /// Adds a note to an incident that exists.
  void note(long incident, String by, String text, boolean isPublic, Instant at) {
    commits.write(changing, new Made(new Change.Note(incident, by, text, isPublic), at));
  }

  private List<Boolean> applyAll(Handle tx, List<Made> items) {
    IncidentTable.takeTurns(database, tx);
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
      case Change.Unacknowledge(long incident, String by, BiConsumer<Handle, Instant> goesOn) -> {
        int rows =
            tx.createUpdate(
                    "UPDATE incident SET acknowledged_at = NULL, acknowledged_by = NULL"
                        + " WHERE id = :id AND resolved_at IS NULL AND acknowledged_at IS NOT NULL")
                .bind("id", incident)
                .execute();
        if (rows > 0) {
          goesOn.accept(tx, made.at());
        }
        yield rows > 0 && added(tx, made, TimelineEntry.Type.UNACKNOWLEDGED, by, Optional.empty());
      }
      case Change.SetSeverity(long incident, String by, Severity severity) -> {
        tx.createUpdate("UPDATE incident SET severity = :severity WHERE id = :id")
            .bind("severity", severity.code())
            .bind("id", incident)
            .execute();
        yield added(tx, made, TimelineEntry.Type.SEVERITY, by, Optional.of(severity.word()));
      }
      case Change.SetTitle(long incident, String by, Optional<String> title) -> {
        tx.createUpdate("UPDATE incident SET title = :title WHERE id = :id")
            .bind("title", title.orElse(null))
            .bind("id", incident)
            .execute();
        yield added(tx, made, TimelineEntry.Type.TITLE, by, title);
      }
      case Change.SetPhase(long incident, String by, Optional<PublicPhase> phase) -> {
        tx.createUpdate("UPDATE incident SET phase = :phase WHERE id = :id")
            .bind("phase", phase.map(PublicPhase::code).orElse(null))
            .bind("id", incident)
            .execute();
        yield added(tx, made, TimelineEntry.Type.PHASE, by, phase.map(PublicPhase::word));
      }
      case Change.Resolve(long incident, String by, BiConsumer<Handle, Incident> ended) -> {
        Optional<Incident> over = IncidentTable.end(tx, incident, made.at(), Optional.of(by));
        over.ifPresent(one -> ended.accept(tx, one));
        yield over.isPresent();
      }
      case Change.Note(long incident, String by, String text, boolean isPublic) -> {
        IncidentTable.add(
            tx,
            incident,
            new TimelineEntry(
                made.at(), TimelineEntry.Type.NOTE, Optional.of(by), Optional.of(text), isPublic));
        yield true;
      }
    };
  }

  private static boolean added(
      Handle tx, Made made, TimelineEntry.Type type, String by, Optional<String> text) {
    IncidentTable.add(
        tx, made.change().incident(), new TimelineEntry(made.at(), type, Optional.of(by), text));
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
}
