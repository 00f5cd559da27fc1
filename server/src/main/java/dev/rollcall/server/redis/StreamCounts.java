package dev.rollcall.server.redis;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/// What this process has done with the entries of streams.
///
/// @param applied items that this process has written to the database
/// @param replayed items that were read again after they were applied
/// @param dropped items that cannot be read or applied, or that were refused after they had waited
record StreamCounts(Counter applied, Counter replayed, Counter dropped) {
  static StreamCounts in(PrometheusRegistry registry) {
    return new StreamCounts(
        counter(
            registry,
            "rollcall_stream_applied_total",
            "Items of the streams of Redis that this process has written to the database."),
        counter(
            registry,
            "rollcall_stream_replayed_total",
            "Items of the streams that were read again after they had been written."),
        counter(
            registry,
            "rollcall_stream_dropped_total",
            "Items of the streams that could not be read or written and are kept aside."));
  }

  private static Counter counter(PrometheusRegistry registry, String name, String help) {
    return Counter.builder().name(name).help(help).withoutExemplars().register(registry);
  }
}
