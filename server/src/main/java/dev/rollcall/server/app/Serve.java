package dev.rollcall.server.app;

import dev.rollcall.server.collector.Collector;
import dev.rollcall.server.collector.CollectorStats;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.config.Values;
import dev.rollcall.server.heartbeat.Heartbeats;
import dev.rollcall.server.http.ErrorShape;
import dev.rollcall.server.http.Health;
import dev.rollcall.server.http.HttpListener;
import dev.rollcall.server.http.ReadyCheck;
import dev.rollcall.server.http.RequestTimes;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.monitor.Monitor;
import dev.rollcall.server.monitor.SchemeHint;
import dev.rollcall.server.monitor.ServiceDefinition;
import dev.rollcall.server.monitor.ServiceReader;
import dev.rollcall.server.outbox.AlertUri;
import dev.rollcall.server.outbox.Channel;
import dev.rollcall.server.outbox.Outbox;
import dev.rollcall.server.page.NetworkSummary;
import dev.rollcall.server.page.Pages;
import dev.rollcall.server.signal.SignalWriter;
import dev.rollcall.server.signal.Signals;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.DatabaseConfig;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.target.Pool;
import dev.rollcall.server.time.Clock;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// The composition root of `serve`: opens every part in the order in which they need each other,
/// waits, and closes them in reverse.
final class Serve {
  private static final Duration SETTLED = Duration.ofSeconds(20);
  private static final String SERVICES = "services";
  private static final System.Logger LOG = System.getLogger(Serve.class.getName());

  private final Configuration.Origin<ServiceDefinition> origin;
  private final Values values;
  private final Optional<String> blank;

  /// Those of the configuration file, let go once they are applied: ten thousand are many
  /// megabytes.
  private List<ServiceDefinition> services;

  private List<String> offered = List.of();
  private final FileWatcher fileWatcher;
  private final ServeSettings settings;
  private final Clock clock = Clock.system();
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Ports ports;
  private Optional<Reload<ServiceDefinition>> reload = Optional.empty();

  /// @param fileWatcher knows the file from before it was read
  Serve(
      Configuration.Origin<ServiceDefinition> origin,
      Configuration<ServiceDefinition> configuration,
      FileWatcher fileWatcher) {
    this.origin = origin;
    this.settings = configuration.settings();
    this.values = configuration.values();
    this.blank = configuration.blank();
    this.services = configuration.services();
    this.fileWatcher = fileWatcher;
    this.ports = new Ports(settings, ErrorShape.ENVELOPE, new RequestTimes(registry));
  }

  /// Runs until `stop` returns.
  ///
  /// @return the exit status
  /// @throws Trouble when a part cannot be opened
  int run(Ports.Wish stop) throws InterruptedException {
    return ports.run(this::open, stop);
  }

