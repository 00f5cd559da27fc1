package dev.rollcall.server.collector;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.DoubleSupplier;

/// The metrics of the collector: those of output_service, and others with names of Rollcall.
final class CollectorMetrics {
  private static final String PREFIX = "output_service_";

  private CollectorMetrics() {}

  /// The metrics of output_service, exactly. They are written by hand: their counters do not end in
  /// `_total`, which the client library of Prometheus adds to every counter, as OpenMetrics
  /// requires.
  static String outputService(CollectorStats stats) {
    StringBuilder text = new StringBuilder(1200);
    counter(text, "total_results", "Total number of results processed", stats.results());
    counter(text, "successful_pings", "Total successful pings", stats.successful());
    counter(text, "failed_pings", "Total failed pings", stats.failed());
    counter(text, "hops_discovered", "Total hops discovered", stats.hopsDiscovered());
    counter(text, "hops_sent", "Total hops sent to the input service", stats.hopsSent());
    metric(text, "current_db_size", "Size of the current database in bytes", "gauge", stats.size());
    return text.toString();
  }

  private static void counter(StringBuilder text, String key, String help, long value) {
    metric(text, key, help, "counter", value);
  }

  private static void metric(StringBuilder text, String key, String help, String type, long value) {
    String name = PREFIX + key;
    text.append("# HELP ").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    text.append(name).append(' ').append(value).append('\n');
  }

  static void watch(
      PrometheusRegistry registry, RotatingStore store, Hops hops, ResultBuffers buffers) {
    counter(
        registry,
        "rollcall_collector_rotations_total",
        "Files that were started after another one.",
        store::rotations);
    counter(
        registry,
        "rollcall_collector_quarantined_total",
        "Damaged files that were renamed to *.corrupt.",
        store::quarantined);
    counter(
        registry,
        "rollcall_collector_hops_refused_total",
        "Hops that the input service rejected.",
        hops::refused);
    counter(
        registry,
        "rollcall_collector_hops_dropped_total",
        "Hops that were dropped because too many waited for the input service.",
        hops::dropped);
    gauge(
        registry,
        "rollcall_collector_files_unfolded",
        "Older files that still have a log or journal file.",
        store::unfolded);
    gauge(registry, "rollcall_collector_hops_waiting", "Hops still to be sent.", hops::waiting);
    gauge(
        registry, "rollcall_collector_hops_remembered", "Addresses remembered.", hops::remembered);
    gauge(
        registry,
        "rollcall_collector_received_bytes",
        "Memory used by results that are not yet stored.",
        buffers::taken);
  }

  private static void counter(
      PrometheusRegistry registry, String name, String help, DoubleSupplier value) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call(value.getAsDouble()))
        .register(registry);
  }

  private static void gauge(
      PrometheusRegistry registry, String name, String help, DoubleSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call(value.getAsDouble()))
        .register(registry);
  }
}
