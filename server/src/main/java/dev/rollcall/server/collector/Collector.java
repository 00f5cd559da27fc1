package dev.rollcall.server.collector;

import dev.rollcall.server.http.Route;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.Clock;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/// Receives the results of measuring nodes, stores them in rotating files, and sends the hops to
/// the target pool.
public final class Collector implements AutoCloseable {
  /// Memory for all requests together: four of the largest bodies, or hundreds of typical ones.
  private static final long ROOM = 64L * 1024 * 1024;

  private final RotatingStore store;
  private final Hops hops;
  private final StoredTotals totals;
  private final ResultIntake intake;
  private final CollectorRoutes routes;
  private final CollectorHealth health;

  /// @param version the version in the answer of `/health`
  /// @param taker receives the new hops
  public Collector(
      CollectorSettings settings,
      String version,
      HopReceiver taker,
      PrometheusRegistry registry,
      Clock clock) {
    store =
        new RotatingStore(
            new RotatingStore.Settings(
                settings.folder(), settings.mostBytes(), settings.mostAge(), settings.keep()),
            clock);
    totals = new StoredTotals(clock);
    hops = new Hops(settings.hopMemory(), taker);
    ResultBuffers buffers = new ResultBuffers(ROOM);
    intake = new ResultIntake(store, hops, totals, buffers, store.batches());
    routes = new CollectorRoutes(store, intake);
    health = new CollectorHealth(version, store, this::stats, clock);
    CollectorMetrics.watch(registry, store, hops, buffers);
  }

  /// `POST /results`, `POST /rotate` and `GET /dump`.
  public List<Route> routes() {
    return routes.routes();
  }

  /// `GET /health` and `GET /ready` in the form of output_service, for a separate port of the
  /// collector.
  public List<Route> healthRoutes() {
    return health.state();
  }

  /// `GET /stats` and `GET /recent`, for a health port.
  public List<Route> readingRoutes() {
    return health.reading();
  }

  /// The metrics of output_service in the text format of Prometheus.
  public String outputServiceMetrics() {
    return CollectorMetrics.outputService(stats());
  }

  /// Takes the results of a node of this process, as `POST /results` does.
  ///
  /// @param body a JSON array of results
  /// @return why they are wrong; empty: they are stored
  /// @throws StorageException if they cannot be stored at present
  public Optional<String> receive(BatchId batch, InputStream body) {
    return switch (intake.receive(Optional.of(batch), body)) {
      case ResultIntake.Received.Stored _ -> Optional.empty();
      case ResultIntake.Received.Wrong(String error, var _) -> Optional.of(error);
    };
  }

  /// What was done so far.
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

  /// Stored results per second, over the last ten seconds.
  public double rate() {
    return totals.rate();
  }

  /// Whether a results file is open.
  public boolean isOpen() {
    return store.written().isPresent();
  }

  /// Why nothing can be stored at present; empty for a collector that has not started a file yet.
  public Optional<String> trouble() {
    return isOpen() ? store.trouble() : Optional.empty();
  }

  /// Opens the newest file, or starts one.
  ///
  /// @throws StorageException if another process uses the folder, or it is not writable
  public void start() {
    hops.start();
    store.open();
  }

  /// Opens existing files; otherwise the first results start a file.
  public void startWithTheFirstResults() {
    hops.start();
    store.openIfThere();
  }

  /// Stores what is under way, tries once more to send the waiting hops, and closes the files.
  @Override
  public void close() {
    hops.close();
    store.close();
  }
}
