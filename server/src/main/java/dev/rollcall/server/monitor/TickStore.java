package dev.rollcall.server.monitor;

import dev.rollcall.server.sql.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/// The ticks: every observation as it came, until retention takes it.
final class TickStore {
  private static final String INSERT =
      """
      INSERT INTO service_tick (service_id, at, state, response_us, dns_us, connect_us, tls_us,
        first_byte_us, total_us, status, redirects, reason)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO NOTHING""";

  private static final String RANGE =
      "FROM service_tick WHERE service_id = :service AND at >= :from AND at < :to";

  private final Database database;

  TickStore(Database database) {
    this.database = database;
  }

  /// Keeps the ticks of `outcomes` and tells, one for one, how many rows each added: 0 where that
  /// tick was kept before. A tick's natural key is its service and instant, so that writing it
  /// again changes nothing.
  static int[] insert(Handle tx, List<Outcome> outcomes) {
    try (PreparedBatch batch = tx.prepareBatch(INSERT)) {
      for (Outcome outcome : outcomes) {
        Observation o = outcome.observation();
        Measured measured = o.measured();
        Measured.Phases phases = measured.phases();
        batch
            .bind(0, outcome.serviceId())
            .bind(1, o.at().toEpochMilli())
            .bind(2, State.of(o).code())
            .bind(3, micros(o.response()))
            .bind(4, micros(phases.dns()))
            .bind(5, micros(phases.connect()))
            .bind(6, micros(phases.tls()))
            .bind(7, micros(phases.firstByte()))
            .bind(8, micros(phases.total()))
            .bind(9, measured.status().isPresent() ? (Integer) measured.status().getAsInt() : null)
            .bind(10, measured.redirects())
            .bind(11, reason(o))
            .add();
      }
      return batch.execute();
    }
  }

  /// The ticks of one service in `[from, to)`, oldest first.
  List<Tick> between(long service, Instant from, Instant to, Slice slice) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT at, state, response_us, dns_us, connect_us, tls_us, first_byte_us,"
                        + " total_us, status, redirects, reason "
                        + RANGE
                        + " ORDER BY at LIMIT :limit OFFSET :offset")
                .bind("service", service)
                .bind("from", from.toEpochMilli())
                .bind("to", to.toEpochMilli())
                .bind("limit", slice.limit())
                .bind("offset", slice.offset())
                .map((row, _) -> tick(row))
                .list());
  }

  /// How many ticks of one service lie in `[from, to)`.
  long count(long service, Instant from, Instant to) {
    return database.read(
        handle ->
            handle
                .createQuery("SELECT count(*) " + RANGE)
                .bind("service", service)
                .bind("from", from.toEpochMilli())
                .bind("to", to.toEpochMilli())
                .mapTo(Long.class)
                .one());
  }

  private static Tick tick(ResultSet row) throws SQLException {
    return new Tick(
        Instant.ofEpochMilli(row.getLong("at")),
        State.ofCode(row.getInt("state")),
        Duration.ofNanos(row.getLong("response_us") * 1000),
        new Measured.Phases(
            duration(row, "dns_us"),
            duration(row, "connect_us"),
            duration(row, "tls_us"),
            duration(row, "first_byte_us"),
            duration(row, "total_us")),
        Optional.ofNullable(row.getObject("status")).map(code -> ((Number) code).intValue()),
        row.getInt("redirects"),
        Optional.ofNullable(row.getString("reason")));
  }

  private static Optional<Duration> duration(ResultSet row, String column) throws SQLException {
    long micros = row.getLong(column);
    return row.wasNull() ? Optional.empty() : Optional.of(Duration.ofNanos(micros * 1000));
  }

  private static @Nullable String reason(Observation observation) {
    return switch (observation) {
      case Observation.Up _ -> null;
      case Observation.Down down -> down.reason();
      case Observation.Unknown unknown -> unknown.reason();
    };
  }

  static long micros(Duration duration) {
    return duration.toNanos() / 1000;
  }

  private static @Nullable Long micros(Optional<Duration> duration) {
    return duration.map(TickStore::micros).orElse(null);
  }
}
