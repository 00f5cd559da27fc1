package dev.rollcall.server.incident;

import dev.rollcall.server.http.Json;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.Severity;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import java.time.Instant;
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

    record SetSeverity(long incident, String by, Severity severity) implements Change {}

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

  /// The names of what is unreachable behind the subject of an incident.
  public List<String> behind(Incident incident, int limit) {
    Subject subject = incident.subject();
    return database.read(
        handle -> HeldSignals.behind(handle, subject.owner(), subject.name(), limit));
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
          return query.map((row, _) -> IncidentTable.incident(row)).list();
        });
  }

  /// The newest incidents of one subject.
  public List<Incident> of(Scope scope, Subject.Type type, long subject, int limit) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT "
                        + IncidentTable.COLUMNS
                        + " FROM incident WHERE subject_type = :type AND subject_id = :subject"
                        + scope.and("owner_id")
                        + " ORDER BY id DESC LIMIT :limit")
                .bind("type", type.code())
                .bind("subject", subject)
                .bind("limit", limit)
                .map((row, _) -> IncidentTable.incident(row))
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

  /// What came back in the observation that opened an incident; empty if that is not known, or its
  /// subject is not asked by HTTP.
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
  /// @return false if it has ended, or is not acknowledged
  boolean unacknowledge(long incident, String by, Instant at) {
    return commits.write(changing, new Made(new Change.Unacknowledge(incident, by), at));
  }

  /// Gives an incident that exists another severity.
  void severity(long incident, String by, Severity severity, Instant at) {
    commits.write(changing, new Made(new Change.SetSeverity(incident, by, severity), at));
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
      case Change.SetSeverity(long incident, String by, Severity severity) -> {
        tx.createUpdate("UPDATE incident SET severity = :severity WHERE id = :id")
            .bind("severity", severity.code())
            .bind("id", incident)
            .execute();
        yield added(tx, made, TimelineEntry.Type.SEVERITY, by, Optional.of(severity.word()));
      }
      case Change.Resolve(long incident, String by, BiConsumer<Handle, Incident> ended) -> {
        Optional<Incident> over = IncidentTable.end(tx, incident, made.at(), Optional.of(by));
        over.ifPresent(one -> ended.accept(tx, one));
        yield over.isPresent();
      }
      case Change.Note(_, String by, String text) ->
          added(tx, made, TimelineEntry.Type.NOTE, by, Optional.of(text));
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
