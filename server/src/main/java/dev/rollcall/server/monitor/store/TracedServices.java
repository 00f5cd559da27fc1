package dev.rollcall.server.monitor.store;

import dev.rollcall.server.http.Json;
import dev.rollcall.server.monitor.check.Evaluator.Transition;
import dev.rollcall.server.monitor.check.Event;
import dev.rollcall.server.monitor.check.Observation;
import dev.rollcall.server.monitor.check.Outcome;
import dev.rollcall.server.monitor.check.State;
import dev.rollcall.server.monitor.path.Path;
import dev.rollcall.server.monitor.path.TracedService;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.sql.Rows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// The services whose paths are traced, for those who look for what they have in common. Those that
/// are down and were traced since have a row in `service_lost`.
public final class TracedServices {
  /// Where a service is lost.
  ///
  /// @param behind the address of the place in the network that it is lost behind
  /// @param decided whether it is certain that it is behind no such place
  public record Placed(long service, Optional<String> behind, boolean decided) {}

  private static final String LOSE =
      """
      INSERT INTO service_lost (service_id, since_at, path) VALUES (?, ?, ?)
      ON CONFLICT (service_id) DO UPDATE SET path = excluded.path
        WHERE service_lost.path <> excluded.path\
      """;

  private static final String FIND = "DELETE FROM service_lost WHERE service_id = ?";

  private static final String PLACE =
      "UPDATE service_lost SET behind = ?, decided = ? WHERE service_id = ?";

  private static final String NEWEST_PATH =
      """
       p.service_id = s.id AND p.location_id = 0 AND p.since = (
        SELECT max(since) FROM service_path WHERE service_id = s.id AND location_id = 0)\
      """;

  private static final String LOST =
      """
      SELECT s.id, s.name, s.definition, p.path, p.reached, l.path AS now, l.since_at AS since,
        m.last_at, m.confirmed_state, l.behind, l.decided
      FROM service_lost l JOIN service s ON s.id = l.service_id
        JOIN service_metric m ON m.service_id = s.id
        LEFT JOIN service_path p ON"""
          + NEWEST_PATH
          + " WHERE s.retired_at IS NULL AND s.owner_id = :owner ORDER BY s.id";

  private static final String WELL =
      """
      SELECT s.id, s.name, s.definition, p.path, p.reached, NULL AS now, e.date_started AS since,
        m.last_at, m.confirmed_state, NULL AS behind, 0 AS decided
      FROM service s JOIN service_path p ON"""
          + NEWEST_PATH
          + """
             JOIN service_metric m ON m.service_id = s.id
            JOIN service_event e ON e.service_id = s.id AND e.date_ended IS NULL
          WHERE e.event = :up AND s.retired_at IS NULL AND s.owner_id = :owner ORDER BY s.id\
          """;

  private TracedServices() {}

  /// Notes which services are lost after these outcomes, and which are no longer, in the order of
  /// the outcomes: so rows are locked in the order of the services.
  ///
  /// @return whether some are lost, or were
  static boolean write(Handle tx, List<Outcome> outcomes) {
    boolean some = false;
    for (Outcome outcome : outcomes) {
      Optional<Path> traced = outcome.observation().measurements().path();
      if (outcome.observation() instanceof Observation.Down && traced.isPresent()) {
        lose(tx, outcome, traced.get());
        some = true;
      } else if (outcome.transition() instanceof Transition.Begins begins
          && begins.kind() == Event.Kind.UPTIME) {
        some |= find(tx, outcome);
      }
    }
    return some;
  }

  private static void lose(Handle tx, Outcome outcome, Path traced) {
    Rows.write(
        tx,
        LOSE,
        List.of(outcome),
        (row, lost) -> {
          row.setLong(1, lost.serviceId());
          row.setLong(2, lost.observation().at().toEpochMilli());
          row.setString(3, PathStore.text(traced));
        });
  }

  private static boolean find(Handle tx, Outcome outcome) {
    return Rows.write(
            tx, FIND, List.of(outcome), (row, found) -> row.setLong(1, found.serviceId()))[0]
        > 0;
  }

  /// Those that are down and were traced since, by their ids.
  public static List<TracedService> lost(Handle handle) {
    return handle
        .createQuery(LOST)
        .bind("owner", Scope.OPERATOR)
        .map((row, _) -> traced(row))
        .list()
        .stream()
        .flatMap(Optional::stream)
        .toList();
  }

  /// Those that are up and whose path is known, by their ids.
  public static List<TracedService> well(Handle handle) {
    return handle
        .createQuery(WELL)
        .bind("up", Event.Kind.UPTIME.word())
        .bind("owner", Scope.OPERATOR)
        .map((row, _) -> traced(row))
        .list()
        .stream()
        .flatMap(Optional::stream)
        .toList();
  }

  /// Notes where services are lost.
  public static void place(Handle tx, List<Placed> lost) {
    Rows.write(
        tx,
        PLACE,
        lost,
        (row, one) -> {
          row.setString(1, one.behind().orElse(null));
          row.setInt(2, one.decided() ? 1 : 0);
          row.setLong(3, one.service());
        });
  }

  /// Whether a service is lost, and it is not known yet whether behind something.
  static boolean isUndecided(Handle tx, long service) {
    return tx.createQuery(
            "SELECT behind IS NULL AND decided = 0 FROM service_lost WHERE service_id = :id")
        .bind("id", service)
        .mapTo(Boolean.class)
        .findOne()
        .orElse(false);
  }

  /// Empty if it is not traced any more.
  private static Optional<TracedService> traced(ResultSet row) throws SQLException {
    if (!Json.stored(row.getString("definition")).path("trace").asBoolean(false)) {
      return Optional.empty();
    }
    boolean reached = row.getInt("reached") == 1;
    Optional<Path> good =
        Optional.ofNullable(row.getString("path"))
            .map(text -> new Path(PathStore.hops(text), reached));
    Optional<Path> now =
        Optional.ofNullable(row.getString("now"))
            .map(text -> new Path(PathStore.hops(text), false));
    int confirmed = row.getInt("confirmed_state");
    return Optional.of(
        new TracedService(
            new Subject(
                Subject.Type.SERVICE, row.getLong("id"), Scope.OPERATOR, row.getString("name")),
            good,
            now,
            Instant.ofEpochMilli(row.getLong("since")),
            Instant.ofEpochMilli(row.getLong("last_at")),
            now.isPresent() && confirmed == State.DOWN.code(),
            Optional.ofNullable(row.getString("behind")),
            row.getInt("decided") == 1));
  }
}
