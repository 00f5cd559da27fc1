package dev.rollcall.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/// The health library: the cost of a run of 20 probes, and the requests per second to `/_health`.
final class Health implements Benchmark {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration SLOW = Duration.ofMillis(50);

  @Override
  public String name() {
    return "health";
  }

  @Override
  public void run(Stage stage, Length length) throws IOException, InterruptedException {
    Table table = new Table();
    overhead(length, table);
    throughput(stage, length, table);
    slow(stage, length, table);
  }

  /// With JMH, each in its own JVM: from a platform thread, which is the slower caller; then the
  /// prober from a virtual thread.
  private static void overhead(Length length, Table table) {
    double micros = 0;
    double bytes = 0;
    for (RunResult result : measured(length, "HealthRun", "PLATFORM")) {
      String what = result.getPrimaryResult().getLabel();
      double score = result.getPrimaryResult().getScore();
      double allocated = allocated(result);
      row(table, "20 checks: " + what, result);
      if (what.equals("prober")) {
        micros = score;
        bytes = allocated;
      }
    }
    for (RunResult result : measured(length, "HealthRun.prober$", "VIRTUAL")) {
      row(table, "20 checks: prober, from a virtual thread", result);
    }
    table.verdict(
        micros < 50 && bytes < 20 * 1024,
        "%.1f µs and %.1f KiB a run of 20 probes (asked: under 50 and 20)",
        micros,
        bytes / 1024);
  }

  private static void row(Table table, String what, RunResult result) {
    table.row(
        what,
        "%.2f µs (± %.2f), %.1f KiB allocated",
        result.getPrimaryResult().getScore(),
        result.getPrimaryResult().getScoreError(),
        allocated(result) / 1024);
  }

  private static double allocated(RunResult result) {
    return Objects.requireNonNull(result.getSecondaryResults().get("gc.alloc.rate.norm"))
        .getScore();
  }

  private static Collection<RunResult> measured(Length length, String which, String executor) {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("dev\\.rollcall\\.bench\\." + which)
            .forks(1)
            .warmupIterations(length.rounds())
            .warmupTime(TimeValue.seconds(1))
            .measurementIterations(length.rounds())
            .measurementTime(TimeValue.seconds(1))
            .addProfiler(GCProfiler.class)
            .jvmArgsAppend(
                "-Djmh.executor=" + executor, "--sun-misc-unsafe-memory-access=allow") // JMH's own
            .verbosity(VerboseMode.SILENT);
    try {
      return new Runner(options.build()).run();
    } catch (RunnerException e) {
      throw new IllegalStateException("JMH: " + e.getMessage(), e);
    }
  }

  /// Measures nginx and the library in turn, and takes the median of the ratios, as both vary with
  /// the load of the machine.
  private static void throughput(Stage stage, Length length, Table table)
      throws IOException, InterruptedException {
    Nginx nginx = Nginx.start(stage, 1, true);
    Service service = Service.start(stage, Duration.ZERO);
    Wrk.drive(stage, service.url("/_health"), length.warm());
    Wrk.drive(stage, nginx.url(0), Duration.ofSeconds(2));
    Duration turn = Duration.ofSeconds(Math.max(2, length.steady().toSeconds() / length.rounds()));
    double[] ratios = new double[length.rounds()];
    long[] requests = new long[2];
    Duration anchorBefore = nginx.child().cpu();
    Duration before = service.child().cpu();
    for (int i = 0; i < ratios.length; i++) {
      long anchor = Wrk.drive(stage, nginx.url(0), turn);
      long ours = Wrk.drive(stage, service.url("/_health"), turn);
      ratios[i] = (double) ours / anchor;
      requests[0] += anchor;
      requests[1] += ours;
    }
    Arrays.sort(ratios);
    double seconds = (double) turn.toSeconds() * ratios.length;
    table.row(
        "nginx return 200, 64 connections",
        "%.0f requests/s, %.1f µs of CPU each",
        requests[0] / seconds,
        micros(nginx.child().cpu().minus(anchorBefore), requests[0]));
    table.row(
        "/_health with 20 instant probes",
        "%.0f requests/s, %.1f µs of CPU each",
        requests[1] / seconds,
        micros(service.child().cpu().minus(before), requests[1]));
    double median = ratios[ratios.length / 2];
    table.verdict(
        median >= 0.45,
        "%.2f of nginx, median of %d turns, %.2f to %.2f (asked: 0.45)",
        median,
        ratios.length,
        ratios[0],
        ratios[ratios.length - 1]);
    service.child().stop();
    nginx.child().stop();
  }

  private static double micros(Duration cpu, long requests) {
    return cpu.toNanos() / 1e3 / requests;
  }

  private static void slow(Stage stage, Length length, Table table)
      throws IOException, InterruptedException {
    Service service = Service.start(stage, SLOW);
    Wrk.drive(stage, service.url("/_health"), Duration.ofSeconds(2));
    long before = service.checks();
    long requests = Wrk.drive(stage, service.url("/_health"), length.steady());
    double checks = (service.checks() - before) / (double) length.steady().toSeconds();
    table.row(
        "one probe of 50 ms, 64 connections",
        "%.0f requests/s, %.1f checks of it a second",
        requests / (double) length.steady().toSeconds(),
        checks);
    table.verdict(
        checks <= 20.5, "%.1f checks a second of the probe that takes 50 ms (asked: 20)", checks);
  }

  /// [HealthServer] in its own JVM, with the defaults of Java.
  private record Service(Child child, int port) {
    static Service start(Stage stage, Duration slow) throws IOException, InterruptedException {
      int port = Stage.freePort();
      Child child =
          stage.start(
              "health-server",
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  HealthServer.class.getName(),
                  String.valueOf(port),
                  String.valueOf(slow.toMillis())),
              Map.of());
      Wait.until("the health server listens", PATIENCE, child, () -> Nginx.accepts(port));
      return new Service(child, port);
    }

    String url(String path) {
      return "http://127.0.0.1:" + port + path;
    }

    long checks() throws IOException, InterruptedException {
      return Long.parseLong(Rollcall.send(HttpRequest.newBuilder(URI.create(url("/"))).build()));
    }
  }
}
