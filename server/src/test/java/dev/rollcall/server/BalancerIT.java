package dev.rollcall.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Two processes behind a real HAProxy, which has the configuration of `deploy/haproxy` as it is.
@Execution(ExecutionMode.CONCURRENT)
@Timeout(120)
class BalancerIT {
  private static final Path CONFIGURATION = Path.of("../deploy/haproxy/haproxy.cfg");
  private static final int CLIENTS = 4;

  @TempDir Path directory;
  private final List<RunningRollcall> processes = new ArrayList<>();
  private final int bind = freePort();
  private final int status = freePort();
  private Process haproxy;

  BalancerIT() throws IOException {}

  @BeforeEach
  void start() throws Exception {
    int port = freePort();
    int health = freePort();
    for (int i = 1; i <= 2; i++) {
      RunningRollcall.Plan plan =
          RunningRollcall.Plan.in(Files.createDirectory(directory.resolve("rollcall-" + i)))
              .asProcess();
      processes.add(
          plan.onlyFlags(
                  "--host=127.0.0." + (i + 1),
                  "--port=" + port,
                  "--health-port=" + health,
                  "--trusted-proxies=127.0.0.1",
                  "--log-access=true",
                  "--drain=3s")
              .start());
    }
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of("/usr/sbin/haproxy", "-db", "-f", CONFIGURATION.toAbsolutePath().toString()));
    builder.environment().put("ROLLCALL_1", "127.0.0.2");
    builder.environment().put("ROLLCALL_2", "127.0.0.3");
    builder.environment().put("ROLLCALL_PORT", "" + port);
    builder.environment().put("ROLLCALL_1_HEALTH", "" + health);
    builder.environment().put("ROLLCALL_2_HEALTH", "" + health);
    builder.environment().put("ROLLCALL_BIND", "127.0.0.1:" + bind);
    builder.environment().put("ROLLCALL_STATUS", "127.0.0.1:" + status);
    haproxy =
        builder
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("haproxy.log").toFile())
            .start();
    await().atMost(30, SECONDS).until(() -> up("rollcall-1") && up("rollcall-2"));
  }

  @AfterEach
  void stop() throws InterruptedException {
    haproxy.destroyForcibly().waitFor();
    processes.forEach(RunningRollcall::close);
  }

  @Test
  void theClientIsTheOneThatTheBalancerNamesAndAProcessStopsWithoutAFailedRequest()
      throws Exception {
    assertThat(ask("127.0.0.9", "/v1/services", "X-Forwarded-For: 192.0.2.7\r\n"))
        .startsWith("HTTP/1.1 200 ");
    await()
        .atMost(30, SECONDS)
        .until(
            () ->
                processes.stream()
                    .anyMatch(one -> one.log().contains("127.0.0.9 GET /v1/services 200")));
    // who is behind the balancer is not at this machine
    assertThat(ask("127.0.0.1", "/v1/deliveries", "")).startsWith("HTTP/1.1 403 ");
    try (Load load = new Load()) {
      load.awaitMore(50);
      Thread stopping = Thread.ofVirtual().start(this::stopFirst);
      await().atMost(30, SECONDS).until(() -> !up("rollcall-1"));
      stopping.join();
      load.awaitMore(50);
      load.stop();
      assertThat(load.failures).isEmpty();
    }
    assertThat(processes.getFirst().log()).contains("stopping in 3 s", "stopped");
    await().atMost(30, SECONDS).until(() -> metric("rollcall-1", "DOWN"));
  }

  @Test
  void readsAreAnsweredByTheOtherOfAKilledProcessAndWhereNoneIsReadyAllAreAsked() throws Exception {
    try (Load load = new Load()) {
      load.awaitMore(50);
      processes.getFirst().kill();
      load.awaitMore(50);
      await().atMost(30, SECONDS).until(() -> !up("rollcall-1"));
      load.stop();
      assertThat(load.failures).isEmpty();
    }
    Thread stopping = Thread.ofVirtual().start(() -> stop(processes.getLast()));
    await().atMost(30, SECONDS).until(() -> !up("rollcall-1") && !up("rollcall-2"));
    assertThat(ask("127.0.0.9", "/ping?name=job&frequency=1h", "")).startsWith("HTTP/1.1 200 ");
    stopping.join();
    assertThat(ask("127.0.0.9", "/v1/services", "")).startsWith("HTTP/1.1 503 ");
  }

  private void stopFirst() {
    stop(processes.getFirst());
  }

  private static void stop(RunningRollcall one) {
    try {
      one.stop();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Whether HAProxy sends requests there.
  private boolean up(String server) {
    return metric(server, "UP");
  }

  private boolean metric(String server, String state) {
    try {
      String line =
          "haproxy_server_status{proxy=\"rollcall\",server=\"%s\",state=\"%s\"} 1"
              .formatted(server, state);
      return raw(status, "127.0.0.1", "/metrics", "").contains(line);
    } catch (IOException e) {
      return false; // not started yet
    }
  }

  private String ask(String from, String path, String headers) throws IOException {
    return raw(bind, from, path, headers);
  }

  private static String raw(int port, String from, String path, String headers) throws IOException {
    InetAddress here = InetAddress.ofLiteral("127.0.0.1");
    try (Socket socket = new Socket(here, port, InetAddress.ofLiteral(from), 0)) {
      socket.setSoTimeout(20_000);
      String request =
          "GET "
              + path
              + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
              + headers
              + "\r\n";
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /// Clients that ask one thing after the other.
  private final class Load implements AutoCloseable {
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicInteger answered = new AtomicInteger();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final List<Thread> clients = new ArrayList<>();

    Load() {
      for (int i = 0; i < CLIENTS; i++) {
        String path = "/ping?name=job-" + i + "&frequency=1h";
        clients.add(Thread.ofVirtual().start(() -> run(path)));
      }
    }

    private void run(String path) {
      while (!stopped.get()) {
        try {
          String answer = ask("127.0.0.9", path, "");
          if (!answer.startsWith("HTTP/1.1 200 ")) {
            failures.add(answer);
          }
        } catch (IOException e) {
          failures.add(e.toString());
        }
        answered.incrementAndGet();
      }
    }

    void awaitMore(int count) {
      int before = answered.get();
      await().atMost(30, SECONDS).until(() -> answered.get() >= before + count);
    }

    void stop() {
      stopped.set(true);
      await().atMost(30, SECONDS).until(() -> clients.stream().noneMatch(Thread::isAlive));
    }

    @Override
    public void close() {
      stop();
    }
  }
}
