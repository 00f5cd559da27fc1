package dev.rollcall.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The built program, started as a person starts it: with `./rollcall serve`.
///
/// @param began when it was started
record Rollcall(Child child, Path data, int port, int healthPort, Instant began) {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final Path ROOT = Path.of(System.getProperty("bench.root", "."));
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /// How to start it.
  ///
  /// @param data its folder; it may contain the database of an earlier run
  /// @param services lines of `services:` in `rollcall.yaml`
  /// @param flags further flags of `serve`
  /// @param javaOptions further options of Java
  record Setup(Path data, List<String> services, List<String> flags, String javaOptions) {
    static Setup of(Path data, List<String> services, String... flags) {
      return new Setup(data, services, List.of(flags), "");
    }
  }

  /// Starts it, without waiting for an answer.
  static Rollcall launch(Stage stage, Setup setup) throws IOException {
    Path file = setup.data().resolve("rollcall.yaml");
    Files.createDirectories(setup.data());
    Files.writeString(file, "services:\n" + String.join("", setup.services()));
    int port = Stage.freePort();
    int healthPort = Stage.freePort();
    List<String> command =
        new ArrayList<>(List.of(ROOT.resolve("rollcall").toString(), "serve", "--host=127.0.0.1"));
    command.addAll(
        List.of(
            "--config=" + file,
            "--data=" + setup.data(),
            "--port=" + port,
            "--health-host=127.0.0.1",
            "--health-port=" + healthPort));
    command.addAll(setup.flags());
    String options = System.getenv().getOrDefault("ROLLCALL_JAVA_OPTS", "");
    Instant began = Instant.now();
    Child child =
        stage.start(
            "rollcall",
            command,
            Map.of("ROLLCALL_JAVA_OPTS", (options + " " + setup.javaOptions()).strip()));
    return new Rollcall(child, setup.data(), port, healthPort, began);
  }

  /// Starts it, and waits for its first answer.
  static Rollcall start(Stage stage, Setup setup) throws IOException, InterruptedException {
    Rollcall rollcall = launch(stage, setup);
    rollcall.awaitAnswer();
    return rollcall;
  }

  /// Waits for the first 200 of `GET /v1/services`.
  void awaitAnswer() throws IOException, InterruptedException {
    Wait.until("Rollcall answers", PATIENCE, child, this::answers);
  }

  /// With a plain socket, which costs little while the port is not open.
  private boolean answers() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      socket
          .getOutputStream()
          .write(
              "GET /v1/services?limit=1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      byte[] line = socket.getInputStream().readNBytes(12);
      return new String(line, StandardCharsets.US_ASCII).equals("HTTP/1.1 200");
    } catch (IOException e) {
      return false;
    }
  }

  /// One line of `services:`.
  static String service(String name, String url, String more) {
    return "- {name: " + name + ", url: \"" + url + "\"" + more + "}\n";
  }

  URI api(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  /// The body of an answer with a status below 300.
  static String send(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<String> answer = CLIENT.send(request, BodyHandlers.ofString());
    if (answer.statusCode() >= 300) {
      throw new IllegalStateException(request + ": " + answer.statusCode() + " " + answer.body());
    }
    return answer.body();
  }

  /// The lag of checks so far.
  Lag lag() throws IOException, InterruptedException {
    return histogram(Lag.CHECKS);
  }

  /// A histogram of its metrics so far.
  Lag histogram(String name) throws IOException, InterruptedException {
    URI metrics = URI.create("http://127.0.0.1:" + healthPort + "/metrics");
    try {
      HttpResponse<Stream<String>> answer =
          CLIENT.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofLines());
      return Lag.of(name, answer.body());
    } catch (IOException | UncheckedIOException e) {
      Thread.sleep(Duration.ofSeconds(1)); // a program that is just ending has ended then
      child.mustRun();
      throw new IllegalStateException("no metrics: " + e, e);
    }
  }

  /// Ends it, so that everything is in the database file.
  Ticks stop() {
    child.stop();
    return new Ticks(data.resolve("rollcall.db"));
  }

  /// Makes sure that the cache for a quick start exists, as it does from the second start on, so
  /// that it is not built during a measurement.
  static void train(Stage stage) throws IOException, InterruptedException {
    if (cached()) {
      return;
    }
    Rollcall first = start(stage, Setup.of(stage.folder("first"), List.of()));
    Wait.until("the cache for a quick start is built", PATIENCE, first.child, Rollcall::cached);
    first.stop();
  }

  private static boolean cached() throws IOException {
    Path program = ROOT.resolve("server/target/rollcall");
    if (!Files.isDirectory(program)) {
      return false;
    }
    try (Stream<Path> files = Files.list(program)) {
      return files.anyMatch(file -> file.toString().endsWith(".aot"));
    }
  }
}
