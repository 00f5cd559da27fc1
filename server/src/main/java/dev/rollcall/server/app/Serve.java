package dev.rollcall.server.app;

import dev.rollcall.probe.Probe;
import dev.rollcall.server.account.Accounts;
import dev.rollcall.server.channel.definition.ChannelDefinition;
import dev.rollcall.server.cluster.Cluster;
import dev.rollcall.server.cluster.ClusterSettings;
import dev.rollcall.server.cluster.Self;
import dev.rollcall.server.collector.Collector;
import dev.rollcall.server.config.Values;
import dev.rollcall.server.heartbeat.Heartbeats;
import dev.rollcall.server.heartbeat.definition.HeartbeatDefinition;
import dev.rollcall.server.http.ErrorShape;
import dev.rollcall.server.http.Health;
import dev.rollcall.server.http.HttpListener;
import dev.rollcall.server.http.ReadyCheck;
import dev.rollcall.server.http.RequestTimes;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.monitor.Monitor;
import dev.rollcall.server.monitor.MonitorSettings;
import dev.rollcall.server.monitor.definition.SchemeHint;
import dev.rollcall.server.monitor.definition.ServiceDefinition;
import dev.rollcall.server.node.MeasuringNode;
import dev.rollcall.server.node.NodeSettings;
import dev.rollcall.server.page.Pages;
import dev.rollcall.server.redis.Redis;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.Clock;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The composition root of `serve`: opens all parts in the order in which they need each other,
/// waits, and closes them in reverse order.
final class Serve {
  private static final System.Logger LOG = System.getLogger(Serve.class.getName());

  private final Configuration.Origin origin;
  private final Values values;
  private final Optional<String> blank;

  /// The services of the configuration file. Released as soon as they are applied: ten thousand
  /// take many megabytes.
  private List<ServiceDefinition> services;

  private List<HeartbeatDefinition> heartbeats;

  /// The rest of it.
  private final Configuration started;

  private List<String> hinted = List.of();
  private final FileWatcher fileWatcher;
  private final ServeSettings settings;
  private final Clock clock;
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Ports ports;
  private Optional<Reload> reload = Optional.empty();

  /// @param fileWatcher was created before the configuration file was read
  Serve(
      Configuration.Origin origin,
      Configuration configuration,
      FileWatcher fileWatcher,
      Clock clock) {
    this.origin = origin;
    this.settings = configuration.settings();
    this.values = configuration.values();
    this.blank = configuration.blank();
    this.services = configuration.services();
    this.heartbeats = configuration.heartbeats();
    this.started = configuration.withoutSubjects();
    this.fileWatcher = fileWatcher;
    this.clock = clock;
    this.ports = new Ports(settings, ErrorShape.ENVELOPE, new RequestTimes(registry));
  }

  /// Runs until `stop` returns.
  ///
  /// @return the exit status
  /// @throws CannotRun if a part cannot be opened
  int run(Ports.Wish stop) throws InterruptedException {
    return ports.run(this::open, stop);
  }

