package dev.rollcall.server.app;

import dev.rollcall.server.app.ServeSettings.Listener;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.config.Secret;
import dev.rollcall.server.config.Setting;
import dev.rollcall.server.config.Values;
import dev.rollcall.server.heartbeat.Heartbeats;
import dev.rollcall.server.http.CannotListen;
import dev.rollcall.server.http.Handler;
import dev.rollcall.server.http.Health;
import dev.rollcall.server.http.HttpListener;
import dev.rollcall.server.http.Listening;
import dev.rollcall.server.http.Management;
import dev.rollcall.server.http.ReadyCheck;
import dev.rollcall.server.http.RequestTimes;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.http.Unavailable;
import dev.rollcall.server.monitor.Monitor;
import dev.rollcall.server.monitor.ServiceDefinition;
import dev.rollcall.server.monitor.ServiceReader;
import dev.rollcall.server.outbox.AlertUri;
import dev.rollcall.server.outbox.Channel;
import dev.rollcall.server.outbox.Outbox;
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
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// The composition root of `serve`: opens every part in the order in which they need each other,
/// waits, and closes them in reverse.
final class Serve {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration SETTLED = Duration.ofSeconds(20);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
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
    Logs.to(new FileOutputStream(FileDescriptor.err), settings.log());
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
                DatabaseConfig.of(
                    settings.storage().database(),
                    "db/migration/V1__monitor.sql",
                    "db/migration/V2__outbox.sql",
                    "db/migration/V3__heartbeat.sql"),
                clock));
    GroupCommit commits = parts.add("the commits", new GroupCommit(database));
    Outbox outbox = parts.add("the outbox", outbox(database, commits));
    Monitor monitor = parts.add("the monitor", monitor(database, commits));
    Heartbeats heartbeats = parts.add("the heartbeats", heartbeats(database, commits, outbox));

    List<Route> routes = new ArrayList<>();
    if (settings.roles().contains(Role.API)) {
      Stream.of(
              monitor.routes(),
              heartbeats.routes(),
              outbox.routes(),
              new Pages(monitor.overview(), heartbeats.board(), clock).routes())
          .flatMap(List::stream)
          .map(route -> route.around(Serve::saying503))
          .forEach(routes::add);
    }
    RequestTimes times = new RequestTimes(registry);
    HttpListener main =
        parts.add("the main port", listen(settings.web().main(), Declared.PORT, routes, times));
    HttpListener health =
        parts.add(
            "the health port",
            listen(settings.web().health(), Declared.HEALTH_PORT, healthRoutes(database), times));

    if (settings.roles().contains(Role.API) && settings.web().pings().isPresent()) {
      List<Route> pings =
          heartbeats.pingRoutes().stream().map(route -> route.around(Serve::saying503)).toList();
      parts.add(
          "the port of the heartbeats",
          listen(settings.web().pings().get(), Declared.PING_PORT, pings, times));
    }

    if (settings.roles().contains(Role.RUNNER)) {
      monitor.apply(services);
      outbox.start();
      monitor.start();
      heartbeats.start();
      if (settings.deliveries().alertUri().isEmpty()) {
        LOG.log(
            Level.INFO, "late heartbeats are only shown: nobody is told, as alert.uri is not set");
      }
      watch.start(new Reload<>(origin, values, monitor::apply));
      parts.add("the watch of " + origin.files().label(), watch);
    }
    LOG.log(
        Level.INFO,
        "started with {0,number,#} services: {1}, health at {2}",
        services.size(),
        url(settings.web().main(), main),
        url(settings.web().health(), health));
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

  private Outbox outbox(Database database, GroupCommit commits) {
    ServeSettings.Deliveries deliveries = settings.deliveries();
    List<Channel> channels =
        deliveries.alertUri().stream().<Channel>map(uri -> new AlertUri(uri.reveal())).toList();
    return new Outbox(
        database, commits, new Outbox.Settings(channels, deliveries.retention()), registry, clock);
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

  private Heartbeats heartbeats(Database database, GroupCommit commits, Outbox outbox) {
    ServeSettings.Heartbeating how = settings.heartbeats();
    return new Heartbeats(
        database,
        commits,
        new Heartbeats.Settings(
            how.realert(),
            how.startupGrace(),
            how.futureTolerance(),
            how.key().map(Secret::reveal)),
        new HeartbeatNews(outbox),
        registry,
        clock);
  }

  /// A database that does not answer is no bug of ours: 503, and when to ask again.
  private static Handler saying503(Handler handler) {
    return request -> {
      try {
        return handler.handle(request);
      } catch (StorageException e) {
        throw new Unavailable(e.reason(), RETRY_AFTER, e);
      }
    };
  }

  private HttpListener listen(
      Listener listener, Setting<?> port, List<Route> routes, RequestTimes times) {
    return HttpListener.open(
        Listening.on(listener.host(), listener.port(), port.flag() + " or " + port.key())
            .withAccessLog(settings.web().accessLog()),
        routes,
        new Management(settings.web().token().map(Secret::reveal), Set.of(listener.host())),
        times);
  }

  private List<Route> healthRoutes(Database database) {
    return new Health(
            Main.version(), List.of(new ReadyCheck("database", database::trouble)), registry)
        .routes();
  }

  private static String url(Listener listener, HttpListener open) {
    String host = listener.host().equals("0.0.0.0") ? "localhost" : listener.host();
    return "http://" + host + ":" + open.port();
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
