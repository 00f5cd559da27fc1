package dev.rollcall.probes;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A real server in a process of its own, which ends with this.
final class TestServer implements AutoCloseable {
  /// Stands in the command for the port that was found free.
  static final String PORT = "{port}";

  private final Process process;
  private final int port;
  private final Path output;

  private TestServer(Process process, int port, Path output) {
    this.process = process;
    this.port = port;
    this.output = output;
    Runtime.getRuntime().addShutdownHook(new Thread(() -> process.destroyForcibly()));
  }

  /// Starts `command` with a free port in the place of [#PORT].
  ///
  /// @param folder where it runs, and leaves what it says
  static TestServer start(Path folder, String... command) {
    return start(folder, ServerRun.freePort(), Map.of(), command);
  }

  static TestServer start(
      Path folder, int port, Map<String, String> environment, String... command) {
    try {
      Path output = Files.createTempFile(folder, "output", ".txt");
      List<String> filled =
          Arrays.stream(command).map(word -> word.replace(PORT, String.valueOf(port))).toList();
      ProcessBuilder builder = new ProcessBuilder(filled).directory(folder.toFile());
      builder.environment().putAll(environment);
      Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
      return new TestServer(process, port, output);
    } catch (IOException e) {
      throw new UncheckedIOException("does ./verify install it?", e);
    }
  }

  int port() {
    return port;
  }

  /// Waits until it accepts connections.
  TestServer awaitPort() {
    await(output.toString())
        .atMost(Duration.ofMinutes(4))
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              if (!process.isAlive()) {
                throw new AssertionError("it ended by itself: " + Files.readString(output));
              }
              try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
                return socket.isConnected();
              } catch (IOException e) {
                return false;
              }
            });
    return this;
  }

  /// Stops it as `kill -STOP` does: it accepts connections, and says nothing.
  void freeze(boolean frozen) throws IOException, InterruptedException {
    String signal = frozen ? "-STOP" : "-CONT";
    new ProcessBuilder("kill", signal, String.valueOf(process.pid())).start().waitFor();
    if (frozen) {
      ServerRun.awaitStopped(process.pid());
    }
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
