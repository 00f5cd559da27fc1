package dev.rollcall.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.app.ProgramHere;
import dev.rollcall.server.app.RunningProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The program in a folder of its own, spoken to as a stranger would: flags, files, signals and
/// HTTP. It runs in the JVM of the tests, or, where a test says so, as a built program in a process
/// of its own.
public final class RunningRollcall implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Pattern STARTED =
      Pattern.compile(
          "(?:(?:started with \\d+ (?:services?|targets?)|collecting into \\S+):"
              + " (http://[^\\s,\"]+)|measuring as [^\n"
              + "]*), health at (http://[^\\s\"]+)");
  private static final JsonMapper JSON = new JsonMapper();
  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();

  /// How to start it.
  ///
  /// @param command what of it is started
  /// @param folder its working directory
  /// @param flags after the command; free ports are asked for unless they or the environment say
  ///   others
  /// @param process whether it is the built program in a process of its own: for tests that kill
  ///   it, pause it, let it share a file with another, or look at its memory or its signals
  /// @param before a command that takes the command line of that process as its arguments
  public record Plan(
      String command,
      Path folder,
      List<String> flags,
      Map<String, String> environment,
      boolean process,
      List<String> before) {
    public static Plan in(Path folder) {
      return of("serve", folder);
    }

    static Plan of(String command, Path folder) {
      return new Plan(
          command, folder, List.of("--port=0", "--health-port=0"), Map.of(), false, List.of());
    }

    public Plan yaml(String text) {
      return file("rollcall.yaml", text);
    }

    /// Writes a file into the working directory.
    Plan file(String name, String text) {
      try {
        Files.writeString(folder.resolve(name), text);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return this;
    }

    /// These flags and no others.
    public Plan onlyFlags(String... these) {
      return new Plan(command, folder, List.of(these), environment, process, before);
    }

    Plan flags(String... more) {
      List<String> all = new ArrayList<>(flags);
      all.addAll(List.of(more));
      return new Plan(command, folder, all, environment, process, before);
    }

    Plan variable(String name, String value) {
      Map<String, String> all = new TreeMap<>(environment);
      all.put(name, value);
      return new Plan(command, folder, flags, all, process, before);
    }

    /// The built program, in a process of its own.
    public Plan asProcess() {
      return new Plan(command, folder, flags, environment, true, before);
    }

    Plan behind(String... other) {
      return new Plan(command, folder, flags, environment, true, List.of(other));
    }

    /// Starts it and waits until it answers.
    public RunningRollcall start() {
      return new RunningRollcall(this);
    }

    /// Starts it where it cannot start, and waits for its end.
    Ended refused() {
      return ended();
    }

    /// Starts a command that ends by itself, and waits for its end.
    Ended ended() {
      Path log = folder.resolve("refused.log");
      try (RunningProgram running = launch(log)) {
        OptionalInt status = running.ended(PATIENCE);
        assertThat(status).as("ends by itself, after saying: %s", read(log)).isPresent();
        return new Ended(status.getAsInt(), read(log));
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    private RunningProgram launch(Path log) {
      if (process) {
        return new ProgramProcess(launchProcess(log));
      }
      List<String> line = new ArrayList<>(List.of(command));
      line.addAll(flags);
      return new ProgramHere(folder, environment, line, log);
    }

    private Process launchProcess(Path log) {
      List<String> line = new ArrayList<>(before);
      line.addAll(Program.java("-Xmx128m"));
      line.add(this.command);
      line.addAll(flags);
      ProcessBuilder builder = new ProcessBuilder(line).directory(folder.toFile());
      String path = System.getenv("PATH");
      builder.environment().clear();
      builder.environment().put("PATH", path);
      builder.environment().putAll(environment);
      try {
        return builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
      } catch (IOException e) {
        throw new UncheckedIOException("this test needs " + line.getFirst(), e);
      }
    }
  }

  /// How it ended, and all it said.
  record Ended(int status, String said) {}

  /// An answer's status and JSON.
  public record Answer(int status, JsonNode json) {}

  private final Plan plan;
  private final Path log;
  private final RunningProgram running;
  private final URI main;
  private final URI health;

  private RunningRollcall(Plan plan) {
    this.plan = plan;
    try {
      this.log = Files.createTempFile(plan.folder(), "rollcall", ".log");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.running = plan.launch(log);
    Matcher started = STARTED.matcher("");
    try {
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(20))
          .until(() -> started.reset(log()).find() || !running.isAlive());
      assertThat(running.isAlive()).as("runs, after saying: %s", log()).isTrue();
    } catch (RuntimeException | Error e) {
      running.close();
      throw e;
    }
    this.health = URI.create(started.group(2));
    this.main = started.group(1) == null ? health : URI.create(started.group(1));
  }

  /// The same program on the same folder, after this one has ended.
  RunningRollcall again() {
    return new RunningRollcall(plan);
  }

  /// A plan on this one's folder.
  public Plan plan() {
    return plan;
  }

  long pid() {
    return process().pid();
  }

  private Process process() {
    if (running instanceof ProgramProcess(var process)) {
      return process;
    }
    throw new IllegalStateException("this test needs a process: Plan.asProcess()");
  }

  public int port() {
    return main.getPort();
  }

  int healthPort() {
    return health.getPort();
  }

  /// Where its pages begin, as a browser is sent there.
  public String url() {
    return main + "/";
  }

  public String healthUrl() {
    return health.toString();
  }

  /// Replaces its configuration while it runs.
  public void configure(String yaml) throws IOException {
    Path written = Files.writeString(plan.folder().resolve("new"), yaml);
    Files.move(written, plan.folder().resolve("rollcall.yaml"), StandardCopyOption.ATOMIC_MOVE);
  }

  /// All it has said so far.
  String log() {
    return read(log);
  }

  /// SIGTERM, and its exit status.
  public int stop() throws InterruptedException {
    running.stop();
    return ended();
  }

  /// Its exit status, when it has ended.
  int ended() throws InterruptedException {
    OptionalInt status = running.ended(PATIENCE);
    assertThat(status).as("ends, after saying: %s", log()).isPresent();
    return status.getAsInt();
  }

  /// SIGKILL.
  void kill() throws InterruptedException {
    process().destroyForcibly().waitFor();
  }

  /// STOP or CONT.
  void signal(String name) throws IOException, InterruptedException {
    String[] command = {"kill", "-" + name, "" + pid()};
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  Answer get(String path) {
    return send("GET", path, "");
  }

  /// The rows of a list.
  List<JsonNode> rows(String path) {
    Answer answer = get(path);
    assertThat(answer.status()).as(path + ": " + answer.json()).isEqualTo(200);
    List<JsonNode> rows = new ArrayList<>();
    answer.json().get("data").forEach(block -> block.get("data").forEach(rows::add));
    return rows;
  }

  /// The row of `GET /v1/services` with that name.
  JsonNode service(String name) {
    return rows("/v1/services").stream()
        .filter(row -> row.get("name").stringValue().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no service " + name));
  }

  /// Removes all heartbeats of the operator.
  public void removeHeartbeats() {
    for (JsonNode row : rows("/v1/heartbeats")) {
      String name = URLEncoder.encode(row.get("name").stringValue(), StandardCharsets.UTF_8);
      Answer removed = send("POST", "/ping/remove?name=" + name, "");
      assertThat(removed.status()).as("%s", removed.json()).isEqualTo(200);
    }
  }

  List<JsonNode> ticks(String name) {
    return rows("/v1/services/" + service(name).get("id").asLong() + "/ticks");
  }

  /// Waits until a service has been asked once at least, and returns its newest tick.
  JsonNode firstTick(String name) {
    await().atMost(PATIENCE).until(() -> !ticks(name).isEmpty());
    return ticks(name).getLast();
  }

  public Answer send(String method, String path, String body, String... headers) {
    HttpResponse<String> answer = sendText(main.resolve(path), method, body, headers);
    return new Answer(answer.statusCode(), JSON.readTree(answer.body()));
  }

  /// The status of an answer that may have no body.
  int status(String method, String path) {
    return status(method, path, "");
  }

  int status(String method, String path, String body, String... headers) {
    return sendText(main.resolve(path), method, body, headers).statusCode();
  }

  /// A path of another of its ports.
  Answer on(int port, String method, String path) {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    HttpResponse<String> answer = sendText(uri, method, "");
    return new Answer(answer.statusCode(), JSON.readTree(answer.body()));
  }

  /// A path of the health port, as text.
  HttpResponse<String> health(String path) {
    return sendText(health.resolve(path), "GET", "");
  }

  /// A page, as a browser gets it.
  public String page(String path) {
    return sendText(main.resolve(path), "GET", "", "Accept", "text/html").body();
  }

  private static HttpResponse<String> sendText(
      URI uri, String method, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .timeout(PATIENCE);
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return CLIENT.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The SQLite file it keeps, opened for reading only.
  Connection database() throws SQLException {
    return database(plan.folder().resolve("rollcall-data/rollcall.db"));
  }

  static Connection database(Path file) throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:file:" + file + "?mode=ro");
  }

  static JsonNode json(String text) {
    return JSON.readTree(text);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Whatever it is doing, it ends.
  @Override
  public void close() {
    running.close();
  }
}
