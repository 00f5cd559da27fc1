package dev.rollcall.server.monitor;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/// The running counts of each service over all its ticks ever, whatever ticks are still kept.
///
/// An unknown observation is counted apart and moves neither the count of ticks nor the mean.
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
      WHERE service_id = ?""";

  private static final String ADD_UNKNOWN =
      """
      UPDATE service_metric SET unknown_count = unknown_count + 1, last_at = ?, last_state = ?
      WHERE service_id = ?""";

  private static final String CERTIFICATE =
      """
      UPDATE service_metric SET certificate_ends_at = :ends
      WHERE service_id = :service AND certificate_ends_at IS DISTINCT FROM :ends""";

  private MetricStore() {}

  /// A service's counts begin at nothing.
  static void begin(Handle tx, long service) {
    tx.execute(
        "INSERT INTO service_metric (service_id) VALUES (?) ON CONFLICT DO NOTHING", service);
  }

  /// Counts each outcome.
  static void add(Handle tx, List<Outcome> outcomes) {
    try (PreparedBatch batch = tx.prepareBatch(ADD)) {
      for (Outcome outcome : outcomes) {
        switch (State.of(outcome.observation())) {
          case UNKNOWN ->
              tx.execute(
                  ADD_UNKNOWN,
                  outcome.observation().at().toEpochMilli(),
                  State.UNKNOWN.code(),
                  outcome.serviceId());
          case UP -> count(batch, outcome, 1, 0);
          case DOWN -> count(batch, outcome, 0, 1);
        }
      }
      batch.execute();
    }
    for (Outcome outcome : outcomes) {
      outcome
          .newCertificate()
          .ifPresent(
              ends ->
                  tx.createUpdate(CERTIFICATE)
                      .bind("ends", ends.toEpochMilli())
                      .bind("service", outcome.serviceId())
                      .execute());
    }
  }

  private static void count(PreparedBatch batch, Outcome outcome, int up, int down) {
    batch
        .bind(0, up)
        .bind(1, down)
        .bind(2, outcome.observation().response().toNanos() / 1e6)
        .bind(3, outcome.observation().at().toEpochMilli())
        .bind(4, State.of(outcome.observation()).code())
        .bind(5, outcome.serviceId())
        .add();
  }

  /// Reads the columns of `service_metric` from a row that has them.
  static Metric metric(ResultSet row) throws SQLException {
    return new Metric(
        row.getLong("tick_count"),
        row.getLong("up_count"),
        row.getLong("down_count"),
        row.getLong("unknown_count"),
        row.getDouble("average_response_time_ms"));
  }
}
