package dev.rollcall.server.monitor.schedule;

import dev.rollcall.probes.EchoSender;
import dev.rollcall.server.address.Blocks;
import dev.rollcall.server.monitor.Monitor;
import dev.rollcall.server.monitor.MonitorSettings;
import dev.rollcall.server.monitor.definition.ServiceReader;
import dev.rollcall.server.monitor.path.PathTracer;
import dev.rollcall.server.monitor.store.AccountLimits;
import dev.rollcall.server.monitor.store.TickStore;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.redis.Redis;
import dev.rollcall.server.signal.Circles;
import dev.rollcall.server.signal.SignalWriter;
import dev.rollcall.server.signal.UptimeSpans;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.time.Clock;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Whole monitors, for tests of the runner.
final class Monitors {
  private Monitors() {}

  /// One without Redis, whose signals nobody reads.
  static Monitor of(Database database, GroupCommit commits, Clock clock) {
    return of(database, commits, Optional.empty(), (_, _) -> {}, clock);
  }

  static Monitor of(
      Database database,
      GroupCommit commits,
      Optional<Redis> redis,
      SignalWriter signals,
      Clock clock) {
    return new Monitor(
        database,
        commits,
        redis,
        new MonitorSettings(
            new ServiceReader.Defaults(
                Duration.ofSeconds(15), Duration.ofSeconds(5), false, Duration.ofDays(14)),
            64,
            100,
            Duration.ofDays(30),
            List.of(),
            Blocks.NONE,
            new AccountLimits(100, 1_000),
            Duration.ofDays(2)),
        signals,
        new Circles(database, Monitor.subjects()),
        UptimeSpans.NONE,
        EchoSender.none(),
        PathTracer.none(),
        new PrometheusRegistry(),
        clock);
  }

  /// How many ticks the first service has.
  static long ticks(TickStore ticks) {
    return ticks.count(Scope.everything(), 1, Instant.EPOCH, tomorrow());
  }

  /// After all that a test writes.
  static Instant tomorrow() {
    return Instant.now().plus(Duration.ofDays(1));
  }
}
