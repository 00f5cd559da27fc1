package dev.rollcall.server.monitor.store;

import dev.rollcall.server.monitor.check.LatencyHistogram;
import dev.rollcall.server.monitor.check.Measurements;
import dev.rollcall.server.monitor.check.Observation;
import dev.rollcall.server.monitor.check.Outcome;
import dev.rollcall.server.monitor.check.State;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.Rows;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// The ticks: every observation, until it is older than the retention.
public final class TickStore {
  private static final String INSERT =
      """
      INSERT INTO service_tick (service_id, at, state, response_us, dns_us, connect_us, tls_us,
        first_byte_us, total_us, status, redirects, reason, round_trips)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO NOTHING\
      """;

  private static final String TICK =
      "at, state, response_us, dns_us, connect_us, tls_us, first_byte_us, total_us, status,"
          + " redirects, reason, round_trips";

  private static final String RANGE =
      "FROM service_tick"
          + " WHERE service_id = :service AND at >= :from AND at < :to AND location_id = 0";

  private final Database database;

  public TickStore(Database database) {
    this.database = database;
  }

  /// Adds the ticks of `outcomes`. The natural key of a tick is its service and its instant, so
  /// adding it again changes nothing.
  ///
  /// @return for each outcome the number of added rows; 0 if that tick was there already
  static int[] insert(Handle tx, List<Outcome> outcomes) {
    return Rows.write(tx, INSERT, outcomes, TickStore::bind);
  }

  /// Whether the tick of an outcome is there.
  public static boolean has(Handle tx, Outcome outcome) {
    return !Rows.read(
            tx,
            "SELECT 1 FROM service_tick WHERE service_id = ? AND at = ? AND location_id = 0",
            outcome,
            (row, one) -> {
              row.setLong(1, one.serviceId());
              row.setLong(2, one.observation().at().toEpochMilli());
            },
            row -> row.getInt(1))
        .isEmpty();
  }

  private static void bind(PreparedStatement row, Outcome outcome) throws SQLException {
    Observation o = outcome.observation();
    Measurements measurements = o.measurements();
    Measurements.Phases phases = measurements.phases();
    row.setLong(1, outcome.serviceId());
    row.setLong(2, o.at().toEpochMilli());
    row.setInt(3, State.of(o).counted().code());
    row.setLong(4, micros(o.response()));
    bind(row, 5, phases.dns());
    bind(row, 6, phases.connect());
    bind(row, 7, phases.tls());
    bind(row, 8, phases.firstByte());
    bind(row, 9, phases.total());
    if (measurements.status().isPresent()) {
      row.setInt(10, measurements.status().getAsInt());
    } else {
      row.setNull(10, Types.SMALLINT);
    }
    row.setInt(11, measurements.redirects());
    row.setString(12, o.why().orElse(null));
    row.setBytes(13, measurements.roundTrips().map(LatencyHistogram::bytes).orElse(null));
  }

  private static void bind(PreparedStatement row, int place, Optional<Duration> time)
      throws SQLException {
    if (time.isPresent()) {
      row.setLong(place, micros(time.get()));
    } else {
      row.setNull(place, Types.BIGINT);
    }
  }

  /// The ticks of one service in `[from, to)`, oldest first.
  public List<Tick> between(Scope scope, long service, Instant from, Instant to, Slice slice) {
    return database.readStale(
        handle ->
            handle
                .createQuery(
                    "SELECT "
                        + TICK
                        + " "
                        + RANGE
                        + ServiceStore.ofService(scope)
                        + " ORDER BY at LIMIT :limit OFFSET :offset")
                .bind("service", service)
                .bind("from", from.toEpochMilli())
                .bind("to", to.toEpochMilli())
                .bind("limit", slice.limit())
                .bind("offset", slice.offset())
                .map((row, _) -> tick(row))
                .list());
  }

  /// The newest ticks of one service in `[from, to]` that found it down.
  public List<Tick> failures(Scope scope, long service, Instant from, Instant to, int limit) {
    return database.readStale(
        handle ->
            handle
                .createQuery(
                    "SELECT "
                        + TICK
                        + " FROM service_tick"
                        + " WHERE service_id = :service AND at >= :from AND at <= :to"
                        + " AND location_id = 0 AND state = :down"
                        + ServiceStore.ofService(scope)
                        + " ORDER BY at DESC LIMIT :limit")
                .bind("service", service)
                .bind("from", from.toEpochMilli())
                .bind("to", to.toEpochMilli())
                .bind("down", State.DOWN.code())
                .bind("limit", limit)
                .map((row, _) -> tick(row))
                .list());
  }

  /// The number of ticks of one service in `[from, to)`.
  public long count(Scope scope, long service, Instant from, Instant to) {
    return database.readStale(
        handle ->
            handle
                .createQuery("SELECT count(*) " + RANGE + ServiceStore.ofService(scope))
                .bind("service", service)
                .bind("from", from.toEpochMilli())
                .bind("to", to.toEpochMilli())
                .mapTo(Long.class)
                .one());
  }

  private static Tick tick(ResultSet row) throws SQLException {
    return new Tick(
        Instant.ofEpochMilli(row.getLong("at")),
        State.CODEC.ofCode(row.getInt("state")),
        Duration.ofNanos(row.getLong("response_us") * 1000),
        new Measurements.Phases(
            duration(row, "dns_us"),
            duration(row, "connect_us"),
            duration(row, "tls_us"),
            duration(row, "first_byte_us"),
            duration(row, "total_us")),
        Optional.ofNullable(row.getObject("status")).map(code -> ((Number) code).intValue()),
        row.getInt("redirects"),
        Optional.ofNullable(row.getString("reason")),
        Optional.ofNullable(row.getBytes("round_trips")).map(LatencyHistogram::ofBytes));
  }

  private static Optional<Duration> duration(ResultSet row, String column) throws SQLException {
    long micros = row.getLong(column);
    return row.wasNull() ? Optional.empty() : Optional.of(Duration.ofNanos(micros * 1000));
  }

  static long micros(Duration duration) {
    return duration.toNanos() / 1000;
  }
}
