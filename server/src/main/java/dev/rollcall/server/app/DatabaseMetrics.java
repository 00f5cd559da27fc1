package dev.rollcall.server.app;

import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.StandbyState;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/// The metrics of the standby of the database, if one is named.
final class DatabaseMetrics {
  private DatabaseMetrics() {}

  static void register(Database database, PrometheusRegistry registry) {
    if (database.standby().isEmpty()) {
      return;
    }
    GaugeWithCallback.builder()
        .name("rollcall_database_standby_lag_seconds")
        .help("How far the standby is behind the primary. Missing while it cannot be used.")
        .callback(
            callback ->
                database
                    .standby()
                    .flatMap(StandbyState::lag)
                    .ifPresent(lag -> callback.call(lag.toMillis() / 1000.0)))
        .register(registry);
    CounterWithCallback.builder()
        .name("rollcall_database_standby_reads_total")
        .help("Reads that may be old, by the server that served them: standby or primary.")
        .labelNames("server")
        .callback(
            callback ->
                database
                    .standby()
                    .ifPresent(
                        state -> {
                          callback.call((double) state.served(), "standby");
                          callback.call((double) state.refused(), "primary");
                        }))
        .register(registry);
  }
}