  /// Everything that runs, in order.
  private Ports.Open open(Parts parts) {
    Set<Role> roles = settings.roles();
    DataFolder.open(settings.storage().data());
    Database database =
        parts.add(
            "the database",
            Database.openOrWait(
                DatabaseConfig.of(settings.storage().database(), Ports.TABLES), clock));
    GroupCommit commits = parts.add("the commits", new GroupCommit(database));
    Outbox outbox = parts.add("the outbox", outbox(database, commits));
    Signals signals =
        parts.add("the signals", new Signals(database, commits, new HeartbeatAlerts(outbox)));
    Monitor monitor = parts.add("the monitor", monitor(database, commits, signals));
    refuseBlank(monitor, roles);
    Heartbeats heartbeats = parts.add("the heartbeats", heartbeats(database, commits, signals));

    Pool pool = parts.add("the target pool", pool(database, commits));
    Targets.start(pool, settings.targets(), parts);
    Collector collector =
        parts.add(
            "the collector",
            Collect.collector(settings.collector(), new PoolHops(pool), registry, clock));

    Reload<ServiceDefinition> reload =
        new Reload<>(origin, values, changed -> changed(monitor, changed), fileWatcher::follow);
    this.reload = Optional.of(reload);
    Health health =
        new Health(
                Main.version(),
                List.of(
                    new ReadyCheck("database", database::trouble),
                    new ReadyCheck("checks", monitor::trouble),
                    new ReadyCheck("results", collector::trouble)),
                List.of(monitor.outcomes()),
                registry)
            .noting(new ReadyCheck("configuration", () -> refusal(monitor)))
            .noting(new ReadyCheck("calls", heartbeats::problem));
    GaugeWithCallback.builder()
        .name("rollcall_configuration_refused")
        .help("1 while the configuration file is rejected or missing, else 0.")
        .callback(callback -> callback.call(refusal(monitor).isPresent() ? 1 : 0))
        .register(registry);
    List<Route> routes = new ArrayList<>();
    List<Route> healthRoutes = new ArrayList<>();
    ErrorShape strays = ErrorShape.ENVELOPE;
    if (roles.contains(Role.API)) {
      collector.startWithTheFirstResults();
      health.before(() -> collector.isOpen() ? collector.outputServiceMetrics() : "");
      healthRoutes.addAll(collector.readingRoutes());
      Pages pages =
          parts.add(
              "the pages",
              new Pages(
                  monitor.overview(),
                  heartbeats.heartbeatOverview(),
                  () -> network(collector, pool),
                  told(roles),
                  () -> notice(monitor),
                  clock));
      strays = pages.errors();
      Stream.of(
              monitor.routes(),
              heartbeats.routes(),
              outbox.routes(),
              pool.routes(),
              collector.routes(),
              pages.routes())
          .forEach(routes::addAll);
      routes.add(health.report());
    }
    healthRoutes.addAll(health.routes());
    if (roles.contains(Role.RUNNER)) {
      apply(monitor);
    }
    Ports.Open open = ports.open(parts, strays, routes, healthRoutes);
    if (roles.contains(Role.API)) {
      List<HttpListener> hearing = new ArrayList<>(List.of(open.listener()));
      if (settings.web().pings().isPresent()) {
        hearing.add(
            ports.open(
                parts,
                "the port of the heartbeats",
                settings.web().pings().get(),
                heartbeats.pingRoutes()));
      }
      heartbeats.listen(() -> hearing.stream().mapToLong(HttpListener::turnedAway).sum());
    }

    if (roles.contains(Role.RUNNER)) {
      outbox.start();
      signals.start();
      monitor.start(services);
      offer(services);
      heartbeats.start();
      if (!told(roles)) {
        LOG.log(
            Level.INFO, "alert.uri is not set: late heartbeats are shown, but no alerts are sent");
      }
      fileWatcher.start(reload);
      parts.add("the watch of " + origin.files().label(), fileWatcher);
    }
    LOG.log(
        Level.INFO,
        "started with {0,number,#} services: {1}, health at {2}",
        monitor.refusal().isPresent() ? monitor.filed() : services.size(),
        open.url(),
        open.healthUrl());
    services = List.of();
    Thread.ofVirtual().name("settle").start(Serve::settle);
    return open;
  }

  /// A file that gives nothing has taken the token, the ports and whom to tell with it: where there
  /// were services of one, nothing is opened on defaults that nobody asked for.
  private void refuseBlank(Monitor monitor, Set<Role> roles) {
    boolean others = blank.equals(Optional.of("does not exist")) && !roles.contains(Role.RUNNER);
    if (blank.isEmpty() || others || values.of(AllSettings.FEWER_SERVICES)) {
      return;
    }
    int filed = filed(monitor);
    if (filed > 0) {
      throw new CannotRun(
          ("%s %s, but the database has %d services of a configuration file: restore the file, or"
                  + " set fewer-services: true (--fewer-services) if this is intended")
              .formatted(origin.files().label(), blank.get(), filed));
    }
  }

  private static int filed(Monitor monitor) {
    try {
      return monitor.filed();
    } catch (StorageException e) {
      return 0; // the monitor refuses the services once the database is there
    }
  }

  /// @return whether the file was taken
  private boolean changed(Monitor monitor, Configuration<ServiceDefinition> now) {
    monitor.apply(new Monitor.File(now.services(), now.values().of(AllSettings.FEWER_SERVICES)));
    if (monitor.refusal().isPresent()) {
      return false;
    }
    Logs.level(now.settings().log());
    offer(now.services());
    return true;
  }

  /// Says of which services something better could be asked, once of each.
  private void offer(List<ServiceDefinition> services) {
    List<String> offers = SchemeHint.of(services);
    offers.stream()
        .filter(line -> !offered.contains(line))
        .forEach(line -> LOG.log(Level.INFO, line));
    offered = offers;
  }

  /// Why the configuration file, as it is now, is not heeded.
  private Optional<String> refusal(Monitor monitor) {
    return fileWatcher.missing().or(() -> mistaken(monitor));
  }

