package dev.rollcall.server.target;

import dev.rollcall.probes.Resolver;
import dev.rollcall.server.address.Addresses;
import dev.rollcall.server.address.Blocks;
import dev.rollcall.server.address.SpecialAddresses;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.time.Clock;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The target pool as a whole: what the composition root holds.
public final class Pool implements AutoCloseable {
  private final PoolSettings settings;
  private final Policy policy;
  private final PoolStore store;
  private final Sweep sweep;
  private final Admission admission;
  private final TargetRoutes routes;

  public Pool(
      Database database,
      GroupCommit commits,
      PoolSettings settings,
      PrometheusRegistry registry,
      Clock clock) {
    this.settings = settings;
    policy = new Policy(settings.allowed(), settings.denied());
    store = new PoolStore(database, commits, settings, policy::welcomes, clock);
    TargetMetrics metrics = new TargetMetrics(registry);
    metrics.watch(registry, store::members, () -> lag(clock.wall()));
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

  /// The pool's part of the API.
  public List<Route> routes() {
    return routes.routes();
  }

  /// Takes out what the settings keep out by now. To be called once, after the first [#optOut].
  public void start() {
    sweep.over(
        () ->
            Stream.concat(SpecialAddresses.all().stream(), settings.denied().all().stream())
                .toList());
  }

  /// Keeps these out from now on, and takes those out that are in. They replace those of before.
  public void optOut(Blocks blocks) {
    policy.optOut(blocks);
    sweep.over(blocks::all);
  }

  /// Takes addresses of hops as `POST /hops` does; what is no address is passed over.
  ///
  /// @throws dev.rollcall.server.sql.StorageException where they cannot be kept just now
  public void hops(List<String> addresses) {
    admission.enter(
        addresses.stream()
            .map(Addresses::parse)
            .flatMap(Optional::stream)
            .map(Candidate::hop)
            .toList());
  }

  /// How many targets there are.
  public long members() {
    return store.members();
  }

  @Override
  public void close() {
    sweep.close();
  }
}
