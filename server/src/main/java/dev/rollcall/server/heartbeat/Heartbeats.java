package dev.rollcall.server.heartbeat;

import dev.rollcall.server.heartbeat.definition.HeartbeatDefinition;
import dev.rollcall.server.heartbeat.definition.HeartbeatName;
import dev.rollcall.server.heartbeat.overview.HeartbeatMetrics;
import dev.rollcall.server.heartbeat.overview.HeartbeatOverview;
import dev.rollcall.server.heartbeat.ping.Heartbeat;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange;
import dev.rollcall.server.heartbeat.ping.PingOutcome;
import dev.rollcall.server.heartbeat.routes.HeartbeatRoutes;
import dev.rollcall.server.heartbeat.routes.PingRoutes;
import dev.rollcall.server.heartbeat.schedule.LateDetector;
import dev.rollcall.server.heartbeat.schedule.LostCalls;
import dev.rollcall.server.heartbeat.schedule.PingReceivers;
import dev.rollcall.server.heartbeat.store.BufferedPings;
import dev.rollcall.server.heartbeat.store.DeclaredHeartbeats;
import dev.rollcall.server.heartbeat.store.HeartbeatLimit;
import dev.rollcall.server.heartbeat.store.HeartbeatLog;
import dev.rollcall.server.heartbeat.store.HeartbeatStore;
import dev.rollcall.server.heartbeat.store.HeartbeatSubjects;
import dev.rollcall.server.heartbeat.store.HeartbeatWriter;
import dev.rollcall.server.heartbeat.store.KeyStore;
import dev.rollcall.server.heartbeat.store.Owners;
import dev.rollcall.server.heartbeat.store.RunStore;
import dev.rollcall.server.heartbeat.store.StateCounts;
import dev.rollcall.server.http.Listing;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.redis.Redis;
import dev.rollcall.server.signal.Circles;
import dev.rollcall.server.signal.SignalWriter;
import dev.rollcall.server.signal.Subjects;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.time.SleepClock;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// The entry point of the package for the composition root.
///
/// All data is in the database: a process that answers pings holds none of it in memory. The
/// process whose [#start] was called also finds late heartbeats; on PostgreSQL there may be
/// several.
public final class Heartbeats implements AutoCloseable {
  /// The scripts that create the tables of this package.
  public static final List<String> MIGRATIONS =
      List.of(
          "db/migration/V3__heartbeat.sql",
          "db/migration/V6__recent.sql",
          "db/migration/V7__exit_code.sql",
          "db/migration/V8__listener.sql",
          "db/sqlite/V11__begin_heartbeat_owner.sql",
          "db/sqlite/V12__heartbeat_owner.sql",
          "db/postgres/V12__heartbeat_owner.sql",
          "db/migration/V31__heartbeat_keys.sql",
          "db/sqlite/V45__heartbeat_group.sql",
          "db/postgres/V45__heartbeat_group.sql");

  private static final int DELETED_AT_ONCE = 500;

  private final HeartbeatStore store;
  private final Function<HeartbeatChange, PingOutcome> changes;
  private final HeartbeatLimit limit;
  private final PingRoutes pings;
  private final HeartbeatRoutes routes;
  private final HeartbeatOverview heartbeatOverview;
  private final LostCalls lostCalls;
  private final Supplier<Duration> lag;
  private final PingReceivers receivers;
  private final DeclaredHeartbeats declared;
  private final LateDetector lateDetector;

