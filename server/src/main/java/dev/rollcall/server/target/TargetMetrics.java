package dev.rollcall.server.target;

import dev.rollcall.server.config.OneLine;
import dev.rollcall.server.sql.StorageException;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;

/// The metrics of the pool.
final class TargetMetrics {
  /// The largest number of nodes with their own series. The others share `other`, since a client
  /// may send any name.
  private static final int MOST_NODES = 1_000;

  private final Set<String> nodes = ConcurrentHashMap.newKeySet();
  private final Counter received;
  private final Counter added;
  private final Counter keptOut;
  private final Counter removed;
  private final Counter handedOut;
  private final Counter measured;
  private final Counter refused;

  TargetMetrics(PrometheusRegistry registry) {
    received =
        counter("rollcall_targets_received_total", "Addresses posted to the pool.", "origin")
            .register(registry);
    added =
        counter("rollcall_targets_added_total", "Targets that were new to the pool.", "origin")
            .register(registry);
    keptOut =
        counter(
                "rollcall_targets_kept_out_total",
                "Addresses posted that may not enter the pool: special (private, loopback,"
                    + " reserved), denied, opted_out, network_full or pool_full.",
                "reason")
            .register(registry);
    removed =
        counter("rollcall_targets_removed_total", "Targets that left the pool.", "reason")
            .register(registry);
    handedOut =
        counter("rollcall_targets_handed_out_total", "Targets leased to a node.", "node")
            .register(registry);
    measured =
        counter(
                "rollcall_targets_measured_total",
                "Targets that a node reported as measured.",
                "node")
            .register(registry);
    refused =
        counter(
                "rollcall_targets_refused_total",
                "Leased targets that a node does not measure, as its settings exclude them.",
                "node")
            .register(registry);
  }

  private static Counter.Builder counter(String name, String help, String label) {
    return Counter.builder().name(name).help(help).labelNames(label).withoutExemplars();
  }

  /// Registers the number of targets, and the lag of the nodes; both are read at each scrape.
  void watch(PrometheusRegistry registry, DoubleSupplier members, DoubleSupplier lag) {
    gauge(registry, "rollcall_targets", "Targets in the pool.", members);
    gauge(
        registry,
        "rollcall_targets_lag_seconds",
        "How long the most overdue target has been due, among targets that were measured before.",
        lag);
  }

  private static void gauge(
      PrometheusRegistry registry, String name, String help, DoubleSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(
            callback -> {
              try {
                callback.call(value.getAsDouble());
              } catch (StorageException e) {
                callback.call(Double.NaN);
              }
            })
        .register(registry);
  }

  void received(Candidate.Origin origin, int count) {
    received.labelValues(origin.word()).inc(count);
  }

  void added(Candidate.Origin origin) {
    added.labelValues(origin.word()).inc();
  }

  /// @param reason a verdict or the result of adding
  void keptOut(Enum<?> reason) {
    keptOut.labelValues(reason.name().toLowerCase(Locale.ROOT)).inc();
  }

  void deleted() {
    removed.labelValues("deleted").inc();
  }

  void removedByPolicy(int count) {
    removed.labelValues("policy").inc(count);
  }

  void refused(String node, int count) {
    refused.labelValues(label(node)).inc(count);
  }

  private String label(String node) {
    boolean known = nodes.contains(node) || (nodes.size() < MOST_NODES && nodes.add(node));
    return known ? OneLine.of(node) : "other";
  }

  void handed(String node, IntakeResult intakeResult) {
    String label = label(node);
    handedOut.labelValues(label).inc(intakeResult.targets().size());
    measured.labelValues(label).inc(intakeResult.measured());
    removedByPolicy(intakeResult.removed());
  }
}
