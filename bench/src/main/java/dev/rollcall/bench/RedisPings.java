package dev.rollcall.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What a ping costs on PostgreSQL, with Redis in front and without, in the same run: over one
/// connection, and over 64 as fast as possible.
final class RedisPings implements Benchmark {
  private static final int MANY = 64;
  private static final double MOST = 3.0;

  /// Pings of a hundred names in turn.
  private static final String NAMES =
      """
      local n = 0
      request = function()
        n = (n + 1) % 100
        return wrk.format("GET", "/ping?frequency=1h&name=job" .. n)
      end
      """;

  @Override
  public String name() {
    return "redis";
  }

  /// Figures of one way.
  private record Way(Wrk one, Wrk many, double cpuMicros) {}

  @Override
  public void run(Stage stage, Length length) throws IOException, InterruptedException {
    Table table = new Table();
    Way direct = measure(stage, length, "direct", List.of());
    tell(table, "straight to PostgreSQL", direct);
    int port = Stage.freePort();
    Path folder = stage.folder("redis");
    stage.start(
        "redis",
        List.of(
            Child.program("redis-server", "redis-server"),
            "--port",
            "" + port,
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "yes",
            "--appendfsync",
            "always",
            "--dir",
            "" + folder),
        Map.of());
    Way through = measure(stage, length, "through", List.of("--redis=redis://127.0.0.1:" + port));
    tell(table, "through Redis (appendfsync always)", through);
    double ratio = through.one().meanMicros() / direct.one().meanMicros();
    table.verdict(
        ratio <= MOST,
        "a ping over one connection takes %.2f times as long with Redis in front (%.1f at most)",
        ratio,
        MOST);
  }

  private static void tell(Table table, String what, Way way) {
    table.row(
        what + ", 1 connection",
        "mean %.0f µs, p95 %.0f µs",
        way.one().meanMicros(),
        way.one().p95Micros());
    table.row(
        what + ", 64 connections",
        "%.0f/s, p95 %.1f ms, %.0f µs of a processor each",
        way.many().perSecond(),
        way.many().p95Micros() / 1000,
        way.cpuMicros());
  }

  private static Way measure(Stage stage, Length length, String name, List<String> more)
      throws IOException, InterruptedException {
    Path data = stage.folder(name);
    try (SoakDatabase database = SoakDatabase.postgres(data)) {
      List<String> flags = new ArrayList<>(database.directFlags());
      flags.addAll(more);
      Rollcall rollcall =
          Rollcall.start(stage, new Rollcall.Setup(data, List.of(), List.copyOf(flags), ""));
      String url = rollcall.api("/").toString();
      Wrk _ = Wrk.run(stage, MANY, length.warm(), url, NAMES);
      Wrk one = Wrk.run(stage, 1, length.steady(), url, NAMES);
      Duration before = rollcall.child().cpu();
      Wrk many = Wrk.run(stage, MANY, length.steady(), url, NAMES);
      Duration used = rollcall.child().cpu().minus(before);
      rollcall.child().stop();
      if (one.failed() + many.failed() > 0) {
        throw new IllegalStateException((one.failed() + many.failed()) + " pings failed");
      }
      return new Way(one, many, used.toNanos() / 1000.0 / many.requests());
    }
  }
}
