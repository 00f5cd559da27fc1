package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Plan;
import dev.rollcall.server.node.TestNode;
import dev.rollcall.server.sql.OtherProcess;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node and its collector, both killed (SIGKILL) again and again while results go from one to the
/// other.
class NodeCrashIT {
  private static final int KILLS = Integer.getInteger("rollcall.test.kills", 4);

  /// Each start measures with round trips of its own, so that each result is unlike all others.
  private static final long APART = 1_000_000;

  @TempDir Path folder;

  @Test
  void noResultIsStoredTwiceAndWhatWaitsArrives() throws Exception {
    Path results = folder.resolve("results");
    Path spool = folder.resolve("spool");
    try (RunningRollcall pool =
        Plan.of("targets", Files.createDirectory(folder.resolve("pool")))
            .flags("--allow=127.0.0.0/8", "--interval=1s", "--lease=1s")
            .start()) {
      String targets =
          IntStream.rangeClosed(1, 200)
              .mapToObj(i -> "\"127.1.0." + i + "\"")
              .collect(Collectors.joining(",", "{\"targets\":[", "]}"));
      assertThat(pool.send("POST", "/targets", targets).status()).isEqualTo(200);
      int collector = Targets.freePort();
      Plan collecting =
          Plan.of("collect", Files.createDirectory(folder.resolve("collector")))
              .asProcess()
              .onlyFlags(
                  "--port=" + collector,
                  "--health-port=0",
                  "--db-dir=" + results,
                  "--input-url=http://127.0.0.1:" + pool.port() + "/hops",
                  "--keep-files=1000");
      List<String> arguments =
          List.of(
              "http://127.0.0.1:" + pool.port() + "/next",
              "http://127.0.0.1:" + collector + "/results",
              spool.toString());
      for (int kill = 0; kill < KILLS; kill++) {
        Process node = start(arguments, kill);
        try (RunningRollcall running = collecting.start()) {
          int before = stored(results).size();
          await().atMost(PATIENCE).until(() -> stored(results).size() > before + 200);
          if (kill % 2 == 0) {
            assertThat(running.send("POST", "/rotate", "").status()).isEqualTo(200);
          }
        } finally {
          node.destroyForcibly().waitFor(); // the collector was killed before, under its sends
        }
      }
      Process last = start(arguments, KILLS);
      try (RunningRollcall running = collecting.start()) {
        await().atMost(PATIENCE).until(() -> stored(results).stream().anyMatch(this::isOfLast));
        assertThat(running.get("/nowhere").status()).isEqualTo(404);
      } finally {
        last.destroyForcibly().waitFor();
      }
    }
    assertThat(stored(results)).doesNotHaveDuplicates();
    assertThat(NodePipelineIT.stored(results, "PRAGMA integrity_check")).containsOnly("ok");
  }

  private boolean isOfLast(String rtt) {
    return Long.parseLong(rtt) > KILLS * APART;
  }

  private static List<String> stored(Path results) {
    return NodePipelineIT.stored(results, "SELECT avg_rtt FROM ping_results");
  }

  private static Process start(List<String> arguments, int number) throws Exception {
    Process node =
        OtherProcess.start(
            TestNode.class,
            arguments.get(0),
            arguments.get(1),
            arguments.get(2),
            String.valueOf(number * APART + 1));
    BufferedReader said = node.inputReader(StandardCharsets.UTF_8);
    assertThat(said.readLine()).isEqualTo("started");
    return node;
  }
}
