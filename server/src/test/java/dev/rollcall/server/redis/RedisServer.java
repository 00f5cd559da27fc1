package dev.rollcall.server.redis;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

/// A real redis-server, or a sentinel, in a folder of its own. It can be killed, stopped and
/// started again on its data.
public final class RedisServer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Path folder;
  private final int port;
  private final List<String> command;
  private Process process;

  private RedisServer(Path folder, int port, List<String> command) {
    this.folder = folder;
    this.port = port;
    this.command = List.copyOf(command);
    this.process = begin();
  }

  /// One that keeps what it acknowledges, as it is recommended. A replica of it need not wait until
  /// others come too.
  public static RedisServer start(Path folder, String... more) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "--appendonly",
                "yes",
                "--appendfsync",
                "always",
                "--repl-diskless-sync-delay",
                "0"));
    all.addAll(List.of(more));
    return plain(folder, all.toArray(new String[0]));
  }

  /// A replica of another one, that keeps what it acknowledges too.
  static RedisServer replica(Path folder, RedisServer master, String... more) {
    List<String> all = new ArrayList<>(List.of("--replicaof", "127.0.0.1 " + master.port));
    all.addAll(List.of(more));
    return start(folder, all.toArray(new String[0]));
  }

  /// One with its defaults, that keeps nothing.
  public static RedisServer plain(Path folder, String... more) {
    int port = freePort();
    List<String> command =
        new ArrayList<>(
            List.of(
                "redis-server",
                "--port",
                "" + port,
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--dir",
                "" + made(folder)));
    command.addAll(List.of(more));
    return new RedisServer(folder, port, command);
  }

  /// A sentinel that watches a master alone.
  static RedisServer sentinel(Path folder, String name, RedisServer master) {
    int port = freePort();
    Path file = made(folder).resolve("sentinel.conf");
    try {
      Files.writeString(
          file,
          """
          port %d
          bind 127.0.0.1
          dir %s
          sentinel monitor %s 127.0.0.1 %d 1
          sentinel down-after-milliseconds %s 1000
          sentinel failover-timeout %s 5000
          """
              .formatted(port, folder, name, master.port, name, name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new RedisServer(folder, port, List.of("redis-server", "" + file, "--sentinel"));
  }

  private static Path made(Path folder) {
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process begin() {
    try {
      Process begun =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("log").toFile())
              .start();
      await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> answers(begun));
      return begun;
    } catch (IOException e) {
      throw new UncheckedIOException("this test needs redis-server", e);
    }
  }

  private boolean answers(Process begun) {
    if (!begun.isAlive()) {
      throw new IllegalStateException("redis-server ended: see " + folder.resolve("log"));
    }
    try (Jedis redis = new Jedis("127.0.0.1", port)) {
      return redis.ping().equals("PONG");
    } catch (JedisException e) {
      return String.valueOf(e.getMessage()).startsWith("NOAUTH");
    }
  }

  public int port() {
    return port;
  }

  public String url() {
    return "redis://127.0.0.1:" + port;
  }

  /// A client of it.
  public Jedis client() {
    return new Jedis("127.0.0.1", port);
  }

  /// SIGSTOP or SIGCONT.
  public void signal(String name) throws IOException, InterruptedException {
    int _ = new ProcessBuilder("kill", "-" + name, "" + process.pid()).start().waitFor();
  }

  /// SIGKILL.
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /// Starts it again on its data.
  public void again() {
    process = begin();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
