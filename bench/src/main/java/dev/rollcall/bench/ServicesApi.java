package dev.rollcall.bench;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// `GET /v1/services` with 1,000 services, while these are checked every 15 s.
final class ServicesApi implements Benchmark {
  private static final int SERVICES = 1_000;
  private static final int CALLS = 200;

  @Override
  public String name() {
    return "services-api";
  }

  @Override
  public void run(Stage stage, Length length) throws IOException, InterruptedException {
    Rollcall.train(stage);
    Nginx nginx = Nginx.start(stage, 100, false);
    List<String> services =
        IntStream.range(0, SERVICES)
            .mapToObj(i -> Rollcall.service("s" + i, nginx.url(i), ""))
            .toList();
    Table table = new Table();
    Rollcall rollcall = Rollcall.start(stage, Rollcall.Setup.of(stage.folder("data"), services));
    Thread.sleep(Duration.ofSeconds(15)); // each has been checked once
    HttpRequest request = HttpRequest.newBuilder(rollcall.api("/v1/services")).build();
    int bytes = Rollcall.send(request).length();
    double cold = took(request);
    for (int i = 0; i < CALLS; i++) {
      took(request);
    }
    double[] warm = new double[CALLS];
    for (int i = 0; i < CALLS; i++) {
      warm[i] = took(request);
    }
    Arrays.sort(warm);
    table.row("size of the answer", "%d kB", bytes / 1000);
    table.row("the second call ever", "%.1f ms", cold);
    table.row(
        "fastest of " + CALLS + ", p99, slowest",
        "%.1f ms, %.1f ms, %.1f ms",
        warm[0],
        warm[CALLS * 99 / 100 - 1],
        warm[CALLS - 1]);
    table.verdict(
        warm[CALLS / 2] < 20,
        "%d services in %.1f ms, median (asked: 20)",
        SERVICES,
        warm[CALLS / 2]);
  }

  private static double took(HttpRequest request) throws IOException, InterruptedException {
    long start = System.nanoTime();
    Rollcall.send(request);
    return (System.nanoTime() - start) / 1e6;
  }
}