  private Ports.Open open(Parts parts) {
    DataFolder.open(settings.storage().data());
    Capabilities capabilities = Capabilities.open(settings, registry, clock, parts);
    Accounts accounts = capabilities.accounts();
    Ports ports =
        this.ports.recognizing(accounts.authenticator(), accounts.believingAuthenticator());
    Monitor monitor = capabilities.monitor();
    refuseBlank(capabilities);
    Targets.start(capabilities.pool(), settings.targets(), parts);
    Reload reload =
        new Reload(origin, started, changed -> changed(capabilities, changed), fileWatcher::follow);
    this.reload = Optional.of(reload);

    AllRoutes routes = routes(capabilities, health(capabilities), parts);
    capabilities.channels().apply(started.channels());
    capabilities.incidents().apply(started.maintenance());
    capabilities.groups().apply(started.groups());
    capabilities.accounts().apply(started.sso());
    if (has(Role.RUNNER)) {
      apply(capabilities); // before anybody can ask for them
    }
    Ports.Open open = ports.open(parts, routes.errors(), routes.main(), routes.health());
    startCluster(capabilities, open);
    if (has(Role.API)) {
      tellAccounts(capabilities.accounts());
      capabilities.accounts().start();
      receivePings(capabilities.heartbeats(), ports, open, parts);
    }
    if (has(Role.RUNNER)) {
      startWork(capabilities, reload, parts);
    }
    if (has(Role.MEASURE)) {
      measure(capabilities, parts);
    }
    LOG.log(
        Level.INFO,
        "started with {0}: {1}, health at {2}",
        Targets.counted(
            monitor.refusal().isPresent() ? monitor.filed() : services.size(), "service"),
        open.url(),
        open.healthUrl());
    services = List.of();
    heartbeats = List.of();
    parts.add("the heap", new HeapGrowth(clock)).start();
    return open;
  }

  /// Without lambdas, which would load the package where it is not used.
  private void startCluster(Capabilities capabilities, Ports.Open open) {
    if (capabilities.cluster().isPresent()) {
      capabilities.cluster().get().start(self(open), capabilities::work);
    }
  }

  private static List<Route> clusterRoutes(Optional<Cluster> cluster) {
    return cluster.isPresent() ? cluster.get().routes() : List.of();
  }

  /// This process as others see it.
  private Self self(Ports.Open open) {
    return new Self(
        settings.cluster().name(open.port()),
        Main.version(),
        Tables.in(settings.storage().database()).schema(),
        settings.web().main().url(open.port(), ClusterSettings.machine())
            + settings.web().base().text(),
        has(Role.RUNNER));
  }

  private boolean has(Role role) {
    return settings.roles().contains(role);
  }

  private Health health(Capabilities capabilities) {
    Monitor monitor = capabilities.monitor();
    Heartbeats heartbeats = capabilities.heartbeats();
    GaugeWithCallback.builder()
        .name("rollcall_configuration_refused")
        .help("1 while the configuration file is rejected or missing, else 0.")
        .callback(callback -> callback.call(refusal(capabilities).isPresent() ? 1 : 0))
        .register(registry);
    return new Health(
            Main.version(),
            List.of(
                new ReadyCheck("database", capabilities.database()::trouble),
                new ReadyCheck("checks", monitor::trouble),
                new ReadyCheck("results", capabilities.collector()::trouble)),
            probes(monitor, capabilities.redis()),
            registry)
        .until(ports.drain()::hasBegun)
        .noting(new ReadyCheck("configuration", () -> refusal(capabilities)))
        .noting(new ReadyCheck("calls", heartbeats::problem))
        .noting(new ReadyCheck("redis", () -> note(capabilities.redis())));
  }

  /// Without Redis, this process works nevertheless.
  private static List<Probe> probes(Monitor monitor, Optional<Redis> redis) {
    return redis.isPresent()
        ? List.of(
            monitor.outcomes(),
            Probe.of("redis", attempt -> note(redis).ifPresent(attempt::degraded)))
        : List.of(monitor.outcomes());
  }

  /// What an operator should know of Redis.
  private static Optional<String> note(Optional<Redis> redis) {
    return redis.isPresent() ? redis.get().note() : Optional.empty();
  }

  /// The routes of the main port and of the health port.
  ///
  /// @param errors how errors are written on the main port if no route is found
  private record AllRoutes(ErrorShape errors, List<Route> main, List<Route> health) {}

