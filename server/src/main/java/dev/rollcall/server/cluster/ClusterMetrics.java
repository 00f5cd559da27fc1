package dev.rollcall.server.cluster;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/// The metrics of the processes, as this one saw them with its last sign of life.
final class ClusterMetrics {
  private ClusterMetrics() {}

  static void watch(PrometheusRegistry registry, Membership membership) {
    GaugeWithCallback.builder()
        .name("rollcall_cluster_processes")
        .help("Processes that share the database and are there, by version.")
        .labelNames("version")
        .callback(
            callback ->
                there(membership).stream()
                    .collect(Collectors.groupingBy(Member::version, Collectors.counting()))
                    .forEach((version, many) -> callback.call((double) many, version)))
        .register(registry);
    held(registry, membership, "checks", "Checks under way.", one -> one.work().checks());
    held(
        registry,
        membership,
        "deliveries",
        "Deliveries under way.",
        one -> one.work().deliveries());
    held(
        registry,
        membership,
        "outcomes_waiting",
        "Outcomes of checks that wait for the database.",
        one -> one.work().waiting());
    CounterWithCallback.builder()
        .name("rollcall_cluster_takeovers_total")
        .help("Processes whose share this one has taken over, as they gave no sign of life.")
        .callback(callback -> callback.call((double) membership.takeovers()))
        .register(registry);
    CounterWithCallback.builder()
        .name("rollcall_cluster_rows_taken_over_total")
        .help("Checks and deliveries that such processes had begun.")
        .callback(callback -> callback.call((double) membership.takenRows()))
        .register(registry);
    GaugeWithCallback.builder()
        .name("rollcall_cluster_clock_ahead_seconds")
        .help("How far the clock of this machine is ahead of the database's, which is used.")
        .callback(callback -> callback.call(membership.clockAhead().toMillis() / 1000.0))
        .register(registry);
  }

  /// By name. Two may have the same: one that was killed a moment ago and the one started after it.
  private static void held(
      PrometheusRegistry registry,
      Membership membership,
      String name,
      String help,
      ToIntFunction<Member> value) {
    GaugeWithCallback.builder()
        .name("rollcall_cluster_" + name)
        .help(help + " Of each process that shares the database.")
        .labelNames("process")
        .callback(
            callback ->
                there(membership).stream()
                    .collect(Collectors.groupingBy(Member::name, Collectors.summingInt(value)))
                    .forEach((process, sum) -> callback.call(sum, process)))
        .register(registry);
  }

  private static List<Member> there(Membership membership) {
    return membership.members().stream().filter(Member::isThere).toList();
  }
}
