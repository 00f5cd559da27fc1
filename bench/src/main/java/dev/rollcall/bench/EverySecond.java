package dev.rollcall.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/// 5,000 services every second over kept connections, with every tick recorded. Compared with
/// nginx, which only answers.
final class EverySecond implements Benchmark {
  private static final int SERVICES = 5_000;
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  @Override
  public String name() {
    return "every-second";
  }

  @Override
  public void run(Stage stage, Length length) throws IOException, InterruptedException {
    Rollcall.train(stage);
    Nginx nginx = Nginx.start(stage, 1_000, true);
    List<String> services =
        IntStream.range(0, SERVICES)
            .mapToObj(i -> Rollcall.service("s" + i, nginx.url(i), ", interval: 1s"))
            .toList();
    Table table = new Table();
    Rollcall rollcall =
        Rollcall.start(
            stage, Rollcall.Setup.of(stage.folder("data"), services, "--monitor-keep-alive=true"));
    Thread.sleep(length.warm());
    Duration nginxBefore = nginx.child().cpu();
    Stretch stretch = Stretch.of(rollcall, length.steady());
    Duration nginxCpu = nginx.child().cpu().minus(nginxBefore);
    Ticks.Found found = rollcall.stop().within(stretch.span(), INTERVAL, SERVICES);
    double due = (double) SERVICES * stretch.span().length().toSeconds();
    double each = (double) stretch.cpu().toMillis() / found.rows();
    table.row(
        "ticks written",
        "%.0f a second, %d of %d up",
        (double) found.rows() / stretch.span().length().toSeconds(),
        found.up(),
        found.rows());
    table.row(
        "written of those that were due",
        "%.2f %%, %d missing between two",
        found.rows() / due * 100,
        found.missing());
    table.row("CPU a check", "%.3f ms", each);
    table.row("nginx, only to answer", "%.3f ms", (double) nginxCpu.toMillis() / found.rows());
    stretch.print(table);
    table.verdict(
        each <= 0.20 && found.missing() == 0 && found.rows() >= due * 0.995,
        "%.3f ms of CPU a check (asked: 0.20), %.2f %% of the ticks written (asked: all)",
        each,
        found.rows() / due * 100);
  }
}
