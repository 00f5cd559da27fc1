package dev.rollcall.bench;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/// 10,000 services every 15 s over new connections; then the same together with a hundred that hang
/// until their timeout.
final class TenThousand implements Benchmark {
  private static final int SERVICES = 10_000;
  private static final int HANGING = 100;
  private static final Duration INTERVAL = Duration.ofSeconds(15);

  @Override
  public String name() {
    return "ten-thousand";
  }

  @Override
  public void run(Stage stage, Length length) throws IOException, InterruptedException {
    Rollcall.train(stage);
    Nginx nginx = Nginx.start(stage, 1_000, false);
    List<String> services =
        IntStream.range(0, SERVICES)
            .mapToObj(i -> Rollcall.service("s" + i, nginx.url(i), ""))
            .toList();
    Table table = new Table();
    // At least two intervals, so that each service has two ticks to compare.
    Duration steady = INTERVAL.multipliedBy(length.equals(Length.FULL) ? 4 : 2);
    try (Silence silence = new Silence()) {
      Rollcall rollcall = Rollcall.start(stage, Rollcall.Setup.of(stage.folder("data"), services));
      Thread.sleep(INTERVAL.plus(length.warm()));
      Stretch alone = Stretch.of(rollcall, steady);
      for (int i = 0; i < HANGING; i++) {
        hang(rollcall, "hanging" + i, silence.port());
      }
      Thread.sleep(INTERVAL.plusSeconds(2));
      Stretch beside = Stretch.of(rollcall, steady);
      int waiting = silence.waiting();
      Ticks ticks = rollcall.stop();
      Duration running = Duration.between(rollcall.began(), ticks.lastFirst(SERVICES));
      table.row("all asked once, from the start", "%.1f s", running.toMillis() / 1000.0);
      boolean held = print(table, alone, ticks.within(alone.span(), INTERVAL, SERVICES));
      table.row("-- beside " + HANGING + " that hang", "%d wait for an answer", waiting);
      held &= print(table, beside, ticks.within(beside.span(), INTERVAL, SERVICES));
      table.verdict(
          held && running.compareTo(INTERVAL) <= 0,
          "%.0f %% of one core (asked: 40), lag p99 %.1f ms, beside hanging ones %.1f ms"
              + " (asked: 100), %d MiB (asked: 256), all running after %.1f s (asked: 15)",
          alone.cores() * 100,
          Table.millis(alone.lag().quantile(0.99)),
          Table.millis(beside.lag().quantile(0.99)),
          Math.max(alone.peakMiB(), beside.peakMiB()),
          running.toMillis() / 1000.0);
    }
  }

  private static boolean print(Table table, Stretch stretch, Ticks.Found found) {
    stretch.print(table);
    double due = (double) SERVICES * stretch.span().length().toSeconds() / INTERVAL.toSeconds();
    table.row(
        "ticks written of those that were due",
        "%.2f %%, %d missing between two, %d not up",
        found.rows() / due * 100,
        found.missing(),
        found.rows() - found.up());
    table.row(
        "distance of two ticks differs from 15 s",
        "p99 %d ms, at most %d ms",
        found.deviation99().toMillis(),
        found.deviation().toMillis());
    return stretch.cores() < 0.4
        && stretch.peakMiB() < 256
        && stretch.lag().quantile(0.99).toMillis() < 100
        && found.missing() == 0;
  }

  private static void hang(Rollcall rollcall, String name, int port)
      throws IOException, InterruptedException {
    String service = "{\"name\":\"%s\",\"url\":\"http://127.0.0.1:%d/\"}".formatted(name, port);
    Rollcall.send(
        HttpRequest.newBuilder(rollcall.api("/v1/services"))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(service))
            .build());
  }
}
