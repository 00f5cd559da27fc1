package dev.rollcall.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The figures of wrk.
///
/// @param meanMicros from one request of a connection to its next, including the time of wrk
///   itself. The average that wrk computes includes requests that it could not send while it
///   waited.
/// @param p95Micros the 95th percentile of what wrk waited for an answer
/// @param failed answers that were not 2xx or 3xx, and broken connections
record Wrk(long requests, double perSecond, double meanMicros, double p95Micros, long failed) {
  private static final Pattern FIGURES = Pattern.compile("figures (\\S+) (\\S+) (\\S+) (\\S+)");

  /// An answer that takes longer has failed. A disk may be slow to say that it has written.
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /// Prints the figures without rounding.
  private static final String DONE =
      """
      done = function(summary, latency, requests)
        local bad = summary.errors.status + summary.errors.connect + summary.errors.read
          + summary.errors.write + summary.errors.timeout
        io.write(string.format("figures %d %.1f %.1f %d\\n", summary.requests, summary.duration,
          latency:percentile(95), bad))
      end
      """;

  /// Requests one URL over 64 connections as fast as possible.
  ///
  /// @return how many answers there were, all of them 2xx or 3xx
  static long drive(Stage stage, String url, Duration length)
      throws IOException, InterruptedException {
    Wrk wrk = run(stage, 64, length, url, "");
    if (wrk.failed() > 0) {
      throw new IllegalStateException(wrk.failed() + " requests failed of " + url);
    }
    return wrk.requests();
  }

  /// Runs wrk with one thread.
  ///
  /// @param script Lua before the summary: how requests are made; empty for GETs of the URL
  static Wrk run(Stage stage, int connections, Duration length, String url, String script)
      throws IOException, InterruptedException {
    Path lua = stage.folder("wrk").resolve("wrk.lua");
    Files.writeString(lua, script + DONE);
    Child wrk =
        stage.start(
            "wrk",
            List.of(
                Child.program("wrk", "wrk"),
                "-t1",
                "-c" + connections,
                "-d" + length.toSeconds() + "s",
                "--timeout",
                PATIENCE.toSeconds() + "s",
                "-s",
                lua.toString(),
                url),
            Map.of());
    String printed = wrk.result(length.plusSeconds(30));
    Matcher figures = FIGURES.matcher(printed);
    if (!figures.find()) {
      throw new IllegalStateException("wrk said no figures: " + printed);
    }
    long requests = Long.parseLong(figures.group(1));
    double micros = Double.parseDouble(figures.group(2));
    return new Wrk(
        requests,
        requests / micros * 1e6,
        connections * micros / requests,
        Double.parseDouble(figures.group(3)),
        Long.parseLong(figures.group(4)));
  }
}
