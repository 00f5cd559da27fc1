package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static dev.rollcall.server.RunningRollcall.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Plan;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;

/// Rollcall's own trouble is not written down as its services'. Needs root (mount, unshare): where
/// it is not to be had these tests fail and say so.
@Execution(ExecutionMode.CONCURRENT)
class MonitorOutageIT {
  @TempDir Path folder;

  @Test
  void checksGoOnWhileTheDiskIsFullAndAreWrittenAfterwards() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    run("mount", "-t", "tmpfs", "-o", "size=4m", "rollcall-test", disk.toString());
    try (Targets targets = new Targets();
        RunningRollcall rollcall =
            Plan.in(folder)
                .asProcess()
                .flags("--data=disk")
                .yaml(
                    "services: [{name: one, url: '%s', interval: 200ms}]\n"
                        .formatted(targets.url("/set/disk")))
                .start()) {
      rollcall.firstTick("one");
      assertThat(rollcall.health("/ready").statusCode()).isEqualTo(200);

      Path filler = fill(disk);
      await().atMost(PATIENCE).until(() -> rollcall.health("/ready").statusCode() == 503);
      assertThat(json(rollcall.health("/ready").body()).at("/reasons/database").stringValue())
          .containsIgnoringCase("full");
      // anybody may call: what is wrong with which file is only for the operator
      assertThat(rollcall.get("/ping?name=job&frequency=1h").status()).isEqualTo(503);
      assertThat(rollcall.get("/ping?name=job&frequency=1h").json().toString())
          .contains("the database is unavailable")
          .doesNotContain("rollcall.db", "SQLITE");
      assertThat(rollcall.get("/_health").json().toString())
          .contains("probe check failed")
          .doesNotContain("rollcall.db", "SQLITE");
      assertThat(rollcall.health("/_health").body()).contains("rollcall.db");
      int written = rollcall.ticks("one").size();
      targets.set(500);
      int asked = targets.seen("/set/disk").arrivals().size();
      await()
          .atMost(PATIENCE)
          .until(() -> targets.seen("/set/disk").arrivals().size() > asked + 10);
      assertThat(rollcall.health("/ready").statusCode()).isEqualTo(503);
      assertThat(rollcall.health("/health").statusCode()).isEqualTo(200);
      assertThat(rollcall.ticks("one")).hasSize(written);
      assertThat(rollcall.service("one").at("/metric/data/tick_count").asInt()).isEqualTo(written);
      assertThat(rollcall.service("one").at("/current_status/event").stringValue())
          .isEqualTo("uptime");

      Files.delete(filler);
      await().atMost(PATIENCE).until(() -> rollcall.health("/ready").statusCode() == 200);
      int due = targets.seen("/set/disk").arrivals().size();
      await().atMost(PATIENCE).until(() -> rollcall.ticks("one").size() >= due);
      assertThat(rollcall.service("one").at("/current_status/event").stringValue())
          .isEqualTo("downtime");
      assertThat(rollcall.log()).contains("the database is unavailable");
      await()
          .atMost(PATIENCE)
          .until(() -> rollcall.log().contains("the database is available again"));

      assertThat(rollcall.stop()).isZero();
      agree(disk.resolve("rollcall.db"));
    } finally {
      run("umount", disk.toString());
    }
  }

  private static Path fill(Path disk) throws IOException {
    Path filler = disk.resolve("filler");
    try (OutputStream out = Files.newOutputStream(filler)) {
      byte[] page = new byte[4096];
      while (true) {
        out.write(page);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left");
    }
    return filler;
  }

  private static void agree(Path file) throws Exception {
    try (Connection database = RunningRollcall.database(file);
        Statement statement = database.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT tick_count, up_count, down_count,
                  (SELECT count(*) FROM service_tick WHERE state = 1) ups,
                  (SELECT count(*) FROM service_tick WHERE state = 0) downs,
                  (SELECT count(*) FROM service_event) events,
                  (SELECT count(*) FROM service_event WHERE date_ended IS NULL) open
                FROM service_metric\
                """)) {
      row.next();
      assertThat(row.getLong("up_count")).isPositive().isEqualTo(row.getLong("ups"));
      assertThat(row.getLong("down_count")).isPositive().isEqualTo(row.getLong("downs"));
      assertThat(row.getLong("tick_count")).isEqualTo(row.getLong("ups") + row.getLong("downs"));
      assertThat(row.getLong("events")).isEqualTo(2);
      assertThat(row.getLong("open")).isEqualTo(1);
    }
  }

  /// A network of its own, in which loopback alone is up.
  @Test
  void withoutItsOwnNetworkNothingIsDown() throws Exception {
    String yaml =
        """
        services:
          - {name: address, url: 'http://192.0.2.77/', interval: 200ms, timeout: 1s}
          - {name: name, url: 'http://shop.example/', interval: 200ms, timeout: 1s}
          - {name: tcp, url: 'tcp://192.0.2.77:22', interval: 200ms, timeout: 1s}
          - {name: self, url: 'http://127.0.0.1:1/', interval: 200ms, timeout: 1s}
        """;
    run("unshare", "-n", "true");
    try (RunningRollcall rollcall =
        Plan.in(folder)
            .asProcess()
            .yaml(yaml)
            .behind("unshare", "-n", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh")
            .start()) {
      for (String path : List.of("/v1/services/1", "/v1/services/2", "/v1/services/3")) {
        await().atMost(PATIENCE).until(() -> inside(rollcall, path + "/ticks").size() > 2);
        assertThat(inside(rollcall, path + "/ticks"))
            .allSatisfy(
                tick -> {
                  assertThat(tick.get("state").stringValue()).as(path + tick).isEqualTo("unknown");
                  assertThat(tick.get("reason").stringValue()).containsIgnoringCase("network");
                });
        assertThat(inside(rollcall, path + "/events")).isEmpty();
      }
      await().atMost(PATIENCE).until(() -> inside(rollcall, "/v1/services/4/ticks").size() > 2);
      assertThat(inside(rollcall, "/v1/services/4/ticks"))
          .allMatch(tick -> tick.get("state").stringValue().equals("down"));
      JsonNode services = inside(rollcall, "/v1/services");
      assertThat(services.at("/0/metric/data/tick_count").asInt()).isZero();
      assertThat(services.at("/0/metric/data/uptime_percent").isNull()).isTrue();
      assertThat(services.at("/3/metric/data/uptime_percent").toString()).isEqualTo("0");
    }
  }

  /// The rows of a list, asked for from within the network of the program.
  private static JsonNode inside(RunningRollcall rollcall, String path) {
    String url = "http://127.0.0.1:" + rollcall.port() + path;
    String pid = Long.toString(rollcall.pid());
    JsonNode answer = json(run("nsenter", "-t", pid, "-n", "curl", "-sS", url));
    return answer.get("data").iterator().next().get("data");
  }

  private static String run(String... command) {
    String said;
    int status;
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      status = process.waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException("this test needs the program " + command[0], e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    assertThat(status)
        .as("this test needs root and `%s`, which said: %s", String.join(" ", command), said)
        .isZero();
    return said;
  }
}
