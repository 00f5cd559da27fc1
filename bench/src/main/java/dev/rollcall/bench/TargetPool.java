package dev.rollcall.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A pool of a million targets: how many hops it accepts per second, its size on the disk, and how
/// long a node waits for its next hundred targets. Compared with nginx, which answers 200 to the
/// same client.
final class TargetPool implements Benchmark {
  private static final Path ROOT = Path.of(System.getProperty("bench.root", "."));
  private static final int AT_ONCE = 1_000;
  private static final int CONNECTIONS = 4;
  private static final Pattern LEASE = Pattern.compile("\"lease\":(\\d+)");
  private static final double MOST_MILLIS = 5;
  private static final double MOST_MIB = 200_000_000 / 1048576.0;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @Override
  public String name() {
    return "targets";
  }

  @Override
  public void run(Stage stage, Length length) throws IOException, InterruptedException {
    Table table = new Table();
    int targets = length.equals(Length.SHORT) ? 100_000 : 1_000_000;
    int calls = length.equals(Length.SHORT) ? 300 : 2_000;
    Path data = stage.folder("data");
    int port = Stage.freePort();
    Child pool =
        stage.start(
            "targets",
            List.of(
                ROOT.resolve("rollcall").toString(),
                "targets",
                "--host=127.0.0.1",
                "--health-host=127.0.0.1",
                "--data=" + data,
                "--port=" + port,
                "--health-port=" + Stage.freePort(),
                "--interval=1d",
                "--lease=1h"),
            Map.of());
    URI api = URI.create("http://127.0.0.1:" + port);
    Wait.until("the pool answers", Duration.ofSeconds(60), pool, () -> Nginx.accepts(port));

    Duration before = pool.cpu();
    double seconds = fill(api, targets, 0);
    Duration filled = pool.cpu().minus(before);
    table.row("hops a second, all new", "%,.0f", targets / seconds);
    table.row("processor for each", "%.0f µs", filled.toNanos() / 1e3 / targets);
    double again = fill(api, targets / 10, 0);
    table.row("hops a second, all known", "%,.0f", targets / (10 * again));

    Nginx nginx = Nginx.start(stage, 1, true);
    URI anchor = URI.create(nginx.url(0));
    times(calls, () -> get(anchor)); // warms up the client
    double[] raw = times(calls, () -> get(anchor));
    Next next = new Next(api);
    times(calls, next::call);
    before = pool.cpu();
    double[] handed = times(calls, next::call);
    Duration handing = pool.cpu().minus(before);
    table.row("nginx, 200: median / p99 ms", "%.2f / %.2f", at(raw, .5), at(raw, .99));
    table.row(
        "next 100 of %,d: median / p99 ms".formatted(targets),
        "%.2f / %.2f",
        at(handed, .5),
        at(handed, .99));
    table.row("processor for each", "%.2f ms", Table.millis(handing) / calls);
    URI page = api.resolve("/targets?limit=100&page=" + targets / 200);
    double[] pages = times(50, () -> get(page));
    table.row("a page in the middle: median ms", "%.2f", at(pages, .5));

    pool.stop();
    double size = 0;
    try (var files = Files.list(data)) {
      for (Path file : files.toList()) {
        size += Files.size(file) / 1048576.0;
      }
    }
    table.row("disk", "%.0f MiB, %.0f bytes a target", size, size * 1048576 / targets);
    table.verdict(
        at(handed, .5) < MOST_MILLIS && size < MOST_MIB,
        "%.2f ms median (under %.0f), %.0f MiB (at most %.0f)",
        at(handed, .5),
        MOST_MILLIS,
        size,
        MOST_MIB);
  }

  /// Posts hops over a few connections.
  ///
  /// @return how many seconds it took
  private double fill(URI api, int count, int first) throws IOException, InterruptedException {
    AtomicInteger next = new AtomicInteger(first);
    long start = System.nanoTime();
    try (ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        all.add(
            threads.submit(
                () -> {
                  for (int from = next.getAndAdd(AT_ONCE);
                      from < first + count;
                      from = next.getAndAdd(AT_ONCE)) {
                    post(api, from);
                  }
                  return null;
                }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("hops could not be posted: " + e.getCause(), e);
    }
    return (System.nanoTime() - start) / 1e9;
  }

  private void post(URI api, int from) throws IOException, InterruptedException {
    String body =
        IntStream.range(from, from + AT_ONCE)
            .mapToObj(TargetPool::address)
            .collect(Collectors.joining("\",\"", "{\"hops\":[\"", "\"]}"));
    HttpRequest request =
        HttpRequest.newBuilder(api.resolve("/hops")).POST(BodyPublishers.ofString(body)).build();
    HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException("/hops: " + answer.statusCode() + " " + answer.body());
    }
  }

  /// Addresses far from each other, nearly each in its own /24: the worst case for the disk.
  private static String address(int number) {
    long value = (11L << 24) + number * 1_000_003_777L % (89L << 24);
    return "%d.%d.%d.%d"
        .formatted(value >> 24, value >> 16 & 0xff, value >> 8 & 0xff, value & 0xff);
  }

  /// A node that takes a hundred targets after the other.
  private final class Next {
    private final URI api;
    private String done = "";

    Next(URI api) {
      this.api = api;
    }

    void call() throws IOException, InterruptedException {
      String body = get(api.resolve("/next?node=bench&limit=100" + done));
      Matcher lease = LEASE.matcher(body);
      if (!lease.find()) {
        throw new IOException("/next has nothing: " + body);
      }
      done = "&done=" + lease.group(1);
    }
  }

  private interface Call {
    void run() throws IOException, InterruptedException;
  }

  private String get(URI uri) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException(uri + ": " + answer.statusCode() + " " + answer.body());
    }
    return answer.body();
  }

  /// The milliseconds of each call, in ascending order.
  private static double[] times(int calls, Call call) throws IOException, InterruptedException {
    double[] times = new double[calls];
    for (int i = 0; i < calls; i++) {
      long start = System.nanoTime();
      call.run();
      times[i] = (System.nanoTime() - start) / 1e6;
    }
    Arrays.sort(times);
    return times;
  }

  private static double at(double[] sorted, double share) {
    return sorted[(int) Math.min(sorted.length - 1, sorted.length * share)];
  }
}
