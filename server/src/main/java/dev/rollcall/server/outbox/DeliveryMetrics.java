package dev.rollcall.server.outbox;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntSupplier;

/// The metrics of the outbox.
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

  /// Registers what is read at each scrape.
  ///
  /// @param pending the number of pending deliveries of a channel
  /// @param oldest the age in seconds of the oldest of them; both are empty while it is unknown
  void watch(
      PrometheusRegistry registry,
      Set<String> channels,
      IntSupplier underWay,
      Function<String, OptionalDouble> pending,
      Function<String, OptionalDouble> oldest) {
    for (String channel : channels) {
      for (String result : new String[] {"sent", "retried", "failed"}) {
        results.initLabelValues(channel, result);
      }
    }
    GaugeWithCallback.builder()
        .name("rollcall_deliveries_in_flight")
        .help("Deliveries that are being sent.")
        .callback(callback -> callback.call(underWay.getAsInt()))
        .register(registry);
    GaugeWithCallback.builder()
        .name("rollcall_deliveries_pending")
        .help("Deliveries that are not finished.")
        .labelNames("channel")
        .callback(
            callback ->
                channels.forEach(
                    channel ->
                        pending.apply(channel).ifPresent(many -> callback.call(many, channel))))
        .register(registry);
    GaugeWithCallback.builder()
        .name("rollcall_deliveries_oldest_seconds")
        .help("Age of the oldest unfinished delivery of the channel; 0 if there is none.")
        .labelNames("channel")
        .callback(
            callback ->
                channels.forEach(
                    channel -> oldest.apply(channel).ifPresent(age -> callback.call(age, channel))))
        .register(registry);
  }

  void count(String channel, String result) {
    results.labelValues(channel, result).inc();
  }
}
