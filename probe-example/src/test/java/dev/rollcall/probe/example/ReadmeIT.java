package dev.rollcall.probe.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Follows probe/README.md word by word: its files in an empty folder, its command, with the built
/// modules in a local repository, a real PostgreSQL and a real Redis.
@Timeout(300)
class ReadmeIT {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir private Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private final Deque<Process> programs = new ArrayDeque<>();

  @AfterEach
  void stop() throws InterruptedException {
    client.close();
    for (Process program : programs) {
      // Maven does not always end the program that it has started.
      List<ProcessHandle> started = program.descendants().toList();
      program.destroy();
      if (!program.waitFor(20, TimeUnit.SECONDS)) {
        program.destroyForcibly().waitFor();
      }
      started.forEach(ProcessHandle::destroy);
    }
  }

  @Test
  void takesAStrangerFromAnEmptyFolderToAWorkingHealth() throws Exception {
    assertThat(Readme.of(ROOT.resolve("probe/README.md")).write(folder))
        .containsExactly("pom.xml", "src/main/java/Shop.java", "src/main/java/DiskProbe.java");
    Path repository = Path.of("target/repository").toAbsolutePath();
    LocalRepository local = new LocalRepository(repository, ROOT);
    local.install("rollcall", Path.of(""));
    local.install("probe", Path.of("probe"));
    local.install("probes", Path.of("probes"));
    int port = freePort();
    int redisPort = freePort();
    Process redis = redis(redisPort);
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
      start(
          "shop",
          Map.of(
              "PORT", String.valueOf(port),
              "DATABASE_URL", "postgres://postgres@localhost:" + postgres.getPort() + "/postgres",
              "REDIS_URL", "redis://localhost:" + redisPort),
          ROOT.resolve("mvnw").toString(),
          "-B",
          "-q",
          "-Dmaven.repo.local=" + repository,
          "-Dmaven.repo.local.tail=" + System.getProperty("example.libraries"),
          "compile",
          "exec:exec");
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(200))
          .ignoreExceptions()
          .failFast("the shop ended", () -> !programs.getFirst().isAlive())
          .untilAsserted(() -> assertThat(health(port).statusCode()).isEqualTo(200));
      assertThat(health(port).body())
          .contains("\"name\":\"orders\"", "\"name\":\"cache\"", "\"name\":\"disk\"");

      String refused = "connect: refused by 127.0.0.1:6379";
      assertThat(ROOT.resolve("probe/README.md")).content().contains(refused);
      redis.destroy();
      redis.waitFor();
      HttpResponse<String> without = health(port);
      assertThat(without.statusCode()).isEqualTo(503);
      assertThat(without.body())
          .contains("\"error\":\"prober error: probe cache: probe check failed: ")
          .contains(refused.replace("6379", String.valueOf(redisPort)));

      redis(redisPort);
      await().atMost(PATIENCE).until(() -> health(port).statusCode() == 200);
    }
  }

  @Test
  void showsAProbeOfOnesOwnInTenLines() throws Exception {
    Readme.of(ROOT.resolve("probe/README.md")).write(folder);
    List<String> lines = Files.readAllLines(folder.resolve("src/main/java/DiskProbe.java"));
    assertThat(lines.stream().filter(line -> !line.isBlank() && !line.startsWith("import")))
        .hasSizeLessThanOrEqualTo(10);
  }

  private HttpResponse<String> health(int port) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + port + "/_health");
    return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  private Process redis(int port) throws IOException {
    return start(
        "redis",
        Map.of(),
        "redis-server",
        "--port",
        String.valueOf(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--dir",
        folder.toString());
  }

  /// Its output lies beside the test's own reports.
  private Process start(String name, Map<String, String> environment, String... command)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().putAll(environment);
    builder.environment().put("JAVA_HOME", String.valueOf(System.getProperty("java.home")));
    Path log = Path.of("target").toAbsolutePath().resolve(name + ".log");
    Process program = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    programs.push(program);
    return program;
  }

  /// A port that nobody listens on. It is none of those that the system gives to outgoing
  /// connections: one of them could take it before it is listened on.
  private static int freePort() throws IOException {
    for (int i = 0; i < 100; i++) {
      int port = ThreadLocalRandom.current().nextInt(15_000, 32_000);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException e) {
        // taken: try another
      }
    }
    throw new IllegalStateException("found no free port");
  }
}
