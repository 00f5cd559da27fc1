package dev.rollcall.server.app;

import dev.rollcall.server.app.CollectDeclared.CollectSettings;
import dev.rollcall.server.app.ServeSettings.Collecting;
import dev.rollcall.server.app.ServeSettings.Web;
import dev.rollcall.server.collector.Collector;
import dev.rollcall.server.collector.InputService;
import dev.rollcall.server.http.CannotListen;
import dev.rollcall.server.http.ErrorShape;
import dev.rollcall.server.http.Health;
import dev.rollcall.server.http.HttpListener;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.sql.Clock;
import dev.rollcall.server.sql.StorageException;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/// The composition root of `collect`: seed 000's output service, and nothing else.
final class Collect {
  /// Three parts share it, and the first, which waits for what is in flight, needs 10 s.
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final System.Logger LOG = System.getLogger(Collect.class.getName());

  private final CollectSettings settings;
  private final PrometheusRegistry registry = new PrometheusRegistry();

  Collect(CollectSettings settings) {
    this.settings = settings;
  }

  /// Runs until `stop` opens.
  ///
  /// @return the exit status
  /// @throws Trouble when a part cannot be opened
  int run(CountDownLatch stop) throws InterruptedException {
    Logs.to(new FileOutputStream(FileDescriptor.err), settings.log(), settings.name());
    Parts parts = new Parts(PATIENCE);
    try (parts) {
      open(parts);
      stop.await();
      LOG.log(Level.INFO, "stopping");
    } catch (StorageException | CannotListen e) {
      throw new Trouble(String.valueOf(e.getMessage()));
    }
    LOG.log(Level.INFO, "stopped");
    return parts.orderly() ? Command.OK : Command.TROUBLE;
  }

  private void open(Parts parts) {
    Collecting collecting = settings.collector();
    Collector collector =
        parts.add("the collector", collector(collecting, registry, Clock.system()));
    collector.start();
    Web web = settings.web();
    Listeners listeners = new Listeners(web, ErrorShape.PLAIN, registry);
    HttpListener health =
        parts.add(
            "the health port",
            listeners.open(
                web.health(), "--health-port or collect.health-port", healthRoutes(collector)));
    HttpListener main =
        parts.add(
            "the results port",
            listeners.open(web.main(), "--port or collect.port", saying503(collector.routes())));
    LOG.log(
        Level.INFO,
        "collecting into {0}: {1}, health at {2}",
        collecting.folder(),
        Listeners.url(web.main(), main),
        Listeners.url(web.health(), health));
  }

  /// A collector that posts hops to the input service, as the settings say.
  static Collector collector(Collecting settings, PrometheusRegistry registry, Clock clock) {
    return new Collector(
        new Collector.Settings(
            settings.folder(),
            settings.mostBytes(),
            settings.mostAge(),
            settings.keep(),
            settings.hopMemory(),
            Main.version()),
        new InputService(settings.inputUrl()),
        registry,
        clock);
  }

  private List<Route> healthRoutes(Collector collector) {
    Route metrics =
        new Health(Main.version(), List.of(), registry)
            .before(collector::seedMetrics)
            .metricsRoute()
            .withErrors(ErrorShape.PLAIN);
    return saying503(
        Stream.of(collector.healthRoutes(), collector.readingRoutes(), List.of(metrics))
            .flatMap(List::stream)
            .toList());
  }

  private static List<Route> saying503(List<Route> routes) {
    return routes.stream().map(route -> route.around(Listeners::saying503)).toList();
  }
}
