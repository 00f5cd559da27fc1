package dev.rollcall.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// wrk, which drives an HTTP server as hard as it can over 64 kept connections.
record Wrk(Stage stage, String program) {
  private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in");

  static Wrk find(Stage stage) {
    return new Wrk(stage, Child.program("wrk", "wrk"));
  }

  /// How many requests were answered, each with 2xx or 3xx.
  long drive(String url, Duration time) throws IOException, InterruptedException {
    String said =
        stage
            .start(
                "wrk",
                List.of(program, "-t1", "-c64", "-d" + time.toSeconds() + "s", url),
                Map.of())
            .result(time.plusSeconds(20));
    Matcher requests = REQUESTS.matcher(said);
    if (!requests.find() || said.contains("Non-2xx") || said.contains("Socket errors")) {
      throw new IllegalStateException("wrk: " + said);
    }
    return Long.parseLong(requests.group(1));
  }
}
