package dev.rollcall.server.node;

import dev.rollcall.probes.Resolver;
import dev.rollcall.server.config.Secret;
import dev.rollcall.server.http.ReadyCheck;
import dev.rollcall.server.httpclient.ServerClient;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.time.SleepClock;
import inet.ipaddr.IPAddress;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// A measuring node: gets targets, measures them ([MeasuringLoop]), and sends the results.
public final class MeasuringNode implements AutoCloseable {
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

  /// The longest request to a server, and so the longest wait for one that never ends its answer.
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /// What is under way when the node is closed is measured, sent and reported again after a start.
  static final Duration CLOSE_PATIENCE = Duration.ofSeconds(1);

  /// The parts of the same process that take the place of servers.
  ///
  /// @param pool empty: the one of the settings
  /// @param collector empty: the one of the settings
  /// @param listing empty: those beside pool and collector
  public record Links(
      Optional<Assignments> pool,
      Optional<ResultReceiver> collector,
      Optional<NodeListing> listing) {
    /// None: all servers are elsewhere.
    public static final Links NONE =
        new Links(Optional.empty(), Optional.empty(), Optional.empty());
  }

  /// Which addresses may be measured.
  ///
  /// @param assigned what a pool may assign
  /// @param own what the settings may list
  public record Limits(Predicate<IPAddress> assigned, Predicate<IPAddress> own) {}

  private final NodeSettings settings;
  private final String version;
  private final Measurer measurer;
  private final Executor threads;
  private final Clock clock;
  private final ServerClient http;
  private final MeasuringLoop measuring;
  private final ResultSink sink;
  private final Optional<Spool> spool;
  private final Optional<Delivery> delivery;
  private final List<Reporter> reporters = new ArrayList<>();
  private final NodeCounts counts = new NodeCounts();
  private final BackgroundLoop loop =
      new BackgroundLoop("node", "the measuring of targets", AFTER_FAILURE, this::round);

  /// @param version of this program, for those who list nodes
  /// @param measurer is closed with the node
  /// @throws StorageException if another process uses the spool, or it is not writable
  public MeasuringNode(
      NodeSettings settings,
      String version,
      Measurer measurer,
      Links links,
      Limits limits,
      PrometheusRegistry registry,
      SleepClock sleep,
      Clock clock) {
    this(
        settings,
        version,
        measurer,
        Executors.newVirtualThreadPerTaskExecutor(),
        links,
        limits,
        registry,
        sleep,
        clock);
  }

  /// @param threads measure, one lease each
  MeasuringNode(
      NodeSettings settings,
      String version,
      Measurer measurer,
      Executor threads,
      Links links,
      Limits limits,
      PrometheusRegistry registry,
      SleepClock sleep,
      Clock clock) {
    this.settings = settings;
    this.version = version;
    this.measurer = measurer;
    this.threads = threads;
    this.clock = clock;
    this.http =
        new ServerClient(
            settings.token().map(Secret::reveal),
            Map.of("Rollcall-Node", settings.node()),
            PATIENCE);
    Assignments assignments = assignments(links, limits, registry);
    NodeMetrics.watch(registry, counts, settings.rate());
    Optional<ResultReceiver> collector = collector(links);
    this.spool = collector.map(_ -> Spool.open(settings.spool(), settings.mostBytes(), clock));
    this.delivery =
        collector.map(
            receiver ->
                new Delivery(
                    settings.node(),
                    spool.orElseThrow(),
                    receiver,
                    new GrowingPause(Duration.ofSeconds(1), Duration.ofMinutes(1)),
                    clock));
    this.sink = sink();
    this.measuring =
        new MeasuringLoop(
            settings,
            assignments,
            new UnderWay(measurer, threads, loop::wake),
            sink,
            counts,
            sleep,
            clock);
    spool.ifPresent(
        waiting -> NodeMetrics.watch(registry, waiting::content, delivery.orElseThrow()));
    listings(links).forEach(listing -> reporters.add(reporter(listing)));
  }

  /// Empty if the results go to a file, or are printed.
  private Optional<ResultReceiver> collector(Links links) {
    if (settings.output().isEmpty()) {
      return links.collector();
    }
    return settings.output().get() instanceof Output.Post(URI url)
        ? Optional.of(new HttpCollector(http, url))
        : Optional.empty();
  }

