package dev.rollcall.server.page;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The built program in a process of its own, with everything it keeps in one folder.
final class RunningRollcall implements AutoCloseable {
  private static final Path JAR = Path.of("target/rollcall/rollcall.jar").toAbsolutePath();
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern STARTED =
      Pattern.compile("services: http://localhost:(\\d+)(\\S*), health at (\\S+)");

  private final Path folder;
  private final Path log;
  private Optional<Process> process = Optional.empty();
  private int port;
  private String base = "";
  private String healthUrl = "";

  RunningRollcall(Path folder) {
    this.folder = folder;
    this.log = folder.resolve("log");
  }

  /// Starts with `yaml` as its configuration.
  void start(String yaml) throws IOException {
    configure(yaml);
    startAgain();
  }

  String url() {
    return "http://localhost:" + port + base + "/";
  }

  String healthUrl() {
    return healthUrl;
  }

  /// Replaces the configuration while it runs.
  void configure(String yaml) throws IOException {
    Path written = Files.writeString(folder.resolve("new"), yaml);
    Files.move(written, folder.resolve("rollcall.yaml"), StandardCopyOption.ATOMIC_MOVE);
  }

  /// On the same port, where it has had one.
  void startAgain() throws IOException {
    Process started = launch();
    process = Optional.of(started);
    port = awaitPort(started);
  }

  @Override
  public void close() {
    process.ifPresent(RunningRollcall::end);
    process = Optional.empty();
  }

  private static void end(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        throw new AssertionError("Rollcall did not stop");
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private Process launch() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-Xmx128m",
                    "--enable-native-access=ALL-UNNAMED",
                    "-jar",
                    JAR.toString(),
                    "serve",
                    "--port=" + port,
                    "--health-port=0"))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("ROLLCALL_"));
    return builder.start();
  }

  private int awaitPort(Process process) throws IOException {
    await()
        .atMost(PATIENCE)
        .until(() -> !process.isAlive() || STARTED.matcher(Files.readString(log)).find());
    String said = Files.readString(log);
    Matcher started = STARTED.matcher(said);
    if (!started.find()) {
      throw new AssertionError("Rollcall did not start: " + said);
    }
    base = started.group(2);
    healthUrl = started.group(3);
    return Integer.parseInt(started.group(1));
  }
}
