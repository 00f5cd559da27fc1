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
import java.time.Duration;
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

  /// How many one account may open within [#DAY]: each is kept for years.
  private static final int MOST_A_DAY = 50;

  private static final Duration DAY = Duration.ofDays(1);

  /// How many tags of its subjects an incident keeps: each list of incidents reads them.
  private static final int MOST_TAGS = 100;

  private final Database database;
  private final GroupCommit commits;
  private final Subjects subjects;
  private final IncidentAlerts alerts;
  private final Runnable changed;
  private final Batch<Opening, Opened> opening = this::openAll;

  /// @param about what it is about, with the keys that each has now
  private record Opening(
      long owner, ManualIncident asked, Map<Subject, AlertKeys> about, String by, Instant at) {}

  /// What became of it.
  private sealed interface Opened {
    record As(long id) implements Opened {}

    /// The owner has as many open as it may have.
    record TooMany() implements Opened {}

    /// The owner has opened as many within a day as it may.
    record TooManyToday() implements Opened {}
  }

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

  /// Opens one. Refused with 400 if the owner has no such subject, with 409 if it has too many that
  /// are open, and with 429 if it has opened too many today.
  ///
  /// @return its id
  long open(long owner, ManualIncident asked, String by, Instant at) {
    Map<Subject, AlertKeys> about = database.read(handle -> about(handle, owner, asked));
    return switch (commits.write(opening, new Opening(owner, asked, about, by, at))) {
      case Opened.As(long id) -> id;
      case Opened.TooMany _ ->
          throw Refusal.of(
              409, most(owner) + " incidents that people opened are open: resolve one first");
      case Opened.TooManyToday _ ->
          throw Refusal.of(429, MOST_A_DAY + " incidents were opened by hand within a day: wait");
    };
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

  private List<Opened> openAll(Handle tx, List<Opening> openings) {
    IncidentTable.takeTurns(database, tx);
    return openings.stream().map(one -> open(tx, one)).toList();
  }

  private Opened open(Handle tx, Opening one) {
    long owner = one.owner();
    if (IncidentTable.openByHand(tx, owner) >= most(owner)) {
      return new Opened.TooMany();
    }
    if (owner != Scope.OPERATOR
        && IncidentTable.openedByHand(tx, owner, one.at().minus(DAY)) >= MOST_A_DAY) {
      return new Opened.TooManyToday();
    }
    Incident incident =
        IncidentTable.openByHand(
            tx, one.owner(), one.asked().title(), keys(one), one.by(), one.at());
    IncidentTable.addAbout(tx, incident.id(), one.about().keySet());
    if (one.asked().told()) {
      alerts.openedByHand(tx, incident, one.about());
    }
    tx.afterCommit(changed);
    return new Opened.As(incident.id());
  }

  /// The keys of its only subject; with several, the tags of all of them, the first hundred.
  private static AlertKeys keys(Opening one) {
    AlertKeys keys =
        one.about().size() == 1
            ? one.about().values().iterator().next()
            : new AlertKeys(
                one.about().values().stream()
                    .flatMap(each -> each.tags().stream())
                    .distinct()
                    .limit(MOST_TAGS)
                    .toList(),
                Optional.empty(),
                one.asked().severity(),
                Optional.empty(),
                List.of(),
                List.of());
    return keys.severity(one.asked().severity());
  }
}
