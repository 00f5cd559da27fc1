package dev.rollcall.server.monitor.store;

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

/// Sums of ticks by hour, kept for ever: a year of a service has at most 8,784 rows.
///
/// Each tick is added in its own transaction. So the sums always agree with the ticks, and no later
/// job has to compute them.
public final class HourStore {
  /// The span of time of one sum.
  public static final Duration HOUR = Duration.ofHours(1);

  private static final String ADD =
      """
      INSERT INTO service_hour AS h (service_id, hour, up_count, down_count, unknown_count,
        response_sum_us, response_min_us, response_max_us)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (service_id, hour, location_id) DO UPDATE SET
        up_count = h.up_count + excluded.up_count,
        down_count = h.down_count + excluded.down_count,
        unknown_count = h.unknown_count + excluded.unknown_count,
        response_sum_us = h.response_sum_us + excluded.response_sum_us,
        response_min_us =
          CASE WHEN h.response_min_us IS NULL OR excluded.response_min_us < h.response_min_us
            THEN excluded.response_min_us ELSE h.response_min_us END,
        response_max_us =
          CASE WHEN h.response_max_us IS NULL OR excluded.response_max_us > h.response_max_us
            THEN excluded.response_max_us ELSE h.response_max_us END\
      """;

  private static final String FROM_HOURS =
      """
      SELECT hour - hour % :step AS bucket, up_count, down_count, unknown_count, response_sum_us,
        response_min_us, response_max_us
      FROM service_hour
      WHERE service_id = :service AND hour >= :from AND hour < :to AND location_id = 0\
      """;

  private static final String FROM_TICKS =
      """
      SELECT at - at % :step AS bucket,
        CASE state WHEN 1 THEN 1 ELSE 0 END AS up_count,
        CASE state WHEN 0 THEN 1 ELSE 0 END AS down_count,
        CASE state WHEN 2 THEN 1 ELSE 0 END AS unknown_count,
        CASE state WHEN 2 THEN 0 ELSE response_us END AS response_sum_us,
        CASE state WHEN 2 THEN NULL ELSE response_us END AS response_min_us,
        CASE state WHEN 2 THEN NULL ELSE response_us END AS response_max_us
      FROM service_tick
      WHERE service_id = :service AND at >= :from AND at < :to AND location_id = 0\
      """;

  private final Database database;

  public HourStore(Database database) {
    this.database = database;
  }

  /// The sums of one service in `[from, to)` by periods of `step`, oldest first, without periods
  /// that have no tick. If `step` is in whole hours, they come from the hourly sums, otherwise from
  /// the ticks.
  public List<PeriodSummary> sums(
      Scope scope, long service, Instant from, Instant to, Duration step, Slice slice) {
    return database.readStale(
        handle ->
            handle
                .createQuery(
                    "SELECT bucket, SUM(up_count) AS up, SUM(down_count) AS down,"
                        + " SUM(unknown_count) AS unknown, SUM(response_sum_us) AS total,"
                        + " MIN(response_min_us) AS least, MAX(response_max_us) AS most FROM ("
                        + source(scope, step)
                        + ") part GROUP BY bucket ORDER BY bucket LIMIT :limit OFFSET :offset")
                .bind("service", service)
                .bind("from", from.toEpochMilli())
                .bind("to", to.toEpochMilli())
                .bind("step", step.toMillis())
                .bind("limit", slice.limit())
                .bind("offset", slice.offset())
                .map((row, _) -> sum(row))
                .list());
  }

  /// The number of rows of [#sums] without a slice.
  public long count(Scope scope, long service, Instant from, Instant to, Duration step) {
    return database.readStale(
        handle ->
            handle
                .createQuery(
                    "SELECT count(DISTINCT bucket) FROM (" + source(scope, step) + ") part")
                .bind("service", service)
                .bind("from", from.toEpochMilli())
                .bind("to", to.toEpochMilli())
                .bind("step", step.toMillis())
                .mapTo(Long.class)
                .one());
  }

  private static String source(Scope scope, Duration step) {
    return (step.toMillis() % HOUR.toMillis() == 0 ? FROM_HOURS : FROM_TICKS)
        + ServiceStore.ofService(scope);
  }

  private static PeriodSummary sum(ResultSet row) throws SQLException {
    long up = row.getLong("up");
    long down = row.getLong("down");
    return new PeriodSummary(
        Instant.ofEpochMilli(row.getLong("bucket")),
        up,
        down,
        row.getLong("unknown"),
        up + down == 0
            ? Optional.empty()
            : Optional.of(
                new PeriodSummary.Response(
                    Duration.ofNanos(row.getLong("total") * 1000 / (up + down)),
                    Duration.ofNanos(row.getLong("least") * 1000),
                    Duration.ofNanos(row.getLong("most") * 1000))));
  }

  /// Adds the outcomes to the sums of their hours.
  static void add(Handle tx, List<Outcome> outcomes) {
    Rows.write(tx, ADD, outcomes, HourStore::bind);
  }

  private static void bind(PreparedStatement row, Outcome outcome) throws SQLException {
    Observation o = outcome.observation();
    State state = State.of(o).counted();
    long at = o.at().toEpochMilli();
    row.setLong(1, outcome.serviceId());
    row.setLong(2, at - at % HOUR.toMillis());
    row.setInt(3, state == State.UP ? 1 : 0);
    row.setInt(4, state == State.DOWN ? 1 : 0);
    row.setInt(5, state == State.UNKNOWN ? 1 : 0);
    if (state == State.UNKNOWN) {
      row.setLong(6, 0);
      row.setNull(7, Types.BIGINT);
      row.setNull(8, Types.BIGINT);
    } else {
      long response = TickStore.micros(o.response());
      row.setLong(6, response);
      row.setLong(7, response);
      row.setLong(8, response);
    }
  }
}
