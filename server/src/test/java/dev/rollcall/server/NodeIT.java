package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The built node, which sends real packets: to addresses of this machine only. It needs the right
/// to send pings.
class NodeIT {
  private static final String FAST =
      "count: 2\ninterval: 50ms\ntimeout: 500ms\nlog: {level: debug}\n";

  @TempDir Path folder;

  private Path in(String name) throws IOException {
    return Files.createDirectory(folder.resolve(name));
  }

  private static List<JsonNode> lines(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.map(RunningRollcall::json).toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  @Test
  void measuresTargetsOfItsOwnIntoAFile() throws Exception {
    Path here = in("node");
    Plan plan =
        Plan.of("measure", here)
            .onlyFlags()
            .file("optout", "127.1.0.9\n")
            .file(
                "config.yaml",
                FAST
                    + "node: home\ntargets: [127.1.0.7, '::1', localhost, 127.1.0.9, 127.2.0.1]\n"
                    + "every: 1s\noutput_file: results.jsonl\nhealth_port: 0\nopt_out: optout\n"
                    + "deny: [127.2.0.0/16]\nhost: 127.0.0.1\n");
    Path results = here.resolve("results.jsonl");
    try (RunningRollcall node = plan.start()) {
      await().atMost(PATIENCE).until(() -> lines(results).size() >= 6);
      assertThat(lines(results))
          .extracting(line -> line.get("ip").stringValue())
          .containsAnyOf("127.1.0.7")
          .doesNotContain("127.1.0.9", "127.2.0.1");
      JsonNode first = lines(results).getFirst();
      assertThat(first.get("received").intValue()).as("%s", first).isEqualTo(2);
      assertThat(first.get("avg_rtt").longValue()).isBetween(1L, 500_000_000L);
      assertThat(node.health("/metrics").body())
          .contains("rollcall_node_targets_measured_total", "rollcall_node_rate 1000.0");
      assertThat(node.health("/_health").statusCode()).isEqualTo(200);
      assertThat(node.health("/ready").statusCode()).isEqualTo(200);
      assertThat(node.stop()).isZero();
    }
  }

  @Test
  void measuresForAPoolWhatItMayAndNothingElse() throws Exception {
    Path results = folder.resolve("results");
    try (RunningRollcall pool =
            Plan.of("targets", in("pool"))
                .flags("--allow=127.0.0.0/8", "--interval=1s", "--lease=30s")
                .start();
        RunningRollcall collector =
            Plan.of("collect", in("collector"))
                .flags(
                    "--db-dir=" + results, "--input-url=http://127.0.0.1:" + pool.port() + "/hops")
                .start()) {
      String targets = "{\"targets\":[\"127.1.0.1\",\"127.1.0.2\",\"127.9.0.1\"]}";
      assertThat(pool.send("POST", "/targets", targets).status()).isEqualTo(200);
      Plan plan =
          Plan.of("measure", in("node"))
              .onlyFlags("--health-port=0", "--node=fra1", "--allow=127.1.0.0/16")
              .file(
                  "config.yaml",
                  FAST
                      + "input_url: http://127.0.0.1:"
                      + pool.port()
                      + "\noutput_file: http://127.0.0.1:"
                      + collector.port()
                      + "/results\n");
      try (RunningRollcall node = plan.start()) {
        await()
            .atMost(PATIENCE)
            .until(
                () ->
                    NodePipelineIT.stored(
                                results, "SELECT DISTINCT ip FROM ping_results WHERE received = 2")
                            .size()
                        == 2);
        String metrics = node.health("/metrics").body();
        assertThat(metrics).contains("rollcall_node_targets_refused_total");
        String documentation = Files.readString(Path.of("../docs/nodes.md"));
        assertThat(Pattern.compile("(?m)^# TYPE (rollcall_node_\\S+)").matcher(metrics).results())
            .extracting(found -> found.group(1))
            .hasSizeGreaterThan(10)
            .allSatisfy(metric -> assertThat(documentation).contains(metric));
        assertThat(node.stop()).isZero();
      }
      assertThat(NodePipelineIT.stored(results, "SELECT DISTINCT ip FROM ping_results"))
          .containsExactlyInAnyOrder("127.1.0.1", "127.1.0.2");
      assertThat(NodePipelineIT.stored(results, "SELECT DISTINCT ip FROM traceroute_hops"))
          .as("of this machine itself, the target is the only hop")
          .containsExactlyInAnyOrder("127.1.0.1", "127.1.0.2");
      assertThat(pool.rows("/v1/nodes"))
          .extracting(row -> row.get("name").stringValue())
          .containsExactly("fra1");
    }
  }

  @Test
  void measuresInTheProcessThatHasPoolAndCollector() throws Exception {
    Path here = in("all");
    try (RunningRollcall all =
        Plan.in(here)
            .yaml(
                """
                roles: [runner, api, measure]
                targets: {allow: 127.0.0.0/8, interval: 1s}
                measure: {node: here, allow: 127.0.0.0/8, count: 1, timeout: 500ms}
                """)
            .start()) {
      String targets = "{\"targets\":[\"127.1.0.1\",\"127.1.0.2\"]}";
      assertThat(all.send("POST", "/targets", targets).status()).isEqualTo(200);
      Path results = here.resolve("rollcall-data/output_data");
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  Files.isDirectory(results)
                      && NodePipelineIT.stored(
                                  results,
                                  "SELECT DISTINCT ip FROM ping_results WHERE received = 1")
                              .size()
                          == 2);
      JsonNode node = all.rows("/v1/nodes").getFirst();
      assertThat(node.get("name").stringValue()).isEqualTo("here");
      assertThat(node.get("registered").booleanValue()).isTrue();
      assertThat(NodePipelineIT.stored(results, "SELECT DISTINCT node FROM rollcall_batch"))
          .containsExactly("here");
      assertThat(all.stop()).isZero();
    }
  }

  @Test
  void saysInOneLineThatAnotherNodeUsesItsSpool() throws Exception {
    Path here = in("node");
    try (RunningRollcall node = Plan.of("measure", here).onlyFlags("--health-port=0").start()) {
      assertThat(Plan.of("measure", here).onlyFlags("--health-port=0").refused())
          .satisfies(
              ended -> {
                assertThat(ended.status()).isEqualTo(1);
                assertThat(ended.said())
                    .contains("is in use by another Rollcall: stop that one, or choose another")
                    .doesNotContain("\tat ");
              });
      assertThat(node.health("/health").statusCode()).isEqualTo(200);
    }
  }
}
