package dev.rollcall.server.incident;

import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.incident.IncidentStore.SubjectFilter;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.signal.Subjects;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// Opens the incidents that people open. They say nothing about the states of their subjects, and
/// no observation ends them.
final class ManualIncidents {
  /// How many an owner may have open at a time.
  private static final int MOST = 200;

  private static final int MOST_OF_ACCOUNT = 20;

  private final Database database;
  private final GroupCommit commits;
  private final Subjects subjects;
  private final IncidentAlerts alerts;
  private final Runnable changed;
  private final Batch<Opening, Optional<Long>> opening = this::openAll;

  /// @param about what it is about, with the keys that each has now
  private record Opening(
      long owner, ManualIncident asked, Map<Subject, AlertKeys> about, String by, Instant at) {}

  /// @param changed is called after each commit
  ManualIncidents(
      Database database,
      GroupCommit commits,
      Subjects subjects,
      IncidentAlerts alerts,
      Runnable changed) {
    this.database = database;
    this.commits = commits;
    this.subjects = subjects;
    this.alerts = alerts;
    this.changed = changed;
  }

  /// Opens one. Refused with 400 if the owner has no such subject, and with 409 if it has too many
  /// that are open.
  ///
  /// @return its id
  long open(long owner, ManualIncident asked, String by, Instant at) {
    Map<Subject, AlertKeys> about = database.read(handle -> about(handle, owner, asked));
    return commits
        .write(opening, new Opening(owner, asked, about, by, at))
        .orElseThrow(
            () ->
                Refusal.of(
                    409,
                    most(owner) + " incidents that people opened are open: resolve one first"));
  }

  private Map<Subject, AlertKeys> about(Handle handle, long owner, ManualIncident asked) {
    Map<Subject, AlertKeys> about = new LinkedHashMap<>();
    List<String> missing = new ArrayList<>();
    for (SubjectFilter one : asked.subjects()) {
      subjects
          .find(handle, one.type(), owner, one.name())
          .ifPresentOrElse(
              subject -> about.put(subject, subjects.keys(handle, subject)),
              () -> missing.add("subjects: there is no " + one.text()));
    }
    if (!missing.isEmpty()) {
      throw Refusal.badRequest(missing);
    }
    return about;
  }

  private static int most(long owner) {
    return owner == Scope.OPERATOR ? MOST : MOST_OF_ACCOUNT;
  }

  private List<Optional<Long>> openAll(Handle tx, List<Opening> openings) {
    IncidentTable.takeTurns(database, tx);
    return openings.stream().map(one -> open(tx, one)).toList();
  }

  private Optional<Long> open(Handle tx, Opening one) {
    if (IncidentTable.openByHand(tx, one.owner()) >= most(one.owner())) {
      return Optional.empty();
    }
    Incident incident =
        IncidentTable.openByHand(
            tx, one.owner(), one.asked().title(), keys(one), one.by(), one.at());
    IncidentTable.addAbout(tx, incident.id(), one.about().keySet());
    if (one.asked().told()) {
      alerts.openedByHand(tx, incident, one.about());
    }
    tx.afterCommit(changed);
    return Optional.of(incident.id());
  }

  /// The keys of its only subject; with several, the tags of all of them.
  private static AlertKeys keys(Opening one) {
    AlertKeys keys =
        one.about().size() == 1
            ? one.about().values().iterator().next()
            : new AlertKeys(
                one.about().values().stream()
                    .flatMap(each -> each.tags().stream())
                    .distinct()
                    .toList(),
                Optional.empty(),
                one.asked().severity(),
                Optional.empty(),
                List.of(),
                List.of());
    return keys.severity(one.asked().severity());
  }
}
