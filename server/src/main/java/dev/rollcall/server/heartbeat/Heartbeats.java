package dev.rollcall.server.heartbeat;

import dev.rollcall.server.http.Route;
import dev.rollcall.server.sql.Clock;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.Durability;
import dev.rollcall.server.sql.GroupCommit;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/// Heartbeats as a whole: what the composition root holds.
///
/// Everything is in the database: a process that answers calls keeps nothing of them in memory. The
/// one (or, on PostgreSQL, the ones) whose [#start] was called also finds who is late.
public final class Heartbeats implements AutoCloseable {
  /// How heartbeats are taken.
  ///
  /// @param realert how long after one alert the next is owed while a job stays silent
  /// @param startupGrace how long Rollcall has to be up before it counts as missed what passed
  ///   while it was down
  /// @param most how many there may be
  /// @param futureTolerance how far a job's clock may be ahead of ours
  /// @param durability what an answered call survives
  public record Settings(
      Duration realert,
      Duration startupGrace,
      long most,
      Duration futureTolerance,
      Durability durability) {}

  private final PingRoutes pings;
  private final HeartbeatRoutes routes;
  private final HeartbeatOverview heartbeatOverview;
  private final LostCalls unheard;
  private final PingReceivers receivers;
  private final LateDetector lateDetector;

  /// @param heartbeatListener takes down who is told of what
  public Heartbeats(
      Database database,
      GroupCommit commits,
      Settings settings,
      HeartbeatListener heartbeatListener,
      PrometheusRegistry registry,
      Clock clock) {
    HeartbeatLog log = new HeartbeatLog(clock);
    HeartbeatListener logged =
        (tx, notices) -> {
          heartbeatListener.tell(tx, notices);
          tx.afterCommit(() -> notices.forEach(log::told));
        };
    HeartbeatLimit limit = new HeartbeatLimit(settings.most(), registry, clock);
    HeartbeatWriter writer =
        new HeartbeatWriter(
            database, logged, limit, settings.futureTolerance(), settings.durability(), clock);
    unheard = new LostCalls(clock);
    receivers = new PingReceivers(database, commits, unheard, clock);
    Function<HeartbeatChange, PingOutcome> write = change -> commits.write(writer, change);
    Function<HeartbeatChange, PingOutcome> written = change -> unheard.note(write, change);
    HeartbeatStore store = new HeartbeatStore(database);
    pings = new PingRoutes(written, log, settings.futureTolerance(), clock);
    RunStore runs = new RunStore(database);
    StateCounts stateCounts = new StateCounts(store, clock);
    routes = new HeartbeatRoutes(store, runs, stateCounts, written);
    heartbeatOverview = new HeartbeatOverview(database, store, runs, stateCounts);
    lateDetector =
        new LateDetector(
            new LateHeartbeats(database, commits, logged, settings.realert(), clock),
            new ClockCorrections(commits, logged, settings.realert()),
            new StartupGrace(database, commits, settings.startupGrace(), clock),
            receivers,
            clock,
            SleepClock.system());
    registry.register(new HeartbeatMetrics(store, stateCounts));
    CounterWithCallback.builder()
        .name("rollcall_calls_turned_away_total")
        .help(
            "Heartbeats, or connections that may have carried one, that were rejected because"
                + " the server was full.")
        .callback(callback -> callback.call((double) unheard.rejected().total()))
        .register(registry);
  }

  /// Where jobs call in: all that the ping server's own port answers.
  public List<Route> pingRoutes() {
    return pings.routes();
  }

  /// The heartbeats' whole part of the API.
  public List<Route> routes() {
    return Stream.concat(pings.routes().stream(), routes.routes().stream()).toList();
  }

  /// The heartbeats as a person looks at them.
  public HeartbeatOverview heartbeatOverview() {
    return heartbeatOverview;
  }

  /// This process takes calls of jobs from now on.
  ///
  /// @param turnedAway how many it had no room for so far: whoever was expected meanwhile is not
  ///   accused before it could call again. What its own sender is to blame for does not count.
  public void listen(LongSupplier turnedAway) {
    unheard.rejected().countedBy(turnedAway);
    receivers.listen();
  }

  /// What keeps calls from being taken, where that has lasted for a while.
  public Optional<String> problem() {
    return unheard.rejected().problem();
  }

  /// Begins to look for who is late.
  public void start() {
    lateDetector.start();
  }

  /// Stops looking.
  @Override
  public void close() {
    lateDetector.close();
    receivers.close();
  }
}