  private Optional<String> mistaken(Monitor monitor) {
    return reload.flatMap(Reload::refusal).or(monitor::refusal);
  }

  /// What is wrong in the file stays in the log, and at the health port: pages are for everybody.
  private String notice(Monitor monitor) {
    if (refusal(monitor).isEmpty()) {
      return "";
    }
    return origin.files().label()
        + (fileWatcher.missing().isPresent() ? " is missing" : " was rejected")
        + ", so the previous configuration stays in use: see the log, or /ready on the"
        + " health port";
  }

  /// Before anybody can ask for them.
  private void apply(Monitor monitor) {
    try {
      monitor.apply(new Monitor.File(services, values.of(AllSettings.FEWER_SERVICES)));
    } catch (StorageException e) {
      LOG.log(
          Level.WARNING,
          "started without the database, results wait in memory until it is available: {0}",
          e.reason());
    }
  }

  /// Whether somebody is told of late heartbeats, as far as this process knows: where it does not
  /// look for them, the one that does has the channels.
  private boolean told(Set<Role> roles) {
    return !roles.contains(Role.RUNNER) || settings.deliveries().alertUri().isPresent();
  }

  /// Gives back the memory that reading the configuration and the first checks took: many times
  /// what stays, and Java would keep it until it needs it again.
  @SuppressWarnings("SystemGc") // once
  private static void settle() {
    try {
      Thread.sleep(SETTLED);
      System.gc();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Outbox outbox(Database database, GroupCommit commits) {
    ServeSettings.Deliveries deliveries = settings.deliveries();
    List<Channel> channels =
        deliveries.alertUri().stream().<Channel>map(uri -> new AlertUri(uri.reveal())).toList();
    return new Outbox(
        database, commits, new Outbox.Settings(channels, deliveries.retention()), registry, clock);
  }

  private Monitor monitor(Database database, GroupCommit commits, SignalWriter signals) {
    ServeSettings.Monitoring monitoring = settings.monitor();
    return new Monitor(
        database,
        commits,
        new Monitor.Settings(
            new ServiceReader.Defaults(
                monitoring.interval(), monitoring.timeout(), monitoring.keepAlive()),
            monitoring.limits().perHost(),
            monitoring.limits().inFlight(),
            monitoring.retention(),
            monitoring.witness()),
        signals,
        registry,
        clock);
  }

  private Pool pool(Database database, GroupCommit commits) {
    return new Pool(database, commits, settings.targets().pool(), registry, clock);
  }

  private static NetworkSummary network(Collector collector, Pool pool) {
    CollectorStats stats = collector.stats();
    return new NetworkSummary(
        collector.rate(), pool.members(), stats.hopsDiscovered(), stats.file(), stats.size());
  }

  private Heartbeats heartbeats(Database database, GroupCommit commits, SignalWriter signals) {
    ServeSettings.Heartbeating how = settings.heartbeats();
    return new Heartbeats(
        database,
        commits,
        new Heartbeats.Settings(
            how.realert(), how.startupGrace(), how.most(), how.futureTolerance(), how.durability()),
        signals,
        registry,
        clock);
  }

  /// The services in the configuration file, also those whose files of `tls` cannot be used just
  /// now: nobody else's checks may end for that.
  static List<ServiceDefinition> services(Values values, JsonNode services, Mistakes mistakes) {
    return reader(values).tolerant().list(services, SERVICES, mistakes);
  }

  /// The same, with every mistake told.
  static List<ServiceDefinition> checked(Values values, JsonNode services, Mistakes mistakes) {
    return reader(values).list(services, SERVICES, mistakes);
  }

  /// Those called so, and of the others what can be read: what is wrong with them does not matter.
  static List<ServiceDefinition> named(
      Collection<String> names, Values values, JsonNode services, Mistakes mistakes) {
    List<ServiceDefinition> read = reader(values).tolerant().list(services, SERVICES, mistakes);
    for (int i = 0; services.isArray() && i < services.size(); i++) {
      if (!names.contains(services.get(i).path("name").asString(""))) {
        mistakes.forget(SERVICES + "[" + i + "]");
      }
    }
    return read;
  }

  private static ServiceReader reader(Values values) {
    return new ServiceReader(
        new ServiceReader.Defaults(
            values.of(AllSettings.INTERVAL),
            values.of(AllSettings.TIMEOUT),
            values.of(AllSettings.KEEP_ALIVE)));
  }
}
