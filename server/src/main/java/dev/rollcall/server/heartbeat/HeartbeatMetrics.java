package dev.rollcall.server.heartbeat;

import dev.rollcall.server.sql.StorageException;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What Prometheus is told about heartbeats, read from the database when it asks.
///
/// There is a series for each of the first 10,000 heartbeats, and for the first 10,000 late ones;
/// the counts by state are of all of them. A million names would be a hundred megabytes at each
/// look.
final class HeartbeatMetrics {
  static final int MOST = 10_000;

  private final HeartbeatStore heartbeats;

  HeartbeatMetrics(HeartbeatStore heartbeats) {
    this.heartbeats = heartbeats;
  }

  void register(PrometheusRegistry registry) {
    GaugeWithCallback.builder()
        .name("rollcall_heartbeats")
        .help("Heartbeats by state.")
        .labelNames("state")
        .callback(
            callback -> counts().forEach((state, count) -> callback.call(count, state.word())))
        .register(registry);
    GaugeWithCallback.builder()
        .name("rollcall_heartbeat_late")
        .help("1 where the heartbeat has missed its moment, else 0; of 10,000 and of late ones.")
        .labelNames("heartbeat")
        .callback(
            callback ->
                shown()
                    .forEach(
                        seen -> callback.call(seen.state() == State.LATE ? 1 : 0, seen.name())))
        .register(registry);
    GaugeWithCallback.builder()
        .name("rollcall_heartbeat_last_timestamp_seconds")
        .help("When the heartbeat last called in, in seconds since 1970; of the same.")
        .labelNames("heartbeat")
        .callback(
            callback ->
                shown()
                    .forEach(
                        seen ->
                            seen.last()
                                .ifPresent(
                                    at -> callback.call(at.toEpochMilli() / 1e3, seen.name()))))
        .register(registry);
  }

  /// Nothing while the database is away: what else there is to tell is told all the same.
  private Map<State, Long> counts() {
    try {
      return heartbeats.counts();
    } catch (StorageException e) {
      return Map.of();
    }
  }

  private Collection<HeartbeatStore.Seen> shown() {
    try {
      Map<Long, HeartbeatStore.Seen> shown = new LinkedHashMap<>();
      heartbeats.first(MOST).forEach(seen -> shown.put(seen.id(), seen));
      if (shown.size() == MOST) {
        heartbeats.late(MOST).forEach(seen -> shown.put(seen.id(), seen));
      }
      return shown.values();
    } catch (StorageException e) {
      return List.of();
    }
  }
}