  /// Without the role `api` there are only those about the health of this process.
  private AllRoutes routes(Capabilities capabilities, Health health, Parts parts) {
    if (!has(Role.API)) {
      return new AllRoutes(ErrorShape.ENVELOPE, List.of(), health.routes());
    }
    Collector collector = capabilities.collector();
    collector.startWithTheFirstResults();
    health.before(() -> collector.isOpen() ? collector.outputServiceMetrics() : "");
    Monitor monitor = capabilities.monitor();
    capabilities.incidents().count();
    Pages pages =
        parts.add(
            "the pages",
            new Pages(
                settings.web().base(),
                monitor,
                capabilities.heartbeats().heartbeatOverview(),
                capabilities::network,
                capabilities.nodes(),
                new Pages.Alerting(
                    capabilities.incidents(),
                    capabilities.groups(),
                    capabilities.channels(),
                    capabilities.outbox()),
                owner -> !has(Role.RUNNER) || capabilities.channels().isThereOne(owner),
                () -> notice(capabilities),
                capabilities.accounts(),
                capabilities.cluster(),
                capabilities.database(),
                capabilities.clock()));
    List<Route> main =
        Stream.of(
                capabilities.accounts().recorded(monitor.routes()),
                capabilities.accounts().recorded(capabilities.heartbeats().routes()),
                capabilities.outbox().routes(),
                capabilities.accounts().recorded(capabilities.incidents().routes()),
                capabilities.groups().routes(),
                capabilities.accounts().recorded(capabilities.channels().routes()),
                capabilities.accounts().recorded(capabilities.accounts().routes()),
                capabilities.pool().routes(),
                collector.routes(),
                capabilities.accounts().recorded(capabilities.nodes().routes()),
                clusterRoutes(capabilities.cluster()),
                pages.routes(capabilities.accounts()::recorded),
                List.of(health.publicReport()))
            .flatMap(List::stream)
            .toList();
    List<Route> healthRoutes =
        Stream.of(collector.readingRoutes(), health.routes()).flatMap(List::stream).toList();
    return new AllRoutes(pages.errors(), main, healthRoutes);
  }

  /// Says who may register, and how the operator does.
  private static void tellAccounts(Accounts accounts) {
    try {
      LOG.log(Level.INFO, "accounts: {0}", accounts.summary());
    } catch (StorageException e) {
      LOG.log(Level.WARNING, "accounts: unknown without the database: {0}", e.reason());
    }
  }

  /// Opens the port for heartbeats only, if there is one, and counts the pings that were rejected
  /// because a port was full.
  private void receivePings(Heartbeats heartbeats, Ports ports, Ports.Open open, Parts parts) {
    List<HttpListener> listeners = new ArrayList<>(List.of(open.listener()));
    settings
        .web()
        .pings()
        .map(
            pings ->
                ports.open(parts, "the port of the heartbeats", pings, heartbeats.pingRoutes()))
        .ifPresent(listeners::add);
    heartbeats.listen(() -> listeners.stream().mapToLong(HttpListener::turnedAway).sum());
  }

  /// Starts everything that works in the background.
  private void startWork(Capabilities capabilities, Reload reload, Parts parts) {
    capabilities.outbox().start();
    capabilities.channels().start();
    capabilities.accounts().start();
    capabilities.incidents().start();
    capabilities.signals().start();
    capabilities.monitor().start(services);
    hint(services, started.channels());
    capabilities.heartbeats().start();
    capabilities.absences().start();
    capabilities.groups().start();
    capabilities.nodes().start();
    capabilities.networkWatch().start();
    if (started.channels().isEmpty()) {
      LOG.log(
          Level.INFO,
          "no channel is configured: what is down or late is shown, but nobody is told, unless"
              + " channels were made with /v1/channels");
    }
    fileWatcher.start(reload);
    parts.add("the watch of " + origin.files().label(), fileWatcher);
  }

  /// Measures as a node of this process's own pool and collector, unless the settings name others.
  private void measure(Capabilities capabilities, Parts parts) {
    NodeSettings node = settings.node().orElseThrow();
    OwnPool pool = new OwnPool(capabilities.pool(), node.node(), capabilities.clock());
    OwnCollector collector = new OwnCollector(capabilities.collector());
    Measure.open(
            node,
            new MeasuringNode.Links(
                node.targets().isEmpty() ? Optional.of(pool) : Optional.empty(),
                Optional.of(collector),
                Optional.of(
                    (name, status) -> Optional.of(capabilities.nodes().report(name, status)))),
            registry,
            clock,
            parts)
        .start();
  }

