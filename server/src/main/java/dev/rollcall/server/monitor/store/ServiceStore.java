package dev.rollcall.server.monitor.store;

import dev.rollcall.server.http.Json;
import dev.rollcall.server.monitor.check.Certificate;
import dev.rollcall.server.monitor.check.Event;
import dev.rollcall.server.monitor.check.State;
import dev.rollcall.server.monitor.check.Streak;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.InstantColumns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import tools.jackson.databind.node.ObjectNode;

/// Reads the services; [ServiceChanges] writes them.
///
/// What answers a caller takes a [Scope]. What the engine reads by ids of its own rows takes none.
public final class ServiceStore {

  private static final String SERVICE =
      "s.id AS s_id, s.owner_id AS s_owner, s.name, s.url, s.origin, s.created_at AS s_created,"
          + " s.updated_at AS s_updated";

  private static final String STATUS =
      "SELECT "
          + SERVICE
          + ", m.tick_count, m.up_count, m.down_count, m.unknown_count,"
          + " m.average_response_time_ms, e.id AS e_id, e.event AS e_event, e.cause AS e_cause,"
          + " e.date_started AS e_date_started, e.date_ended AS e_date_ended,"
          + " e.created_at AS e_created_at, e.updated_at AS e_updated_at,"
          + " m.last_state, t.response_us AS t_response_us, t.reason AS t_reason,"
          + " CASE m.last_state WHEN 2 THEN (SELECT min(u.at) FROM service_tick u"
          + " WHERE u.service_id = s.id AND u.at > COALESCE((SELECT max(k.at) FROM service_tick k"
          + " WHERE k.service_id = s.id AND k.state <> 2), 0))"
          + " WHEN 3 THEN (SELECT min(u.at) FROM service_tick u"
          + " WHERE u.service_id = s.id AND u.at > COALESCE((SELECT max(k.at) FROM service_tick k"
          + " JOIN service_schedule d ON d.service_id = k.service_id AND d.location_id = 0"
          + " WHERE k.service_id = s.id"
          + " AND (k.state <> 1 OR k.response_us <= 1000 * d.slow_ms)), 0))"
          + " END AS state_since"
          + " FROM service s JOIN service_metric m ON m.service_id = s.id"
          + " LEFT JOIN service_tick t ON t.service_id = s.id AND t.at = m.last_at"
          + " LEFT JOIN service_event e"
          + " ON e.service_id = s.id AND e.location_id = 0 AND e.date_ended IS NULL"
          + " WHERE s.retired_at IS NULL";

  private final Database database;

  public ServiceStore(Database database) {
    this.database = database;
  }

