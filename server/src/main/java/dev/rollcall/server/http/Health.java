package dev.rollcall.server.http;

import dev.rollcall.probe.HealthAnswer;
import dev.rollcall.probe.HealthEndpoint;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probe.Prober;
import dev.rollcall.probe.Show;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// The routes of the health port: whether the program is alive and ready, what it depends on, and
/// its metrics.
public final class Health {
  /// The memory of one point in bytes, with its labels and buckets.
  private static final int HELD_BY_A_POINT = 400;

  private final long start = System.nanoTime();
  private final String version;
  private final List<ReadyCheck> checks;
  private final HealthEndpoint endpoint;
  private final PrometheusRegistry registry;
  private final AtomicBoolean withJvm = new AtomicBoolean();
  private final List<ReadyCheck> notes = new CopyOnWriteArrayList<>();
  private BooleanSupplier stopping = () -> false;
  private Supplier<String> before = () -> "";

  /// @param checks what has to work for the program to be ready
  /// @param further probes for `/_health` only
  public Health(
      String version, List<ReadyCheck> checks, List<Probe> further, PrometheusRegistry registry) {
    this.version = version;
    this.checks = List.copyOf(checks);
    this.registry = registry;
    Prober prober = new Prober();
    checks.forEach(check -> prober.add(Probe.of(check.name(), attempt -> pass(check))));
    further.forEach(prober::add);
    this.endpoint = HealthEndpoint.of(prober).details(Show.WHEN_AUTHORIZED);
  }

  /// Adds a reason to `/ready` that does not change its status.
  public Health noting(ReadyCheck note) {
    notes.add(note);
    return this;
  }

  /// Makes `/ready` say 503 once the process is about to stop.
  public Health until(BooleanSupplier isStopping) {
    stopping = isStopping;
    return this;
  }

  /// Adds lines before all other metrics, in the text format of Prometheus, which is then the only
  /// format. For metrics with the names of older programs, which no other format allows.
  public Health before(Supplier<String> lines) {
    before = lines;
    return this;
  }

  /// Only `GET /metrics`.
  public Route metricsRoute() {
    return Route.get("/metrics", Access.PUBLIC, this::metrics);
  }

  private static void pass(ReadyCheck check) throws ProbeFailure {
    Optional<String> problem = problem(check);
    if (problem.isPresent()) {
      throw new ProbeFailure(problem.get());
    }
  }

  /// `GET /_health` of a port that strangers reach: what this program depends on, in the form of
  /// the library `probe`. 200, or 503 if a part is unhealthy. Only an operator sees why.
  public Route publicReport() {
    return Route.get(
        HealthEndpoint.PATH, Access.PUBLIC, request -> report(() -> request.caller().isOperator()));
  }

  private Answer report(BooleanSupplier authorized) {
    try {
      HealthAnswer answer = endpoint.answer("GET", HealthEndpoint.PATH, authorized).orElseThrow();
      return Answer.json(answer.status(), answer.body())
          .with("Cache-Control", String.valueOf(answer.headers().get("Cache-Control")));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("stopping", Duration.ofSeconds(1), e);
    }
  }

  /// The routes of the health port.
  ///
  /// - `GET /health`: 200 `{"status":"ok","version":"...","uptime_seconds":12}` while the process
  ///   runs.
  /// - `GET /ready`: 200 `{"status":"ready"}`, or 503 `{"status":"not
  ///   ready","reasons":{"<name>":"<why>"}}`. With 200 there may be reasons too ([#noting]). While
  ///   the process is about to stop, the reason is `stopping`; `GET /ready?stopping=404` gets 404
  ///   then, by which HAProxy (`http-check disable-on-404`) tells it from a process in trouble.
  /// - `GET /metrics`: the registry and the metrics of the JVM, in the text format of Prometheus or
  ///   in OpenMetrics, as `Accept` asks.
  /// - `GET /_health`: as [#publicReport()], with the reasons.
  public List<Route> routes() {
    return List.of(
        Route.get("/health", Access.PUBLIC, this::health),
        Route.get("/ready", Access.PUBLIC, this::ready),
        metricsRoute(),
        Route.get(HealthEndpoint.PATH, Access.PUBLIC, request -> report(() -> true)));
  }

  private Answer health(Request request) {
    long uptime = Duration.ofNanos(System.nanoTime() - start).toSeconds();
    return Answer.json(
        200,
        json ->
            json.writeStartObject()
                .writeStringProperty("status", "ok")
                .writeStringProperty("version", version)
                .writeNumberProperty("uptime_seconds", uptime)
                .writeEndObject());
  }

  private Answer ready(Request request) {
    SortedMap<String, String> reasons = problems(checks);
    boolean isStopping = stopping.getAsBoolean();
    if (isStopping) {
      reasons.put("stopping", "this process stops soon, and takes no new clients");
    }
    boolean ready = reasons.isEmpty();
    boolean leaves = isStopping && request.query("stopping").equals(Optional.of("404"));
    reasons.putAll(problems(notes));
    Answer answer =
        Answer.json(
            ready ? 200 : leaves ? 404 : 503,
            json -> {
              json.writeStartObject().writeStringProperty("status", ready ? "ready" : "not ready");
              if (!reasons.isEmpty()) {
                json.writeName("reasons").writeStartObject();
                reasons.forEach(json::writeStringProperty);
                json.writeEndObject();
              }
              json.writeEndObject();
            });
    return ready ? answer : answer.with("Retry-After", "1");
  }

  private static SortedMap<String, String> problems(List<ReadyCheck> checks) {
    SortedMap<String, String> reasons = new TreeMap<>();
    for (ReadyCheck check : checks) {
      problem(check).ifPresent(problem -> reasons.put(check.name(), problem));
    }
    return reasons;
  }

  private static Optional<String> problem(ReadyCheck check) {
    try {
      return check.problem().get();
    } catch (RuntimeException e) {
      System.getLogger(Health.class.getName())
          .log(System.Logger.Level.ERROR, "ready check " + check.name() + " failed", e);
      return Optional.of("could not be checked");
    }
  }

  private Answer metrics(Request request) {
    // the metrics of the JVM take a while to set up, and nobody reads them in the first second
    if (withJvm.compareAndSet(false, true)) {
      JvmMetrics.builder().register(registry);
    }
    String lines = before.get();
    ExpositionFormats formats = ExpositionFormats.init();
    ExpositionFormatWriter writer =
        lines.isEmpty()
            ? formats.findWriter(request.header("Accept").orElse(""))
            : formats.getPrometheusTextFormatWriter();
    MetricSnapshots snapshots = registry.scrape();
    // ten thousand services are some ten megabytes of text, and twice as much memory to build it
    long points = snapshots.stream().mapToLong(one -> one.getDataPoints().size()).sum();
    return Answer.stream(
            200,
            writer.getContentType(),
            out -> {
              out.write(lines.getBytes(StandardCharsets.UTF_8));
              writer.write(out, snapshots);
            })
        .holding(points * HELD_BY_A_POINT);
  }
}
