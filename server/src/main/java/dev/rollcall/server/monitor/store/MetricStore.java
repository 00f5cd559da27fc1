package dev.rollcall.server.monitor.store;

import dev.rollcall.server.monitor.check.Outcome;
import dev.rollcall.server.monitor.check.State;
import dev.rollcall.server.sql.Rows;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/// The counts of each service over all its ticks, deleted ones included.
///
/// An unknown observation has its own count. It changes neither the count of ticks nor the mean.
final class MetricStore {
  private static final String ADD =
      """
      UPDATE service_metric SET
        tick_count = tick_count + 1,
        up_count = up_count + ?,
        down_count = down_count + ?,
        average_response_time_ms =
          average_response_time_ms + (? - average_response_time_ms) / (tick_count + 1),
        last_at = ?,
        last_state = ?
      WHERE service_id = ?\
      """;

  private static final String ADD_UNKNOWN =
      """
      UPDATE service_metric SET unknown_count = unknown_count + 1, last_at = ?, last_state = ?
      WHERE service_id = ?\
      """;

  private MetricStore() {}

  /// Adds a row of zeros for a service.
  static void begin(Handle tx, long service) {
    tx.createUpdate(
            "INSERT INTO service_metric (service_id) VALUES (:service) ON CONFLICT DO NOTHING")
        .bind("service", service)
        .execute();
  }

  /// Counts the outcomes.
  static void add(Handle tx, List<Outcome> outcomes) {
    Map<Boolean, List<Outcome>> known =
        outcomes.stream()
            .collect(Collectors.partitioningBy(o -> State.of(o.observation()) != State.UNKNOWN));
    Rows.write(tx, ADD, known.getOrDefault(true, List.of()), MetricStore::count);
    Rows.write(tx, ADD_UNKNOWN, known.getOrDefault(false, List.of()), MetricStore::countUnknown);
  }

  private static void count(PreparedStatement row, Outcome outcome) throws SQLException {
    State state = State.of(outcome.observation());
    row.setInt(1, state.counted() == State.UP ? 1 : 0);
    row.setInt(2, state == State.DOWN ? 1 : 0);
    row.setDouble(3, outcome.observation().response().toNanos() / 1e6);
    row.setLong(4, outcome.observation().at().toEpochMilli());
    row.setInt(5, state.code());
    row.setLong(6, outcome.serviceId());
  }

  private static void countUnknown(PreparedStatement row, Outcome outcome) throws SQLException {
    row.setLong(1, outcome.observation().at().toEpochMilli());
    row.setInt(2, State.UNKNOWN.code());
    row.setLong(3, outcome.serviceId());
  }

  /// Reads a row that has the columns of `service_metric`.
  static Metric metric(ResultSet row) throws SQLException {
    return new Metric(
        row.getLong("tick_count"),
        row.getLong("up_count"),
        row.getLong("down_count"),
        row.getLong("unknown_count"),
        row.getDouble("average_response_time_ms"));
  }
}
