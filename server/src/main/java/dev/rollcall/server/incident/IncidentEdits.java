package dev.rollcall.server.incident;

import dev.rollcall.server.signal.Severity;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jdbi.v3.core.Handle;

/// What people change of incidents, in the rows: each with an entry in the timeline.
final class IncidentEdits {
  /// A change that a person makes.
  sealed interface Change {
    long incident();

    record Acknowledge(long incident, String by, Optional<String> note) implements Change {}

    /// It is no longer acknowledged.
    record Unacknowledge(long incident, String by) implements Change {}

    record SetSeverity(long incident, String by, Severity severity) implements Change {}

    /// It is called something else.
    ///
    /// @param title empty: nothing else than its subject is called
    record SetTitle(long incident, String by, Optional<String> title) implements Change {}

    /// It is in another phase for the public.
    ///
    /// @param phase empty: it is no longer published
    record SetPhase(long incident, String by, Optional<PublicPhase> phase) implements Change {}

    record Resolve(long incident, String by) implements Change {}

    record Note(long incident, String by, String text, boolean isPublic) implements Change {}
  }

  private record Made(Change change, Instant at) {}

  /// What follows in the transaction in which an incident is no longer acknowledged.
  @FunctionalInterface
  interface GoesOn {
    void accept(Handle tx, long incident, Instant now);
  }

  private final Database database;
  private final GroupCommit commits;
  private final BiConsumer<Handle, Incident> ended;
  private final GoesOn goesOn;
  private final Batch<Made, Boolean> changing = this::applyAll;

  /// @param ended what follows in the transaction in which somebody ends an incident
  IncidentEdits(
      Database database, GroupCommit commits, BiConsumer<Handle, Incident> ended, GoesOn goesOn) {
    this.database = database;
    this.commits = commits;
    this.ended = ended;
    this.goesOn = goesOn;
  }

  /// Somebody has seen an open incident. Who comes after the first is in the timeline only.
  ///
  /// @return false if it has ended, or they have acknowledged it already
  boolean acknowledge(long incident, String by, Optional<String> note, Instant at) {
    return commits.write(changing, new Made(new Change.Acknowledge(incident, by, note), at));
  }

  /// Takes that back.
  ///
  /// @return false if it has ended, or is not acknowledged
  boolean unacknowledge(long incident, String by, Instant at) {
    return commits.write(changing, new Made(new Change.Unacknowledge(incident, by), at));
  }

  /// Makes changes of an incident that exists, together.
  void changeAll(List<Change> changes, Instant at) {
    if (!changes.isEmpty()) {
      commits.writeAll(changing, changes.stream().map(change -> new Made(change, at)).toList());
    }
  }

  /// Ends an open incident by hand.
  ///
  /// @return false if it has ended
  boolean resolve(long incident, String by, Instant at) {
    return commits.write(changing, new Made(new Change.Resolve(incident, by), at));
  }

  /// Adds a note to an incident that exists.
  void note(long incident, String by, String text, boolean isPublic, Instant at) {
    commits.write(changing, new Made(new Change.Note(incident, by, text, isPublic), at));
  }

  private List<Boolean> applyAll(Handle tx, List<Made> items) {
    IncidentTable.takeTurns(database, tx);
    return items.stream().map(made -> apply(tx, made)).toList();
  }

  private boolean apply(Handle tx, Made made) {
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
        yield (rows > 0 || isAnother(tx, incident, by))
            && added(tx, made, TimelineEntry.Type.ACKNOWLEDGED, by, note);
      }
      case Change.Unacknowledge(long incident, String by) -> {
        int rows =
            tx.createUpdate(
                    "UPDATE incident SET acknowledged_at = NULL, acknowledged_by = NULL"
                        + " WHERE id = :id AND resolved_at IS NULL AND acknowledged_at IS NOT NULL")
                .bind("id", incident)
                .execute();
        if (rows > 0) {
          goesOn.accept(tx, incident, made.at());
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
        IncidentTable.title(tx, incident, title);
        yield added(tx, made, TimelineEntry.Type.TITLE, by, title);
      }
      case Change.SetPhase(long incident, String by, Optional<PublicPhase> phase) -> {
        tx.createUpdate("UPDATE incident SET phase = :phase WHERE id = :id")
            .bind("phase", phase.map(PublicPhase::code).orElse(null))
            .bind("id", incident)
            .execute();
        yield added(tx, made, TimelineEntry.Type.PHASE, by, phase.map(PublicPhase::word));
      }
      case Change.Resolve(long incident, String by) -> {
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

  /// Whether an incident is open that others have acknowledged, and this person has not.
  private static boolean isAnother(Handle tx, long incident, String by) {
    return tx.createQuery(
            "SELECT EXISTS (SELECT 1 FROM incident WHERE id = :id AND resolved_at IS NULL)"
                + " AND NOT EXISTS (SELECT 1 FROM incident_entry WHERE incident_id = :id"
                + " AND type = :type AND made_by = :by)")
        .bind("id", incident)
        .bind("type", TimelineEntry.Type.ACKNOWLEDGED.code())
        .bind("by", by)
        .mapTo(Boolean.class)
        .one();
  }

  private static boolean added(
      Handle tx, Made made, TimelineEntry.Type type, String by, Optional<String> text) {
    IncidentTable.add(
        tx, made.change().incident(), new TimelineEntry(made.at(), type, Optional.of(by), text));
    return true;
  }
}
