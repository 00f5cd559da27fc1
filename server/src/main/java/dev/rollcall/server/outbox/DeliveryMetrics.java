package dev.rollcall.server.outbox;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// The metrics of the outbox.
final class DeliveryMetrics {
  private static final List<String> RESULTS = List.of("sent", "retried", "failed");

  private final Counter results;
  private final Histogram told;

  DeliveryMetrics(PrometheusRegistry registry) {
    results =
        Counter.builder()
            .name("rollcall_deliveries_total")
            .help("Attempts to deliver, by channel and result: sent, retried, failed.")
            .labelNames("channel", "result")
            .withoutExemplars()
            .register(registry);
    told =
        Histogram.builder()
            .name("rollcall_incident_told_seconds")
            .help("From the observation that confirmed an incident until a receiver had it.")
            .classicOnly()
            .classicUpperBounds(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600)
            .withoutExemplars()
            .register(registry);
  }

  /// Registers what is read at each scrape.
  ///
  /// @param pending the number of pending deliveries of a channel
  /// @param oldest the age in seconds of the oldest of them; both are empty while it is unknown
  void watch(
      PrometheusRegistry registry,
      Supplier<Set<String>> channels,
      IntSupplier underWay,
      Function<String, OptionalDouble> pending,
      Function<String, OptionalDouble> oldest) {
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
                operators(channels)
                    .forEach(
                        channel ->
                            pending.apply(channel).ifPresent(many -> callback.call(many, channel))))
        .register(registry);
    GaugeWithCallback.builder()
        .name("rollcall_deliveries_oldest_seconds")
        .help("Age of the oldest unfinished delivery of the channel; 0 if there is none.")
        .labelNames("channel")
        .callback(
            callback ->
                operators(channels)
                    .forEach(
                        channel ->
                            oldest.apply(channel).ifPresent(age -> callback.call(age, channel))))
        .register(registry);
  }

  /// The rows of accounts have no series: there may be very many of them.
  private static Stream<String> operators(Supplier<Set<String>> channels) {
    return channels.get().stream().filter(DeliveryMetrics::isOperators);
  }

  private static boolean isOperators(String channel) {
    return channel.indexOf('/') < 0;
  }

  /// Begins the series of a channel with zeros.
  void show(String channel) {
    if (isOperators(channel)) {
      RESULTS.forEach(result -> results.initLabelValues(channel, result));
    }
  }

  void count(String channel, String result) {
    if (!isOperators(channel)) {
      return;
    }
    results.labelValues(channel, result).inc();
  }

  /// An incident was told on a channel of the operator for the first time.
  void told(String channel, Delivery delivery, Instant now) {
    boolean opened =
        switch (delivery.kind()) {
          case DOWN, LATE, FAILED, SLOW, CERTIFICATE, MANUAL -> true;
          case RECOVERED, SEVERAL, ABSENCE, TEST -> false;
        };
    boolean first =
        delivery.message().incident().filter(incident -> !incident.reminder()).isPresent();
    if (opened && first && isOperators(channel)) {
      told.observe(
          Math.max(0, Duration.between(delivery.message().at(), now).toNanos() / 1_000_000_000.0));
    }
  }
}
