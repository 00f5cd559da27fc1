package dev.rollcall.server.app;

import dev.rollcall.server.collector.Collector;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.config.Values;
import dev.rollcall.server.http.CannotListen;
import dev.rollcall.server.http.ErrorShape;
import dev.rollcall.server.http.Health;
import dev.rollcall.server.http.HttpListener;
import dev.rollcall.server.http.ReadyCheck;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.monitor.Monitor;
import dev.rollcall.server.monitor.ServiceDefinition;
import dev.rollcall.server.monitor.ServiceReader;
import dev.rollcall.server.page.Pages;
import dev.rollcall.server.sql.Clock;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.DatabaseConfig;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.StorageException;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// The composition root of `serve`: opens every part in the order in which they need each other,
/// waits, and closes them in reverse.
final class Serve {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration SETTLED = Duration.ofSeconds(20);
  private static final System.Logger LOG = System.getLogger(Serve.class.getName());

  private final Configuration.Origin<ServiceDefinition> origin;
  private final Values values;

  /// Those of the configuration file, let go once they are applied: ten thousand are many
  /// megabytes.
  private List<ServiceDefinition> services;

  private final Watch watch;
  private final ServeSettings settings;
  private final Clock clock = Clock.system();
  private final PrometheusRegistry registry = new PrometheusRegistry();

  /// What a running process waits for until it stops.
  interface Wish {
    /// Returns when the process has to stop.
    ///
    /// @param open what it listens on
    void await(Open open) throws InterruptedException;
  }

  /// The ports of a running process, also where free ones were asked for.
  record Open(int port, int healthPort) {}

  /// @param watch knows the file from before it was read
  Serve(
      Configuration.Origin<ServiceDefinition> origin,
      Configuration<ServiceDefinition> configuration,
      Watch watch) {
    this.origin = origin;
    this.settings = configuration.settings();
    this.values = configuration.values();
    this.services = configuration.services();
    this.watch = watch;
  }

  /// Runs until `stop` returns.
  ///
  /// @return the exit status
  /// @throws Trouble when a part cannot be opened
  int run(Wish stop) throws InterruptedException {
    Logs.to(new FileOutputStream(FileDescriptor.err), settings.log(), settings.name());
    Parts parts = new Parts(PATIENCE);
    try (parts) {
      stop.await(open(parts));
      LOG.log(Level.INFO, "stopping");
    } catch (StorageException | CannotListen e) {
      throw new Trouble(String.valueOf(e.getMessage()));
    }
    LOG.log(Level.INFO, "stopped");
    return parts.orderly() ? Command.OK : Command.TROUBLE;
  }

  /// Everything that runs, in order.
  private Open open(Parts parts) {
    DataFolder.open(settings.storage().data());
    Database database =
        parts.add(
            "the database",
            Database.open(
                DatabaseConfig.of(settings.storage().database(), "db/migration/V1__monitor.sql"),
                clock));
    GroupCommit commits = parts.add("the commits", new GroupCommit(database));
    Monitor monitor = parts.add("the monitor", monitor(database, commits));

    Collector collector =
        parts.add("the collector", Collect.collector(settings.collector(), registry, clock));

    List<Route> routes = new ArrayList<>();
    if (settings.roles().contains(Role.API)) {
      collector.startWithTheFirstResults();
      Stream.of(monitor.routes(), collector.routes(), new Pages(monitor.overview(), clock).routes())
          .flatMap(List::stream)
          .map(route -> route.around(Listeners::saying503))
          .forEach(routes::add);
    }
    Listeners listeners = new Listeners(settings.web(), ErrorShape.ENVELOPE, registry);
    HttpListener main =
        parts.add("the main port", listeners.open(settings.web().main(), "--port or port", routes));
    HttpListener health =
        parts.add(
            "the health port",
            listeners.open(
                settings.web().health(),
                "--health-port or health.port",
                healthRoutes(database, collector)));

    if (settings.roles().contains(Role.RUNNER)) {
      monitor.apply(services);
      monitor.start();
      watch.start(new Reload<>(origin, values, monitor::apply));
      parts.add("the watch of " + origin.files().label(), watch);
    }
    LOG.log(
        Level.INFO,
        "started with {0,number,#} services: {1}, health at {2}",
        services.size(),
        Listeners.url(settings.web().main(), main),
        Listeners.url(settings.web().health(), health));
    services = List.of();
    Thread.ofVirtual().name("settle").start(Serve::settle);
    return new Open(main.port(), health.port());
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

  private Monitor monitor(Database database, GroupCommit commits) {
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
        registry,
        clock);
  }

  private List<Route> healthRoutes(Database database, Collector collector) {
    Health health =
        new Health(
            Main.version(),
            List.of(
                new ReadyCheck("database", database::trouble),
                new ReadyCheck("results", collector::trouble)),
            registry);
    if (!settings.roles().contains(Role.API)) {
      return health.routes();
    }
    return Stream.of(
            health.before(() -> collector.isOpen() ? collector.seedMetrics() : "").routes(),
            collector.readingRoutes())
        .flatMap(List::stream)
        .map(route -> route.around(Listeners::saying503))
        .toList();
  }

  /// The services in the configuration file.
  static List<ServiceDefinition> services(Values values, JsonNode services, Mistakes mistakes) {
    ServiceReader reader =
        new ServiceReader(
            new ServiceReader.Defaults(
                values.of(Declared.INTERVAL),
                values.of(Declared.TIMEOUT),
                values.of(Declared.KEEP_ALIVE)));
    return reader.list(services, "services", mistakes);
  }
}
