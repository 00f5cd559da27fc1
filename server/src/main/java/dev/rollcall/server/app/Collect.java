package dev.rollcall.server.app;

import dev.rollcall.server.app.ServeSettings.Collecting;
import dev.rollcall.server.app.ServeSettings.Input;
import dev.rollcall.server.collector.Collector;
import dev.rollcall.server.collector.HopReceiver;
import dev.rollcall.server.collector.InputService;
import dev.rollcall.server.config.Secret;
import dev.rollcall.server.http.ErrorShape;
import dev.rollcall.server.http.Health;
import dev.rollcall.server.http.RequestTimes;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.time.Clock;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.stream.Stream;

/// The composition root of `collect`: output_service, and nothing else.
final class Collect {
  private static final System.Logger LOG = System.getLogger(Collect.class.getName());

  private final Collecting settings;
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Ports ports;

  Collect(ServeSettings settings) {
    this.settings = settings.collector();
    this.ports = new Ports(settings, ErrorShape.PLAIN, new RequestTimes(registry));
  }

  /// Runs until `stop` returns.
  ///
  /// @return the exit status
  /// @throws Trouble when a part cannot be opened
  int run(Ports.Wish stop) throws InterruptedException {
    return ports.run(this::open, stop);
  }

  private Ports.Open open(Parts parts) {
    Input input = settings.input();
    Collector collector =
        parts.add(
            "the collector",
            collector(
                settings,
                new InputService(input.url(), input.token().map(Secret::reveal)),
                registry,
                Clock.system()));
    collector.start();
    Ports.Open open = ports.open(parts, collector.routes(), healthRoutes(collector));
    LOG.log(
        Level.INFO,
        "collecting into {0}: {1}, health at {2}",
        settings.folder(),
        open.url(),
        open.healthUrl());
    return open;
  }

  /// A collector as the settings say.
  ///
  /// @param taker who is told of new hops
  static Collector collector(
      Collecting settings, HopReceiver taker, PrometheusRegistry registry, Clock clock) {
    return new Collector(
        new Collector.Settings(
            settings.folder(),
            settings.mostBytes(),
            settings.mostAge(),
            settings.keep(),
            settings.hopMemory(),
            Main.version()),
        taker,
        registry,
        clock);
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
