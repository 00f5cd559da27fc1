package dev.rollcall.server.heartbeat.overview;

import dev.rollcall.server.config.OneLine;
import dev.rollcall.server.heartbeat.ping.State;
import dev.rollcall.server.heartbeat.store.HeartbeatStore;
import dev.rollcall.server.heartbeat.store.HeartbeatStore.Seen;
import dev.rollcall.server.heartbeat.store.StateCounts;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.sql.StorageException;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The metrics of heartbeats, read from the database at each scrape.
///
/// There are series for the first 10,000 heartbeats and for the first 10,000 late ones. The counts
/// by state include all. Series for a million names would be a hundred megabytes per scrape.
public final class HeartbeatMetrics implements MultiCollector {
  static final int MOST = 10_000;

  private static final MetricFamilyDescriptor ALL =
      MetricFamilyDescriptor.gauge("rollcall_heartbeats")
          .help("Heartbeats by state.")
          .labelName("state")
          .build();
  private static final MetricFamilyDescriptor LATE =
      MetricFamilyDescriptor.gauge("rollcall_heartbeat_late")
          .help("1 if the heartbeat is late, else 0; for the first 10,000 and for late ones.")
          .labelName("heartbeat")
          .build();
  private static final MetricFamilyDescriptor LAST =
      MetricFamilyDescriptor.gauge("rollcall_heartbeat_last_timestamp_seconds")
          .help("Time of the last call, in seconds since 1970; for the same heartbeats.")
          .labelName("heartbeat")
          .build();

  private final HeartbeatStore heartbeats;
  private final StateCounts stateCounts;

  public HeartbeatMetrics(HeartbeatStore heartbeats, StateCounts stateCounts) {
    this.heartbeats = heartbeats;
    this.stateCounts = stateCounts;
  }

  @Override
  public List<MetricFamilyDescriptor> getMetricFamilyDescriptors() {
    return List.of(ALL, LATE, LAST);
  }

  @Override
  public MetricSnapshots collect() {
    List<GaugeDataPointSnapshot> all = new ArrayList<>();
    List<GaugeDataPointSnapshot> late = new ArrayList<>();
    List<GaugeDataPointSnapshot> last = new ArrayList<>();
    try {
      heartbeats.requireAvailable();
      stateCounts
          .counts(Scope.operator())
          .forEach((state, count) -> all.add(point(Labels.of("state", state.word()), count)));
      Set<String> names = new HashSet<>();
      for (Seen seen : shown()) {
        String name = OneLine.of(seen.name());
        if (!names.add(name)) {
          continue; // two names that look the same must not become two equal series
        }
        Labels labels = Labels.of("heartbeat", name);
        late.add(point(labels, seen.state() == State.LATE ? 1 : 0));
        seen.last().ifPresent(at -> last.add(point(labels, at.toEpochMilli() / 1e3)));
      }
    } catch (StorageException e) {
      // No series while the database is unavailable; the other metrics are still answered.
    }
    return MetricSnapshots.of(
        new GaugeSnapshot(ALL.getMetadata(), all),
        new GaugeSnapshot(LATE.getMetadata(), late),
        new GaugeSnapshot(LAST.getMetadata(), last));
  }

  private static GaugeDataPointSnapshot point(Labels labels, double value) {
    return GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
  }

  private Collection<Seen> shown() {
    Map<Long, Seen> shown = new LinkedHashMap<>();
    heartbeats.first(Scope.operator(), MOST).forEach(seen -> shown.put(seen.id(), seen));
    if (shown.size() == MOST) {
      heartbeats.late(Scope.operator(), MOST).forEach(seen -> shown.put(seen.id(), seen));
    }
    return shown.values();
  }
}
