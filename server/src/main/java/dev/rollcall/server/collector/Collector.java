package dev.rollcall.server.collector;

import dev.rollcall.server.http.Route;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.Clock;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Takes the results of measuring nodes, keeps them in rotating files, and feeds the hops back.
public final class Collector implements AutoCloseable {
  /// Of all requests together: four of the largest bodies, or hundreds of usual ones.
  private static final long ROOM = 64L * 1024 * 1024;

  /// What the collector is told.
  ///
  /// @param folder where the results files are
  /// @param mostBytes how large a file may become, its log included
  /// @param mostAge how old a file may become
  /// @param keep how many files stay, the current one included
  /// @param hopMemory how many addresses are remembered
  /// @param version what `/health` says
  public record Settings(
      Path folder, long mostBytes, Duration mostAge, int keep, int hopMemory, String version) {}

  private final RotatingStore store;
  private final Hops hops;
  private final StoredTotals totals;
  private final CollectorRoutes routes;
  private final CollectorHealth health;

  /// @param taker who is told of new hops
  public Collector(Settings settings, HopReceiver taker, PrometheusRegistry registry, Clock clock) {
    store =
        new RotatingStore(
            new RotatingStore.Settings(
                settings.folder(), settings.mostBytes(), settings.mostAge(), settings.keep()),
            clock);
    totals = new StoredTotals(clock);
    hops = new Hops(settings.hopMemory(), taker);
    ResultBuffers buffers = new ResultBuffers(ROOM);
    routes = new CollectorRoutes(store, hops, totals, buffers);
    health = new CollectorHealth(settings.version(), store, this::stats, clock);
    CollectorMetrics.watch(registry, store, hops, buffers);
  }

  /// `POST /results`, `POST /rotate` and `GET /dump`.
  public List<Route> routes() {
    return routes.routes();
  }

  /// `GET /health` and `GET /ready` as output_service has them, for a port of the collector's own.
  public List<Route> healthRoutes() {
    return health.state();
  }

  /// `GET /stats` and `GET /recent`, for a health port.
  public List<Route> readingRoutes() {
    return health.reading();
  }

  /// output_service's metrics, as lines of Prometheus' text format.
  public String outputServiceMetrics() {
    return CollectorMetrics.outputService(stats());
  }

  /// What it has done so far.
  public CollectorStats stats() {
    Optional<ResultFile> file = store.written();
    return new CollectorStats(
        totals.results(),
        totals.successful(),
        hops.discovered(),
        hops.sent(),
        totals.last(),
        file.map(open -> open.name().text()).orElse(""),
        file.map(ResultFile::size).orElse(0L),
        file.map(open -> open.name().begun()));
  }

  /// Results stored a second, of the last ten seconds.
  public double rate() {
    return totals.rate();
  }

  /// Whether a results file is open.
  public boolean isOpen() {
    return store.written().isPresent();
  }

  /// Why nothing can be stored just now; a collector that has begun no file yet is in no trouble.
  public Optional<String> trouble() {
    return isOpen() ? store.trouble() : Optional.empty();
  }

  /// Opens the newest file, or begins one.
  ///
  /// @throws StorageException where another process has the folder, or nothing may be written in it
  public void start() {
    hops.start();
    store.open();
  }

  /// Opens what is there from an earlier time; otherwise the first results begin a file.
  public void startWithTheFirstResults() {
    hops.start();
    store.openIfThere();
  }

  /// Stores what is under way, tries once more to send the hops that wait, and closes the files.
  @Override
  public void close() {
    hops.close();
    store.close();
  }
}