  /// @param redis in front of the database, if there is one
  /// @param signalWriter gets the changes that somebody may have to be told of
  /// @param circles finds those of `depends-on`
  public Heartbeats(
      Database database,
      GroupCommit commits,
      Optional<Redis> redis,
      HeartbeatSettings settings,
      SignalWriter signalWriter,
      Circles circles,
      PrometheusRegistry registry,
      Clock clock) {
    HeartbeatLog log = new HeartbeatLog(clock);
    SignalWriter logged =
        (tx, signals) -> {
          signalWriter.write(tx, signals);
          tx.afterCommit(() -> signals.forEach(log::changed));
        };
    limit = new HeartbeatLimit(settings.most(), settings.ofAccount(), registry, clock);
    HeartbeatWriter writer =
        new HeartbeatWriter(
            database,
            logged,
            circles,
            limit,
            settings.futureTolerance(),
            settings.durability(),
            clock);
    lostCalls = new LostCalls(clock);
    receivers = new PingReceivers(database, commits, lostCalls, clock);
    Function<HeartbeatChange, PingOutcome> write;
    if (redis.isPresent()) {
      BufferedPings buffered = new BufferedPings(redis.get(), writer, commits, clock);
      lag = buffered::lag;
      lostCalls.waitIn(lag);
      write = buffered;
    } else {
      lag = () -> Duration.ZERO;
      write = change -> commits.write(writer, change);
    }
    Function<HeartbeatChange, PingOutcome> written = change -> lostCalls.note(write, change);
    store = new HeartbeatStore(database);
    changes = written;
    pings = new PingRoutes(written, log, settings.futureTolerance(), clock);
    RunStore runs = new RunStore(database);
    StateCounts stateCounts = new StateCounts(store, clock);
    KeyStore keys = new KeyStore(database);
    declared = new DeclaredHeartbeats(keys, writer, commits);
    routes = new HeartbeatRoutes(store, runs, keys, stateCounts, written);
    heartbeatOverview = new HeartbeatOverview(database, store, runs, stateCounts);
    lateDetector =
        new LateDetector(
            database,
            commits,
            logged,
            settings.realert(),
            settings.startupGrace(),
            receivers,
            clock,
            SleepClock.system());
    registry.register(new HeartbeatMetrics(store, stateCounts));
    CounterWithCallback.builder()
        .name("rollcall_calls_turned_away_total")
        .help(
            "Heartbeats, or connections that may have carried one, that were rejected because"
                + " the server was full.")
        .callback(callback -> callback.call((double) lostCalls.rejected().total()))
        .register(registry);
  }

  /// Heartbeats as the subjects of incidents.
  public static Subjects subjects() {
    return new HeartbeatSubjects();
  }

  /// Whether these heartbeats of the configuration file would be accepted; otherwise [#refusal]
  /// says why not.
  ///
  /// @param fewer whether more than half of those that were declared before may be missing
  public boolean accepts(List<HeartbeatDefinition> heartbeats, boolean fewer) {
    return declared.accepts(heartbeats, fewer);
  }

  /// Replaces the heartbeats that the configuration file declares, unless they are refused.
  ///
  /// @throws dev.rollcall.server.sql.StorageException while the database is unavailable; after
  ///   [#start], they are written once it is available
  public void apply(List<HeartbeatDefinition> heartbeats, boolean fewer) {
    declared.apply(heartbeats, fewer);
  }

  /// How many heartbeats in the database are declared by a configuration file.
  ///
  /// @throws dev.rollcall.server.sql.StorageException while the database is unavailable
  public int declared() {
    return declared.count();
  }

  /// Why the heartbeats of the file were refused, if they were.
  public Optional<String> refusal() {
    return declared.refusal();
  }

  /// Says which accounts and teams there are: calls of others create no heartbeats.
  public void of(Owners owners) {
    limit.of(owners);
  }

  /// Deletes all heartbeats of an account.
  public void deleteOf(long owner) {
    List<Heartbeat> some;
    do {
      some = store.list(Scope.of(owner), Optional.empty(), new Listing.Page(1, DELETED_AT_ONCE));
      for (Heartbeat one : some) {
        PingOutcome _ =
            changes.apply(new HeartbeatChange.Removal(new HeartbeatName(owner, one.name())));
      }
    } while (!some.isEmpty());
  }

  /// The routes for pings: all routes of the separate port for pings.
  public List<Route> pingRoutes() {
    return pings.routes();
  }

  /// All routes of heartbeats.
  public List<Route> routes() {
    return Stream.concat(pings.routes().stream(), routes.routes().stream()).toList();
  }

  /// The heartbeats for the pages.
  public HeartbeatOverview heartbeatOverview() {
    return heartbeatOverview;
  }

  /// This process accepts pings from now on.
  ///
  /// @param turnedAway the number of pings rejected so far because the server was full. Heartbeats
  ///   that were due meanwhile do not become late before they could call again. Rejections that the
  ///   sender caused do not count.
  public void listen(LongSupplier turnedAway) {
    lostCalls.rejected().countedBy(turnedAway);
    receivers.listen();
  }

  /// How far the database is behind: every ping that came longer ago is recorded.
  public Duration lag() {
    return lag.get();
  }

  /// Why pings are being rejected, if that has lasted for more than a minute.
  public Optional<String> problem() {
    return lostCalls.rejected().problem();
  }

  /// Starts the search for late heartbeats.
  public void start() {
    declared.start();
    lateDetector.start();
  }

  /// Stops it, and stops counting this process among those that receive pings.
  @Override
  public void close() {
    declared.close();
    lateDetector.close();
    receivers.close();
  }
}
