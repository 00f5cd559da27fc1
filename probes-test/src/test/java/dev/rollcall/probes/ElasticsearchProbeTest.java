package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Against OpenSearch. Its smallest distribution knows no users and no TLS: for these, a stand-in
/// answers as documented.
class ElasticsearchProbeTest {
  private static final String PASSWORD = "hunter2-secret";

  @TempDir static Path folder;
  private static TestServer opensearch;

  /// Unpacked by Maven (see `pom.xml`). Runs in a user namespace of its own where the tests run as
  /// root, which it refuses to be.
  @BeforeAll
  static void start() throws IOException {
    Path home;
    try (var folders = Files.list(Path.of("target/opensearch").toAbsolutePath())) {
      home = folders.findFirst().orElseThrow();
    }
    Path conf = Files.createDirectories(folder.resolve("conf"));
    Files.createDirectories(folder.resolve("tmp"));
    int port = ServerRun.freePort();
    Files.writeString(
        conf.resolve("opensearch.yml"),
        """
        path.data: %1$s/data
        path.logs: %1$s/logs
        network.host: 127.0.0.1
        http.port: %2$d
        transport.port: %3$d
        discovery.type: single-node
        cluster.routing.allocation.disk.threshold_enabled: false
        """
            .formatted(folder, port, ServerRun.freePort()));
    Files.copy(home.resolve("config/log4j2.properties"), conf.resolve("log4j2.properties"));
    Files.writeString(
        conf.resolve("jvm.options"),
        """
        -Xms256m
        -Xmx256m
        -XX:+UseSerialGC
        -XX:TieredStopAtLevel=1
        -javaagent:agent/opensearch-agent.jar
        """);
    List<String> command = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      Collections.addAll(command, "unshare", "-U");
    }
    command.add(home.resolve("bin/opensearch").toString());
    opensearch =
        TestServer.start(
            folder,
            port,
            Map.of(
                "OPENSEARCH_JAVA_HOME",
                System.getProperty("java.home"),
                "OPENSEARCH_PATH_CONF",
                conf.toString(),
                "OPENSEARCH_TMPDIR",
                folder.resolve("tmp").toString()),
            command.toArray(String[]::new));
    opensearch.awaitPort();
  }

  @AfterAll
  static void stop() {
    opensearch.close();
  }

  private static String url() {
    return "http://127.0.0.1:" + opensearch.port();
  }

  @Test
  void isContentWithARealCluster() {
    awaitUp();
  }

  private static void awaitUp() {
    ElasticsearchProbe probe =
        new ElasticsearchProbe(
            new HttpProbe(
                "it",
                HttpQuestion.of(ElasticsearchProbe.address(URI.create(url()))),
                Probes.asker()));
    await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> Checked.of(probe).assertUp());
  }

  @Test
  void saysThatARealClusterHangs() throws Exception {
    awaitUp();
    opensearch.freeze(true);
    try {
      assertThat(Checked.of(ElasticsearchProbe.of("it", url()), Duration.ofMillis(300)).reason())
          .isEqualTo("timeout: no answer within 300 ms (connected, waiting for the first byte)");
    } finally {
      opensearch.freeze(false);
    }
  }

  private static RawServer standIn(int status, String body) {
    return new RawServer(
        line -> {
          boolean asked = line.request().startsWith("GET /es/_cluster/health ");
          line.answer(asked ? status : 404, "Content-Type: application/json\r\n", body);
        });
  }

  private static String reason(int status, String body) throws IOException {
    try (RawServer server = standIn(status, body)) {
      String url = "http://me:%s@127.0.0.1:%d/es/".formatted(PASSWORD, server.port());
      String reason = Checked.of(ElasticsearchProbe.of("it", url)).reason();
      assertThat(server.requests().getFirst()).contains("Authorization: Basic ");
      assertThat(reason).doesNotContain(PASSWORD);
      return reason;
    }
  }

  @Test
  void tellsWhatAStandInDocuments() throws IOException {
    assertThat(reason(401, "{\"error\":{\"reason\":\"missing authentication\"},\"status\":401}"))
        .isEqualTo("login: refused (status 401)");
    assertThat(reason(403, "{}"))
        .isEqualTo("login: the user may not see the cluster's health (status 403)");
    assertThat(reason(503, "{}")).isEqualTo("the cluster has no master (status 503)");
    assertThat(reason(200, "{\"status\":\"red\",\"unassigned_shards\":3}"))
        .isEqualTo("the cluster is red: 3 of its shards are unassigned");
    assertThat(reason(200, "{}")).isEqualTo("body is no cluster health: it has no status");
    assertThat(reason(200, "<html>")).isEqualTo("body is no JSON");
    assertThat(reason(418, "")).isEqualTo("status 418 (expected 200)");
    try (RawServer server = standIn(200, "{\"status\":\"yellow\"}")) {
      String url = "opensearch+http://127.0.0.1:%d/es".formatted(server.port());
      Checked.of(Probes.forUrl("it", url)).assertUp();
    }
  }

  @Test
  void believesAnAuthorityOfOnesOwnOrAnyCertificate(@TempDir Path keys) throws Exception {
    Certificates certificates = new Certificates(keys);
    certificates.signed("es", -1, 30, "ip:127.0.0.1");
    try (RawServer server =
        new RawServer(
            certificates.listen("es", false),
            line -> {
              line.request();
              line.answer(200, "", "{\"status\":\"green\"}");
            })) {
      String url = "https://127.0.0.1:" + server.port();
      TlsOptions own = TlsOptions.DEFAULT.trusting(certificates.pem("ca"));
      Checked.of(ElasticsearchProbe.of("it", url, own)).assertUp();
      Checked.of(ElasticsearchProbe.of("it", url, TlsOptions.DEFAULT.unverified())).assertUp();
      assertThat(Checked.of(ElasticsearchProbe.of("it", url)).reason())
          .startsWith("TLS: certificate is signed by an unknown authority");
    }
  }

  @Test
  void saysThatNobodyListens() {
    int port = ServerRun.freePort();
    assertThat(Checked.of(ElasticsearchProbe.of("it", "http://127.0.0.1:" + port)).reason())
        .isEqualTo("connect: refused by 127.0.0.1:" + port);
  }
}
