package dev.rollcall.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What wrk measured: requests a second, and how long one took on average.
///
/// @param failed answers that were not 2xx, and connections that broke
record Wrk(double perSecond, double meanMicros, long failed) {
  private static final Pattern FIGURES = Pattern.compile("figures (\\S+) (\\S+) (\\S+)");

  /// Says the figures in whole microseconds, which wrk itself rounds.
  private static final String DONE =
      """
      done = function(summary, latency, requests)
        local bad = summary.errors.status + summary.errors.connect + summary.errors.read
          + summary.errors.write + summary.errors.timeout
        io.write(string.format("figures %.1f %.2f %d\\n",
          summary.requests / summary.duration * 1e6, latency.mean, bad))
      end
      """;

  /// Drives one thread of wrk.
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
                "-s",
                lua.toString(),
                url),
            Map.of());
    String printed = wrk.result(length.plusSeconds(30));
    Matcher figures = FIGURES.matcher(printed);
    if (!figures.find()) {
      throw new IllegalStateException("wrk said no figures: " + printed);
    }
    return new Wrk(
        Double.parseDouble(figures.group(1)),
        Double.parseDouble(figures.group(2)),
        Long.parseLong(figures.group(3)));
  }
}