  /// Does not start with a file that is missing or empty if the database has services or heartbeats
  /// of a file: the token, the ports and the alert URI are then missing too, and the defaults would
  /// apply.
  private void refuseBlank(Capabilities capabilities) {
    boolean ofOthers = blank.equals(Optional.of("does not exist")) && !has(Role.RUNNER);
    if (blank.isEmpty() || ofOthers || values.of(MonitorSettings.FEWER_SERVICES)) {
      return;
    }
    int filed = filed(capabilities);
    if (filed > 0) {
      throw new CannotRun(
          ("%s %s, but the database has services or heartbeats of a configuration file (%d):"
                  + " restore the file, or set fewer-services: true (--fewer-services) if this is"
                  + " intended")
              .formatted(origin.files().label(), blank.get(), filed));
    }
  }

  private static int filed(Capabilities capabilities) {
    try {
      return capabilities.monitor().filed() + capabilities.heartbeats().declared();
    } catch (StorageException e) {
      return 0; // they are refused when the database is available
    }
  }

  /// Applies a changed file.
  ///
  /// @return whether it was accepted
  private boolean changed(Capabilities capabilities, Configuration now) {
    boolean fewer = now.values().of(MonitorSettings.FEWER_SERVICES);
    if (!capabilities.heartbeats().accepts(now.heartbeats(), fewer)) {
      return false;
    }
    capabilities.monitor().apply(now.services(), fewer);
    if (capabilities.monitor().refusal().isPresent()) {
      return false;
    }
    capabilities.heartbeats().apply(now.heartbeats(), fewer);
    capabilities.channels().apply(now.channels());
    capabilities.incidents().apply(now.maintenance());
    capabilities.groups().apply(now.groups());
    capabilities.accounts().apply(now.settings().accounts());
    capabilities.accounts().apply(now.sso());
    Logs.level(now.settings().log());
    hint(now.services(), now.channels());
    return true;
  }

  /// Logs the hints about better URLs and about templates of channels, each once.
  private void hint(List<ServiceDefinition> services, List<ChannelDefinition> channels) {
    List<String> hints =
        Stream.concat(SchemeHint.of(services).stream(), ChannelHints.of(channels).stream())
            .toList();
    hints.stream()
        .filter(line -> !hinted.contains(line))
        .forEach(line -> LOG.log(Level.INFO, line));
    hinted = hints;
  }

  /// Why the present content of the configuration file is not in use.
  private Optional<String> refusal(Capabilities capabilities) {
    return fileWatcher
        .missing()
        .or(() -> reload.flatMap(Reload::refusal))
        .or(capabilities.monitor()::refusal)
        .or(capabilities.heartbeats()::refusal);
  }

  /// For pages. The mistakes in the file are only in the log and at the health port, because
  /// everybody may see the pages.
  private String notice(Capabilities capabilities) {
    if (refusal(capabilities).isEmpty()) {
      return "";
    }
    return origin.files().label()
        + (fileWatcher.missing().isPresent() ? " is missing" : " was rejected")
        + ", so the previous configuration stays in use: see the log, or /ready on the"
        + " health port";
  }

  /// Applies the services and heartbeats of the file at a start.
  private void apply(Capabilities capabilities) {
    boolean fewer = values.of(MonitorSettings.FEWER_SERVICES);
    try {
      capabilities.monitor().apply(services, fewer);
    } catch (StorageException e) {
      // they are checked from memory: the runner says so
    }
    try {
      capabilities.heartbeats().apply(heartbeats, fewer);
    } catch (StorageException e) {
      LOG.log(
          Level.WARNING,
          "heartbeats of {0} are declared once the database is available: {1}",
          origin.files().label(),
          e.reason());
    }
  }
}
