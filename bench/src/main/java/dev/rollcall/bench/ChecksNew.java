package dev.rollcall.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// HTTP checks with a new connection each: Rollcall, which records them in SQLite, compared with
/// blackbox exporter, which records nothing, with the same target. The result is checks per second
/// of processor time.
final class ChecksNew implements Benchmark {
  private static final int SERVICES = 8_000;
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  @Override
  public String name() {
    return "checks-new";
  }

  @Override
  public void run(Stage stage, Length length) throws IOException, InterruptedException {
    Rollcall.train(stage);
    String blackbox = Child.program("prometheus-blackbox-exporter", "prometheus-blackbox-exporter");
    Nginx nginx = Nginx.start(stage, 1, false);
    Table table = new Table();
    double anchor = blackbox(stage, length, blackbox, nginx, table);
    double ours = rollcall(stage, length, nginx, table);
    table.verdict(
        ours / anchor >= 4,
        "%.2f times blackbox exporter's checks per CPU second (asked: 4): %.0f to %.0f",
        ours / anchor,
        ours,
        anchor);
  }

  private static double blackbox(
      Stage stage, Length length, String program, Nginx nginx, Table table)
      throws IOException, InterruptedException {
    Path config = stage.folder("blackbox").resolve("blackbox.yml");
    Files.writeString(config, "modules:\n  http_2xx:\n    prober: http\n");
    int port = Stage.freePort();
    Child child =
        stage.start(
            "blackbox",
            List.of(program, "--config.file=" + config, "--web.listen-address=127.0.0.1:" + port),
            Map.of());
    Wait.until("blackbox listens", Duration.ofSeconds(10), child, () -> Nginx.accepts(port));
    String url =
        "http://127.0.0.1:%d/probe?module=http_2xx&target=%s".formatted(port, nginx.url(0));
    String answer = Rollcall.send(HttpRequest.newBuilder(URI.create(url)).build());
    if (!answer.contains("probe_success 1")) {
      throw new IllegalStateException("blackbox exporter cannot ask the target: " + answer);
    }
    Wrk.drive(stage, url, Duration.ofSeconds(3));
    Duration before = child.cpu();
    long checks = Wrk.drive(stage, url, length.steady());
    Duration cpu = child.cpu().minus(before);
    double seconds = length.steady().toSeconds();
    double each = checks * 1000.0 / cpu.toMillis();
    table.row("blackbox exporter, as fast as it can", "%.0f checks/s", checks / seconds);
    table.row("blackbox exporter", "%.3f ms of CPU a check", 1000 / each);
    child.stop();
    return each;
  }

  private static double rollcall(Stage stage, Length length, Nginx nginx, Table table)
      throws IOException, InterruptedException {
    List<String> services =
        IntStream.range(0, SERVICES)
            .mapToObj(i -> Rollcall.service("s" + i, nginx.url(i), ", interval: 1s"))
            .toList();
    Rollcall rollcall = Rollcall.start(stage, Rollcall.Setup.of(stage.folder("data"), services));
    Thread.sleep(length.warm());
    Stretch stretch = Stretch.of(rollcall, length.steady());
    Ticks.Found found = rollcall.stop().within(stretch.span(), INTERVAL, SERVICES);
    double each = found.up() * 1000.0 / stretch.cpu().toMillis();
    table.row(
        "Rollcall, " + SERVICES + " services every second",
        "%.0f ticks/s, %d of %d up, %d missing",
        (double) found.rows() / stretch.span().length().toSeconds(),
        found.up(),
        found.rows(),
        found.missing());
    table.row("Rollcall", "%.3f ms of CPU a check", 1000 / each);
    stretch.print(table);
    return each;
  }
}