  private ResultSink sink() {
    if (spool.isPresent()) {
      return new ResultSink.Spooled(spool.get(), delivery.orElseThrow());
    }
    return settings.output().orElseThrow() instanceof Output.Append(Path file)
        ? new ResultSink.Appended(file)
        : new ResultSink.Printed(System.out);
  }

  private Assignments assignments(Links links, Limits limits, PrometheusRegistry registry) {
    Optional<Assignments> pool =
        settings
            .input()
            .map(
                url -> {
                  PoolClient client = new PoolClient(http, url, settings.node());
                  NodeMetrics.watch(registry, client);
                  return (Assignments) client;
                })
            .or(links::pool)
            .map(from -> filtered(from, limits.assigned()));
    if (settings.targets().isEmpty()) {
      return pool.orElseThrow();
    }
    Assignments own =
        filtered(
            new OwnTargets(
                settings.targets(),
                settings.every(),
                settings.families()::include,
                Resolver.system(),
                clock),
            limits.own());
    return pool.<Assignments>map(other -> new BothAssignments(own, other, threads, clock))
        .orElse(own);
  }

  private Assignments filtered(Assignments from, Predicate<IPAddress> welcome) {
    return new FilteredAssignments(
        from,
        address -> settings.families().include(address) && welcome.test(address),
        counts.refused());
  }

  /// The servers that list this node: those beside the collector and the pool, each once.
  private List<NodeListing> listings(Links links) {
    Stream<HttpListing> results =
        settings.output().stream()
            .flatMap(
                output ->
                    output instanceof Output.Post(URI url)
                        ? HttpListing.beside(http, url, "/results").stream()
                        : Stream.empty());
    Stream<HttpListing> targets =
        settings.input().stream().flatMap(url -> HttpListing.beside(http, url, "/next").stream());
    return Stream.concat(links.listing().stream(), Stream.concat(results, targets).distinct())
        .toList();
  }

  private Reporter reporter(NodeListing listing) {
    Sent sent = new Sent(counts.packets()::get, clock);
    return new Reporter(settings.node(), listing, offset -> status(sent, offset), clock);
  }

  private NodeStatus status(Sent sent, Optional<Duration> offset) {
    Spool.Content content = spool.map(Spool::content).orElse(Spool.Content.NOTHING);
    return new NodeStatus(
        version,
        settings.rate(),
        sent.perSecond(),
        content.batches(),
        content.bytes(),
        content.dropped(),
        clock.wall(),
        offset);
  }

  /// Starts to measure, to send what waits, and to report.
  public void start() {
    delivery.ifPresent(Delivery::start);
    reporters.forEach(Reporter::start);
    loop.start();
  }

  /// What has to work for the node to be ready: that results can be kept.
  public List<ReadyCheck> checks() {
    return spool.stream().map(waiting -> new ReadyCheck("spool", waiting::trouble)).toList();
  }

  /// What it waits for, without being less ready for that.
  public List<ReadyCheck> notes() {
    return List.of(
        new ReadyCheck("targets", measuring::problem),
        new ReadyCheck("results", () -> delivery.flatMap(Delivery::problem)));
  }

  /// One round of measuring, as in [MeasuringLoop].
  Duration round() throws InterruptedException {
    return measuring.round();
  }

  /// Stops measuring. What waits stays in the spool.
  @Override
  public void close() {
    loop.close(CLOSE_PATIENCE);
    if (threads instanceof ExecutorService service) {
      service.shutdownNow();
    }
    reporters.forEach(Reporter::close);
    delivery.ifPresent(Delivery::close);
    sink.close();
    spool.ifPresent(Spool::close);
    measurer.close();
    http.close();
  }

  /// How many packets a second were sent since the last question.
  private static final class Sent {
    private final LongSupplier total;
    private final Clock clock;
    private long before;
    private Duration at;

    Sent(LongSupplier total, Clock clock) {
      this.total = total;
      this.clock = clock;
      this.at = clock.monotonic();
    }

    double perSecond() {
      long sent = total.getAsLong();
      Duration now = clock.monotonic();
      double seconds = now.minus(at).toNanos() / (double) TimeUnit.SECONDS.toNanos(1);
      double rate = seconds > 0 ? (sent - before) / seconds : 0;
      before = sent;
      at = now;
      return rate;
    }
  }
}
