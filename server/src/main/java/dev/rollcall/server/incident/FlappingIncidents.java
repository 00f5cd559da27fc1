package dev.rollcall.server.incident;

import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import org.jdbi.v3.core.Handle;

/// Looks after subjects that go from one state to the other again and again: their incident stays
/// open until they have held one state for a while. Then it ends, or it is told that it is open.
final class FlappingIncidents implements AutoCloseable {
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);
  private static final Duration LOOK = Duration.ofSeconds(10);

  private final Database database;
  private final GroupCommit commits;
  private final IncidentAlerts alerts;
  private final IncidentSettings.Flapping settings;
  private final Clock clock;
  private final Batch<Incident, Boolean> ending =
      (tx, incidents) -> inTurn(tx, incidents, this::end);
  private final Batch<Incident, Boolean> telling =
      (tx, incidents) -> inTurn(tx, incidents, this::tell);
  private final BackgroundLoop loop =
      new BackgroundLoop("flapping", "the end of flapping", AFTER_FAILURE, this::round);

  FlappingIncidents(
      Database database,
      GroupCommit commits,
      IncidentAlerts alerts,
      IncidentSettings.Flapping settings,
      Clock clock) {
    this.database = database;
    this.commits = commits;
    this.alerts = alerts;
    this.settings = settings;
    this.clock = clock;
  }

  void start() {
    loop.start();
  }

  /// Ends what is well, and tells what is wrong, for long enough.
  Duration round() {
    end(steady(true));
    tell(steady(false));
    return LOOK;
  }

  /// The incidents whose subjects have held one state for long enough.
  ///
  /// @param right whether that state is right
  List<Incident> steady(boolean right) {
    return database.read(handle -> IncidentTable.steady(handle, right, before()));
  }

  private Instant before() {
    return clock.wall().minus(settings.steady());
  }

  /// Ends those whose subjects are still right.
  void end(List<Incident> right) {
    if (!right.isEmpty()) {
      commits.writeAll(ending, right);
    }
  }

  /// Tells of those whose subjects are still wrong.
  void tell(List<Incident> wrong) {
    if (!wrong.isEmpty()) {
      commits.writeAll(telling, wrong);
    }
  }

  private List<Boolean> inTurn(
      Handle tx, List<Incident> incidents, BiPredicate<Handle, Incident> work) {
    IncidentTable.takeTurns(database, tx);
    return incidents.stream().map(incident -> work.test(tx, incident)).toList();
  }

  private boolean end(Handle tx, Incident incident) {
    if (!IncidentTable.isSteady(tx, incident.id(), true, before())) {
      return false; // a signal came meanwhile
    }
    // what it became may have waited, or nobody could look
    Instant at = IncidentTable.steadySince(tx, incident.id()).plus(settings.steady());
    Optional<Incident> over = IncidentTable.end(tx, incident.id(), at, Optional.empty());
    over.ifPresent(one -> alerts.over(tx, at, one, false));
    return over.isPresent();
  }

  private boolean tell(Handle tx, Incident incident) {
    if (!IncidentTable.isSteady(tx, incident.id(), false, before())) {
      return false;
    }
    IncidentTable.calm(tx, incident.id());
    IncidentChannels.tellAgain(tx, incident.id(), clock.wall());
    return true;
  }

  @Override
  public void close() {
    loop.close();
  }
}
