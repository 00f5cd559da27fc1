package dev.rollcall.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.RunningRollcall.Plan;
import dev.rollcall.server.app.CommandHere;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The examples of output_service, as they are written there, but for the ports, which must be free
/// here.
class OutputServiceIT {
  private static final String EXAMPLE =
      """
      [
      {
      "ip": "8.8.8.8",
      "sent": 4,
      "received": 4,
      "packet_loss": 0,
      "avg_rtt": 15000000,
      "timestamp": "2026-01-07T22:30:00Z",
      "traceroute": {
      "method": "icmp",
      "completed": true,
      "hops": [
      {"ttl": 1, "ip": "192.168.1.1", "rtt": 2000000},
      {"ttl": 2, "ip": "10.0.0.1", "rtt": 5000000},
      {"ttl": 3, "ip": "8.8.8.8", "rtt": 15000000}
      ]
      }
      }
      ]
      """;

  @TempDir static Path folder;

  private static RunningRollcall collector;

  @BeforeAll
  static void start() throws IOException {
    Files.writeString(folder.resolve("results.json"), EXAMPLE);
    collector =
        Plan.of("collect", folder)
            .asProcess()
            .onlyFlags(
                "--port=0",
                "--health-port=0",
                "--input-url=http://input-service.invalid:8080/hops",
                "--db-dir=" + folder.resolve("var/lib/output_service"),
                "--max-size-mb=200",
                "--rotation-days=14",
                "--keep-files=10",
                "--verbose")
            .start();
  }

  @AfterAll
  static void stop() {
    collector.close();
  }

  /// A command of output_service, run by a shell.
  private static String shell(String command) {
    String here =
        command
            .replace("localhost:8081", "localhost:" + collector.port())
            .replace("localhost:8091", "localhost:" + collector.healthPort());
    try {
      Process process =
          new ProcessBuilder("sh", "-c", here)
              .directory(folder.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String said = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertThat(process.waitFor()).as("needs curl: " + here).isZero();
      return said;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void theExamplesWorkAsTheyAreWritten() throws Exception {
    assertThat(shell("curl -d @results.json http://localhost:8081/results"))
        .isEqualTo("{\"status\":\"ok\",\"received\":1}");
    JsonNode health = RunningRollcall.json(shell("curl http://localhost:8091/health"));
    assertThat(health.at("/stats/total_results").asInt()).isEqualTo(1);
    assertThat(health.at("/stats/hops_discovered").asInt()).isEqualTo(3);
    assertThat(shell("curl http://localhost:8091/metrics"))
        .contains("output_service_total_results 1\n");
    assertThat(shell("curl 'http://localhost:8091/recent?limit=50'"))
        .isEqualTo(
            "[{\"id\":1,\"ip\":\"8.8.8.8\",\"sent\":4,\"received\":4,\"packet_loss\":0,"
                + "\"avg_rtt\":15000000,\"timestamp\":\"2026-01-07T22:30:00Z\"}]");
    shell("curl http://localhost:8081/dump -o backup.db");
    try (Connection backup = RunningRollcall.database(folder.resolve("backup.db"));
        Statement statement = backup.createStatement()) {
      assertThat(statement.executeQuery("PRAGMA integrity_check").getString(1)).isEqualTo("ok");
      assertThat(statement.executeQuery("SELECT count(*) FROM traceroute_hops").getInt(1))
          .isEqualTo(3);
    }
    assertThat(shell("curl -X POST http://localhost:8081/rotate"))
        .matches("\\{\"status\":\"rotated\",\"file\":\"results_[0-9_-]+\\.db\"}");
    assertThat(shell("curl 'http://localhost:8091/recent?limit=100&ip=8.8.8.8'"))
        .contains("\"ip\":\"8.8.8.8\"");
  }

  @Test
  void saysItsVersion() {
    assertThat(CommandHere.run(folder, Map.of(), "collect", "--version"))
        .satisfies(
            ended -> {
              assertThat(ended.status()).isZero();
              assertThat(ended.said()).startsWith("rollcall ");
            });
  }
}
