package dev.rollcall.server.target;

import dev.rollcall.probes.Resolver;
import dev.rollcall.server.address.Addresses;
import dev.rollcall.server.address.Blocks;
import dev.rollcall.server.address.SpecialAddresses;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.time.Clock;
import inet.ipaddr.IPAddress;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// The entry point of the package for the composition root.
public final class Pool implements AutoCloseable {
  /// The scripts that create the tables of this package.
  public static final List<String> MIGRATIONS = List.of("db/migration/V4__target.sql");

  private final PoolSettings settings;
  private final Policy policy;
  private final PoolStore store;
  private final Sweep sweep;
  private final Admission admission;
  private final TargetMetrics metrics;
  private final TargetRoutes routes;

  public Pool(
      Database database,
      GroupCommit commits,
      PoolSettings settings,
      PrometheusRegistry registry,
      Clock clock) {
    this.settings = settings;
    policy = new Policy(settings.allowed(), settings.denied());
    store = new PoolStore(database, commits, settings, policy::accepts, clock);
    metrics = new TargetMetrics(registry);
    metrics.watch(
        registry,
        () -> {
          database.requireAvailable();
          return store.members();
        },
        () -> {
          database.requireAvailable();
          return lag(clock.wall());
        });
    sweep = new Sweep(store, policy, metrics);
    admission = new Admission(store, policy, metrics);
    routes = new TargetRoutes(store, admission, new HostLookup(Resolver.system()), metrics, clock);
  }

  private double lag(Instant now) {
    return store
        .earliestMeasured()
        .map(due -> Math.max(0, Duration.between(due, now).toMillis() / 1000.0))
        .orElse(0.0);
  }

  /// The routes of the pool.
  public List<Route> routes() {
    return routes.routes();
  }

  /// Removes targets that the settings no longer allow. To be called once, after the first
  /// [#optOut].
  public void start() {
    sweep.over(
        () ->
            Stream.concat(SpecialAddresses.all().stream(), settings.denied().all().stream())
                .toList());
  }

  /// Replaces the blocks that opted out, and removes their targets.
  public void optOut(Blocks blocks) {
    policy.optOut(blocks);
    sweep.over(blocks::all);
  }

  /// Adds addresses of hops as `POST /hops` does; texts that are no addresses are skipped.
  ///
  /// @throws dev.rollcall.server.sql.StorageException if they cannot be stored at present
  public void hops(List<String> addresses) {
    admission.enter(
        addresses.stream()
            .map(Addresses::parse)
            .flatMap(Optional::stream)
            .map(Candidate::hop)
            .toList());
  }

  /// Leases targets to a node of this process, as `GET /next` does.
  ///
  /// @param done the lease whose targets are measured
  /// @throws dev.rollcall.server.sql.StorageException if they cannot be leased at present
  public IntakeResult next(String node, int limit, OptionalLong done) {
    IntakeResult result = store.hand(limit, done);
    metrics.handed(node, result);
    return result;
  }

  /// Takes back what a node of this process does not measure, as `POST /next` does.
  ///
  /// @throws dev.rollcall.server.sql.StorageException if that cannot be stored at present
  public void refuse(String node, long lease, List<IPAddress> targets) {
    metrics.refused(node, store.refuse(new Refusals(node, lease, targets)));
  }

  /// The number of targets.
  public long members() {
    return store.members();
  }

  @Override
  public void close() {
    sweep.close();
  }
}
