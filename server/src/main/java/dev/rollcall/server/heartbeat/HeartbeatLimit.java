package dev.rollcall.server.heartbeat;

import dev.rollcall.server.sql.Rows;
import dev.rollcall.server.time.Clock;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import org.jdbi.v3.core.Handle;

/// Limits how many heartbeats exist, since anybody who may send pings can create them.
///
/// The rows are counted when the free places of the last count are used up, and then once a second
/// at most: counting a million takes tens of milliseconds. With several processes on one
/// PostgreSQL, the limit may be exceeded by what each of them adds between two counts.
final class HeartbeatLimit {
  private static final Duration AGAIN = Duration.ofSeconds(1);

  private final long most;
  private final Clock clock;
  private final Counter refused;
  private long left;
  private Duration counted = Duration.ofSeconds(Long.MIN_VALUE / 2);

  HeartbeatLimit(long most, PrometheusRegistry registry, Clock clock) {
    this.most = most;
    this.clock = clock;
    this.refused =
        Counter.builder()
            .name("rollcall_heartbeats_refused_total")
            .help("Calls that were rejected because the maximum number of heartbeats exists.")
            .withoutExemplars()
            .register(registry);
  }

  long most() {
    return most;
  }

  /// Reserves places for new heartbeats: `wanted`, or as many as are free.
  synchronized int take(Handle tx, int wanted) {
    if (left < wanted && clock.monotonic().minus(counted).compareTo(AGAIN) >= 0) {
      counted = clock.monotonic();
      left = Math.max(0, most - count(tx));
    }
    int taken = (int) Math.min(left, wanted);
    left -= taken;
    refused.inc(wanted - taken);
    return taken;
  }

  private static long count(Handle tx) {
    return Rows.read(tx, "SELECT COUNT(*) FROM heartbeat", tx, (_, _) -> {}, row -> row.getLong(1))
        .getFirst();
  }
}
