package dev.rollcall.server.app;

import dev.rollcall.server.collector.Collector;
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
    Collector collector =
        parts.add(
            "the collector",
            new Collector(
                settings.collector(),
                Main.version(),
                new InputService(input.inputUrl(), input.inputToken().map(Secret::reveal)),
                registry,
                Clock.system()));
    collector.start();
    Ports.Open open = ports.open(parts, collector.routes(), healthRoutes(collector));
    LOG.log(
        Level.INFO,
        "collecting into {0}: {1}, health at {2}",
        settings.collector().folder(),
        open.url(),
        open.healthUrl());
    return open;
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
