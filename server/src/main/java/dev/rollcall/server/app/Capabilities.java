package dev.rollcall.server.app;

import dev.rollcall.server.account.Accounts;
import dev.rollcall.server.address.ReverseNames;
import dev.rollcall.server.channel.Channels;
import dev.rollcall.server.cluster.Cluster;
import dev.rollcall.server.cluster.Work;
import dev.rollcall.server.collector.Collector;
import dev.rollcall.server.collector.CollectorStats;
import dev.rollcall.server.group.Groups;
import dev.rollcall.server.heartbeat.Heartbeats;
import dev.rollcall.server.incident.Absences;
import dev.rollcall.server.incident.IncidentLinks;
import dev.rollcall.server.incident.Incidents;
import dev.rollcall.server.monitor.Monitor;
import dev.rollcall.server.network.NetworkWatch;
import dev.rollcall.server.node.registry.Nodes;
import dev.rollcall.server.outbox.Outbox;
import dev.rollcall.server.page.NetworkSummary;
import dev.rollcall.server.redis.Redis;
import dev.rollcall.server.secret.InstallationKey;
import dev.rollcall.server.signal.Circles;
import dev.rollcall.server.signal.Signals;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.sql.Claimant;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.DatabaseConfig;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.target.Pool;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.time.SharedClock;
import dev.rollcall.server.time.SleepClock;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// What `serve` can do, on one database: opened, but not started.
record Capabilities(
    Database database,
    Optional<Redis> redis,
    Outbox outbox,
    Channels channels,
    Accounts accounts,
    Incidents incidents,
    Absences absences,
    Groups groups,
    Signals signals,
    Monitor monitor,
    NetworkWatch networkWatch,
    Heartbeats heartbeats,
    Pool pool,
    Collector collector,
    Nodes nodes,
    Optional<Cluster> cluster,
    Clock clock) {
  /// How many names of routers are looked up at the same time.
  private static final int NAMES_AT_ONCE = 4;

  private static final String ALIVE = "alive";
  private static final String MONITORS = "monitors";

  /// Opens them in the order in which they need each other.
  static Capabilities open(
      ServeSettings settings, PrometheusRegistry registry, Clock machine, Parts parts) {
    DatabaseConfig config = settings.storage().config();
    Database database =
        parts.add("the database", Database.openOrWait(config, machine, parts::fail));
    DatabaseMetrics.register(database, registry);
    GroupCommit commits = parts.add("the commits", new GroupCommit(database));
    Optional<Cluster> cluster = cluster(database, commits, registry, parts);
    return open(settings, database, commits, cluster, registry, database.clock(), parts);
  }

  /// Without lambdas, which would load the package where it is not used. It is closed after all
  /// that claims due rows.
  private static Optional<Cluster> cluster(
      Database database, GroupCommit commits, PrometheusRegistry registry, Parts parts) {
    Optional<SharedClock> clock = database.sharedClock();
    return clock.isEmpty()
        ? Optional.empty()
        : Optional.of(
            parts.add("the cluster", new Cluster(database, commits, registry, clock.get())));
  }

  private static Capabilities open(
      ServeSettings settings,
      Database database,
      GroupCommit commits,
      Optional<Cluster> cluster,
      PrometheusRegistry registry,
      Clock clock,
      Parts parts) {
    Optional<Redis> redis = redis(settings, database, commits, registry, clock, parts);
    Outbox outbox =
        parts.add(
            "the outbox", new Outbox(database, commits, settings.deliveries(), registry, clock));
    InstallationKey key = new InstallationKey(settings.storage().data(), settings.secretKey());
    KnownSubjects subjects = new KnownSubjects();
    Channels channels =
        parts.add(
            "the channels",
            new Channels(
                database, commits, outbox, subjects, key, settings.monitor().reach(), clock));
    Accounts accounts =
        parts.add("the accounts", new Accounts(database, commits, settings.accounts(), key, clock));
    Circles circles = new Circles(database, subjects);
    Incidents incidents =
        parts.add(
            "the incidents",
            new Incidents(
                database,
                commits,
                outbox,
                settings.incidents(),
                subjects,
                new IncidentLinks(accounts::publicUrl, key, Accounts::isTeam),
                accounts::name,
                registry,
                clock));
    Signals signals = parts.add("the signals", new Signals(database, commits, incidents));
    Groups groups =
        parts.add(
            "the groups",
            new Groups(
                database,
                commits,
                subjects,
                Incidents::unreachable,
                signals,
                incidents.uptimeSpans(),
                clock));
    signals.afterwards(groups::wake);
    Monitor monitor =
        parts.add(
            "the monitor",
            new Monitor(
                database,
                commits,
                redis,
                settings.monitor(),
                signals,
                circles,
                incidents.uptimeSpans(),
                parts.add("the pings", new Pings()),
                parts.add("the traces", new Traces()),
                registry,
                clock));
    NetworkWatch networkWatch =
        parts.add(
            "the watch of the network",
            new NetworkWatch(
                database,
                commits,
                new TracedRoutes(),
                subjects,
                signals,
                parts.add("the names of routers", new ReverseNames(NAMES_AT_ONCE)),
                clock));
    monitor.whenLost(networkWatch::wake);
    Absences absences =
        parts.add(
            "the watch for absences",
            new Absences(
                database,
                commits,
                outbox,
                channels::areRead,
                monitor::hasNetwork,
                redis.isPresent() ? offline(monitor, redis.get()) : Absences.OfflineMonitoring.NONE,
                SleepClock.system(),
                clock));
    Heartbeats heartbeats =
        parts.add(
            "the heartbeats",
            new Heartbeats(
                database,
                commits,
                redis,
                settings.heartbeats(),
                signals,
                circles,
                registry,
                clock));
    Pool pool =
        parts.add(
            "the target pool", new Pool(database, commits, settings.targets(), registry, clock));
    Collector collector =
        parts.add(
            "the collector",
            new Collector(
                settings.collector(), Main.version(), new PoolHops(pool), registry, clock));
    Nodes nodes =
        parts.add("the nodes", new Nodes(database, commits, settings.nodes(), signals, clock));
    incidents.waitFor(type -> lag(type, monitor, heartbeats));
    accounts.mail(new ChannelMail(channels));
    heartbeats.of(Accounts::exists);
    accounts.own(
        List.of(monitor::deleteOf, heartbeats::deleteOf, channels::deleteOf, incidents::deleteOf));
    if (redis.isPresent()) {
      redis.get().on(MONITORS, _ -> absences.heardOfAnother());
      if (cluster.isPresent()) {
        shareSignsOfLife(cluster.get(), redis.get(), database.claimant());
      }
      redis.get().start();
    }
    return new Capabilities(
        database,
        redis,
        outbox,
        channels,
        accounts,
        incidents,
        absences,
        groups,
        signals,
        monitor,
        networkWatch,
        heartbeats,
        pool,
        collector,
        nodes,
        cluster,
        clock);
  }

  /// Without lambdas, which would load the package where it is not used.
  private static Optional<Redis> redis(
      ServeSettings settings,
      Database database,
      GroupCommit commits,
      PrometheusRegistry registry,
      Clock clock,
      Parts parts) {
    return settings.redis().isPresent()
        ? Optional.of(
            parts.add(
                "Redis", new Redis(settings.redis().get(), database, commits, registry, clock)))
        : Optional.empty();
  }

  /// How far the database is behind what was found about subjects of a type.
  private static Duration lag(Subject.Type type, Monitor monitor, Heartbeats heartbeats) {
    return switch (type) {
      case SERVICE, NETWORK -> monitor.lag();
      case HEARTBEAT -> heartbeats.lag();
      case GROUP -> Collections.max(List.of(monitor.lag(), heartbeats.lag()));
      case NODE -> Duration.ZERO;
    };
  }

  /// How this process goes on without the database, and tells the others so through Redis.
  private static Absences.OfflineMonitoring offline(Monitor monitor, Redis redis) {
    return new Absences.OfflineMonitoring() {
      @Override
      public boolean isRunning() {
        return monitor.goesOnInRedis();
      }

      @Override
      public void tellOthers() {
        redis.tell(MONITORS, new byte[0]);
      }
    };
  }

  /// A process that cannot reach the database learns from Redis whether others can.
  private static void shareSignsOfLife(Cluster cluster, Redis redis, Claimant claimant) {
    redis.on(ALIVE, _ -> claimant.heardOfAnother());
    cluster.afterEachSign(() -> redis.tell(ALIVE, new byte[0]));
  }

  /// What this process is doing, for the others.
  Work work() {
    return new Work(monitor.inFlight(), outbox.underWay(), monitor.waiting());
  }

  /// What the overview page shows of the nodes.
  NetworkSummary network() {
    CollectorStats stats = collector.stats();
    return new NetworkSummary(
        collector.rate(),
        pool.members(),
        nodes.count(),
        stats.hopsDiscovered(),
        stats.file(),
        stats.size());
  }
}
