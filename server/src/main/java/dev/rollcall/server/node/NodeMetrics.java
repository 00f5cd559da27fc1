package dev.rollcall.server.node;

import dev.rollcall.server.sql.StorageException;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/// The metrics of a node.
final class NodeMetrics {
  private NodeMetrics() {}

  static void watch(PrometheusRegistry registry, NodeCounts counts, int rate) {
    counter(registry, "targets_measured", "Targets that were measured.", counts.targets()::get);
    counter(
        registry, "targets_answered", "Measured targets that answered.", counts.answered()::get);
    counter(registry, "packets_sent", "Packets that were sent.", counts.packets()::get);
    counter(
        registry,
        "targets_refused",
        "Assigned targets that the settings of the node exclude.",
        counts.refused()::get);
    counter(
        registry,
        "targets_discarded",
        "Targets whose measurement was discarded because the machine slept.",
        counts.discarded()::get);
    gauge(registry, "rate", "Most packets a second.", () -> rate);
  }

  static void watch(PrometheusRegistry registry, PoolClient pool) {
    counter(
        registry,
        "targets_unusable",
        "Targets of the pool that were no addresses, or more than asked for.",
        pool::unusable);
  }

  /// @param content what is in the spool
  static void watch(
      PrometheusRegistry registry, Supplier<Spool.Content> content, Delivery delivery) {
    counter(registry, "results_delivered", "Results that were delivered.", delivery::delivered);
    counter(
        registry,
        "results_dropped",
        "Results that were dropped because too many waited.",
        () -> content.get().dropped());
    counter(
        registry,
        "results_refused",
        "Results that the collector rejected.",
        () -> content.get().refused());
    gauge(
        registry,
        "spool_batches",
        "Batches that wait for the collector.",
        () -> content.get().batches());
    gauge(registry, "spool_bytes", "Size of the spool in bytes.", () -> content.get().bytes());
  }

  private static void counter(
      PrometheusRegistry registry, String name, String help, DoubleSupplier value) {
    CounterWithCallback.builder()
        .name("rollcall_node_" + name + "_total")
        .help(help)
        .callback(callback -> callback.call(known(value)))
        .register(registry);
  }

  private static void gauge(
      PrometheusRegistry registry, String name, String help, DoubleSupplier value) {
    GaugeWithCallback.builder()
        .name("rollcall_node_" + name)
        .help(help)
        .callback(callback -> callback.call(known(value)))
        .register(registry);
  }

  private static double known(DoubleSupplier value) {
    try {
      return value.getAsDouble();
    } catch (StorageException e) {
      return Double.NaN;
    }
  }
}
