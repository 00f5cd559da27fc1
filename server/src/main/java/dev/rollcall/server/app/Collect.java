package dev.rollcall.server.app;

import dev.rollcall.server.collector.Collector;
import dev.rollcall.server.collector.InputService;
import dev.rollcall.server.config.Secret;
import dev.rollcall.server.http.ErrorShape;
import dev.rollcall.server.http.Health;
import dev.rollcall.server.http.RequestTimes;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.httpclient.ServerClient;
import dev.rollcall.server.node.registry.Nodes;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.DatabaseConfig;
import dev.rollcall.server.sql.DatabaseLocation;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.Clock;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The composition root of `collect`: only the collector, which answers as output_service does.
final class Collect {
  private static final System.Logger LOG = System.getLogger(Collect.class.getName());

  private final ServeSettings settings;
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Ports ports;

  Collect(ServeSettings settings) {
    this.settings = settings;
    this.ports = new Ports(settings, ErrorShape.PLAIN, new RequestTimes(registry));
  }

  /// Runs until `stop` returns.
  ///
  /// @return the exit status
  /// @throws CannotRun if a part cannot be opened
  int run(Ports.Wish stop) throws InterruptedException {
    return ports.run(this::open, stop);
  }

  private Ports.Open open(Parts parts) {
    CollectSettings input = settings.collect();
    ServerClient client =
        parts.add(
            "the client of the input service",
            new ServerClient(
                input.inputToken().map(Secret::reveal), Map.of(), InputService.PATIENCE));
    Clock clock = Clock.system();
    Collector collector =
        parts.add(
            "the collector",
            new Collector(
                settings.collector(),
                Main.version(),
                new InputService(input.inputUrl(), client),
                registry,
                clock));
    collector.start();
    Ports.Open open =
        ports.open(
            parts,
            Stream.of(collector.routes(), nodes(parts, clock)).flatMap(List::stream).toList(),
            healthRoutes(collector));
    LOG.log(
        Level.INFO,
        "collecting into {0}: {1}, health at {2}",
        settings.collector().folder(),
        open.url(),
        open.healthUrl());
    return open;
  }

  /// The nodes that report here, in a file beside the results. They are not needed to collect: if
  /// the file cannot be used, they are not listed.
  private List<Route> nodes(Parts parts, Clock clock) {
    Path file = settings.collector().folder().resolve("nodes/nodes.db");
    try {
      Database database =
          parts.add(
              "the database of nodes",
              Database.openOrWait(
                  new DatabaseConfig(
                      new DatabaseLocation.SqliteFile(file),
                      1,
                      1,
                      Nodes.MIGRATIONS,
                      Optional.empty()),
                  clock,
                  _ -> {})); // the log says so
      GroupCommit commits = parts.add("the commits", new GroupCommit(database));
      // Nobody looks for silent nodes here, so nothing changes that somebody would be told.
      Nodes nodes = new Nodes(database, commits, settings.nodes(), (_, _) -> {}, clock);
      return parts.add("the nodes", nodes).routes();
    } catch (StorageException e) {
      LOG.log(Level.WARNING, "nodes are not listed: {0}", e.reason());
      return List.of();
    }
  }

  private List<Route> healthRoutes(Collector collector) {
    Route metrics =
        new Health(Main.version(), List.of(), List.of(), registry)
            .before(collector::outputServiceMetrics)
            .metricsRoute()
            .withErrors(ErrorShape.PLAIN);
    return Stream.of(collector.healthRoutes(), collector.readingRoutes(), List.of(metrics))
        .flatMap(List::stream)
        .toList();
  }
}
