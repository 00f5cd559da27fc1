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
import org.jdbi.v3.core.Handle;

/// The incidents and their timelines, for those who ask for them, until they are forgotten.
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

  private final Database database;
  private final GroupCommit commits;
  private final Batch<Long, Integer> forgetting = IncidentStore::forgetAll;
  private final Batch<Long, Integer> deleting = IncidentStore::deleteAll;

  IncidentStore(Database database, GroupCommit commits) {
    this.database = database;
    this.commits = commits;
  }

  /// What is unreachable behind the subject of an incident, by name.
  public List<Subject> behind(Incident incident, int limit) {
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
    return database.read(handle -> IncidentSearch.newest(handle, scope, filter, limit));
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

  /// What happened to an incident, in order. Channels that were told at the same moment are one
  /// entry.
  public List<TimelineEntry> timeline(long incident) {
    List<TimelineEntry> entries =
        database.read(
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
    return TimelineEntry.together(entries);
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
