package dev.rollcall.server.outbox;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/// What the outbox tells Prometheus.
final class DeliveryMetrics {
  private final Counter results;

  DeliveryMetrics(PrometheusRegistry registry) {
    results =
        Counter.builder()
            .name("rollcall_deliveries_total")
            .help("Attempts to deliver, by channel and result: sent, retried, failed.")
            .labelNames("channel", "result")
            .withoutExemplars()
            .register(registry);
  }

  /// How much is owed, at this moment.
  ///
  /// @param seconds the age of the oldest; 0 where nothing is owed
  record Owing(String channel, long pending, double seconds) {}

  /// What is read when Prometheus asks.
  void watch(
      PrometheusRegistry registry,
      Set<String> channels,
      IntSupplier underWay,
      Supplier<Iterable<Owing>> owing) {
    for (String channel : channels) {
      for (String result : new String[] {"sent", "retried", "failed"}) {
        results.initLabelValues(channel, result);
      }
    }
    GaugeWithCallback.builder()
        .name("rollcall_deliveries_in_flight")
        .help("Deliveries under way.")
        .callback(callback -> callback.call(underWay.getAsInt()))
        .register(registry);
    GaugeWithCallback.builder()
        .name("rollcall_deliveries_pending")
        .help("Deliveries that are owed and have not arrived.")
        .labelNames("channel")
        .callback(
            callback ->
                owing.get().forEach(one -> callback.call((double) one.pending(), one.channel())))
        .register(registry);
    GaugeWithCallback.builder()
        .name("rollcall_deliveries_oldest_seconds")
        .help("Since when the oldest delivery of the channel is owed; 0 where none is.")
        .labelNames("channel")
        .callback(
            callback -> owing.get().forEach(one -> callback.call(one.seconds(), one.channel())))
        .register(registry);
  }

  void count(String channel, String result) {
    results.labelValues(channel, result).inc();
  }
}