  /// Services with their counts and open events, ordered by id.
  public List<ServiceStatus> list(Scope scope, Slice slice) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    STATUS + scope.and("s.owner_id") + " ORDER BY s.id LIMIT :limit OFFSET :offset")
                .bind("limit", slice.limit())
                .bind("offset", slice.offset())
                .map((row, _) -> status(row))
                .list());
  }

  /// The number of services from a configuration file.
  public int filed() {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT COUNT(*) FROM service WHERE origin = :origin AND retired_at IS NULL"
                        + Scope.operator().and("owner_id"))
                .bind("origin", Service.Origin.FILE.word())
                .mapTo(Integer.class)
                .one());
  }

  /// One service.
  public Optional<ServiceStatus> find(Scope scope, long id) {
    return database.read(
        handle ->
            handle
                .createQuery(STATUS + scope.and("s.owner_id") + " AND s.id = :id")
                .bind("id", id)
                .map((row, _) -> status(row))
                .findOne());
  }

  /// The number of services.
  public long count(Scope scope) {
    return database.read(handle -> count(handle, scope));
  }

  /// The number of services of all accounts and teams.
  static long countOfAccounts(Handle handle) {
    return handle
        .createQuery("SELECT count(*) FROM service WHERE owner_id <> 0")
        .mapTo(Long.class)
        .one();
  }

  static long count(Handle handle, Scope scope) {
    return handle
        .createQuery(
            "SELECT count(*) FROM service WHERE retired_at IS NULL" + scope.and("owner_id"))
        .mapTo(Long.class)
        .one();
  }

  /// Whether the service exists.
  public boolean exists(Scope scope, long id) {
    return database.read(handle -> exists(handle, scope, id));
  }

  /// The same for reads of what may be a few seconds old. The primary of the database is asked only
  /// if the standby does not know the service: it may be new.
  public boolean existed(Scope scope, long id) {
    return database.readStale(handle -> exists(handle, scope, id)) || exists(scope, id);
  }

  private static boolean exists(Handle handle, Scope scope, long id) {
    return handle
        .createQuery(
            "SELECT 1 FROM service WHERE id = :id AND retired_at IS NULL" + scope.and("owner_id"))
        .bind("id", id)
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  /// The stored definition of a service. It may contain secrets.
  public Optional<ObjectNode> definition(Scope scope, long id) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT definition FROM service WHERE id = :id AND retired_at IS NULL"
                        + scope.and("owner_id"))
                .bind("id", id)
                .map((row, _) -> Json.stored(row.getString("definition")))
                .findOne());
  }

  /// When the certificate of a service ends, as last seen.
  public Optional<Instant> certificateEnds(Scope scope, long id) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT certificate_ends_at FROM service_metric WHERE service_id = :service"
                        + ofService(scope))
                .bind("service", id)
                .map((row, _) -> InstantColumns.instant(row, "certificate_ends_at"))
                .findOne()
                .flatMap(ends -> ends));
  }

  /// The condition for rows of the service `:service`: that it is in the scope.
  static String ofService(Scope scope) {
    String owned = scope.and("s.owner_id");
    return owned.isEmpty()
        ? ""
        : " AND EXISTS (SELECT 1 FROM service s WHERE s.id = :service" + owned + ")";
  }

  /// The name of a service that is checked, and whose it is.
  public record Named(long owner, String name) {}

  /// The names of all services that are checked, by id.
  public Map<Long, Named> checkedNames() {
    return database.read(
        handle -> {
          Map<Long, Named> names = new HashMap<>();
          handle
              .createQuery(
                  "SELECT s.id, s.owner_id, s.name FROM service_schedule d JOIN service s ON s.id ="
                      + " d.service_id WHERE d.location_id = 0")
              .map(
                  (row, _) ->
                      names.put(
                          row.getLong("id"),
                          new Named(row.getLong("owner_id"), row.getString("name"))))
              .list();
          return names;
        });
  }

  /// What the runner needs of those of the services that are checked.
  ///
  /// @param ids at most 10,000, so that both databases accept them as parameters of one query
  public List<Scheduled> scheduled(Set<Long> ids) {
    return ids.isEmpty() ? List.of() : database.read(handle -> scheduled(handle, ids));
  }

  /// The same within a transaction.
  public static List<Scheduled> scheduled(Handle handle, Set<Long> ids) {
    Query query =
        handle.createQuery(
            "SELECT s.id AS s_id, s.owner_id, s.definition, d.revision, d.interval_ms, e.event,"
                + " m.last_at, "
                + CertificateStore.COLUMNS
                + ", "
                + StreakStore.COLUMNS
                + " FROM service_schedule d JOIN service s ON s.id = d.service_id"
                + " JOIN service_metric m ON m.service_id = s.id"
                + " LEFT JOIN service_event e"
                + " ON e.service_id = s.id AND e.location_id = 0 AND e.date_ended IS NULL"
                + " WHERE d.location_id = 0 AND s.id IN (<ids>)");
    return query
        .bindList("ids", ids)
        .map(
            (row, _) ->
                new Scheduled(
                    row.getLong("s_id"),
                    row.getLong("owner_id"),
                    Json.stored(row.getString("definition")),
                    row.getLong("revision"),
                    Duration.ofMillis(row.getLong("interval_ms")),
                    Optional.ofNullable(row.getString("event")).map(Event.Kind.CODEC::ofWord),
                    CertificateStore.certificate(row),
                    InstantColumns.instant(row, "last_at"),
                    StreakStore.streak(row)))
        .list();
  }

  /// A service for the runner.
  ///
  /// @param open the kind of the open event, if there is one
  /// @param certificate what is remembered of its certificate
  /// @param lastAt when it was last checked
  public record Scheduled(
      long id,
      long owner,
      ObjectNode definition,
      long revision,
      Duration interval,
      Optional<Event.Kind> open,
      Certificate certificate,
      Optional<Instant> lastAt,
      Streak streak) {}

  private static ServiceStatus status(ResultSet row) throws SQLException {
    boolean event = row.getObject("e_id") != null;
    return new ServiceStatus(
        new Service(
            row.getLong("s_id"),
            row.getLong("s_owner"),
            row.getString("name"),
            row.getString("url"),
            Service.Origin.CODEC.ofWord(row.getString("origin")),
            Instant.ofEpochMilli(row.getLong("s_created")),
            Instant.ofEpochMilli(row.getLong("s_updated"))),
        MetricStore.metric(row),
        event ? Optional.of(EventStore.event(row, "e_")) : Optional.empty(),
        row.getObject("last_state") == null
            ? Optional.empty()
            : Optional.of(State.CODEC.ofCode(row.getInt("last_state"))),
        row.getObject("t_response_us") == null
            ? Optional.empty()
            : Optional.of(Duration.ofNanos(row.getLong("t_response_us") * 1000)),
        Optional.ofNullable(row.getString("t_reason")),
        InstantColumns.instant(row, "state_since"));
  }
}
