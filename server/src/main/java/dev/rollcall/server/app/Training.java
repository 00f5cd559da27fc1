package dev.rollcall.server.app;

import dev.rollcall.server.sql.FileProblems;
import dev.rollcall.server.time.Durations;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine;

/// A run from which Java learns what a start needs (AOT cache): Rollcall checks itself, and answers
/// some requests.
final class Training {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofMillis(50);

  private Training() {}

  /// Writes the configuration for this run.
  static void prepare(Path folder) {
    try {
      Files.writeString(
          folder.resolve("rollcall.yaml"),
          """
          services:
            - name: nobody there
              url: http://127.0.0.1:9/
              interval: 1s
              status: 2xx
            - name: no port
              url: tcp://127.0.0.1:9
          """);
    } catch (IOException e) {
      throw new CannotRun(folder + " cannot be written: " + FileProblems.of(e));
    }
  }

  /// Runs a command of which nothing leaves this machine. Without the right to ping it says so, and
  /// Java learns less.
  static void measure(CommandLine line, String... arguments) {
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    line.setOut(nowhere).setErr(nowhere).execute(arguments);
  }

  static void run(Ports.Open open) throws InterruptedException {
    String main = "http://127.0.0.1:" + open.port();
    String health = "http://127.0.0.1:" + open.healthPort();
    try (HttpClient client = HttpClient.newHttpClient()) {
      String service =
          "{\"name\":\"itself\",\"url\":\"%s/v1/_internal/health\",\"interval\":\"200ms\"}"
              .formatted(main);
      send(client, request(main + "/v1/services").POST(BodyPublishers.ofString(service)));
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (!get(client, main + "/v1/services/3/events").contains("uptime")) {
        if (System.nanoTime() > end) {
          throw new CannotRun(
              "the training did not see itself up within " + Durations.words(PATIENCE));
        }
        Thread.sleep(PAUSE);
      }
      get(client, main + "/");
      get(client, main + "/v1/services");
      get(client, main + "/v1/services/3/ticks");
      get(client, main + "/ping?name=itself&frequency=1h");
      get(client, main + "/v1/heartbeats");
      get(client, main + "/no/such/path");
      get(client, health + "/health");
      get(client, health + "/ready");
      get(client, health + "/metrics");
    } catch (IOException e) {
      throw new CannotRun("the training cannot reach itself: " + e.getMessage());
    }
  }

  private static String get(HttpClient client, String url)
      throws IOException, InterruptedException {
    return send(client, request(url)).body();
  }

  private static HttpRequest.Builder request(String url) {
    return HttpRequest.newBuilder(URI.create(url))
        .header("Content-Type", "application/json")
        .timeout(PATIENCE);
  }

  private static HttpResponse<String> send(HttpClient client, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), BodyHandlers.ofString());
  }
}
