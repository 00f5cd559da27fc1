package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Plan;
import dev.rollcall.server.node.MeasuringNode;
import dev.rollcall.server.node.StandIn;
import dev.rollcall.server.node.TestNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;

/// Pool, node and collector together: the node is here, with a stand-in that measures, and the
/// others are the built program.
@Execution(ExecutionMode.CONCURRENT)
class NodePipelineIT {
  private static final String TOKEN = "0123456789abcdef";
  private static final long ROOM = 100_000_000;

  @TempDir Path folder;

  private Path in(String name) throws IOException {
    return Files.createDirectory(folder.resolve(name));
  }

  private static URI url(RunningRollcall one, String path) {
    return URI.create("http://127.0.0.1:" + one.port() + path);
  }

  private static String targets(String key, int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(i -> "\"127.1.0." + i + "\"")
        .collect(Collectors.joining(",", "{\"" + key + "\":[", "]}"));
  }

  private static void add(RunningRollcall pool, int count, String... headers) {
    assertThat(pool.send("POST", "/targets", targets("targets", count), headers).status())
        .isEqualTo(200);
  }

  private static List<String> pooled(RunningRollcall pool) {
    return pool.get("/targets")
        .json()
        .at("/targets/data")
        .valueStream()
        .map(row -> row.get("ip").stringValue())
        .toList();
  }

  /// What a query finds in all results files of a folder.
  static List<String> stored(Path files, String sql) {
    List<String> found = new ArrayList<>();
    try (Stream<Path> all = Files.list(files)) {
      for (Path file : all.filter(each -> each.toString().endsWith(".db")).toList()) {
        try (Connection database = RunningRollcall.database(file);
            Statement statement = database.createStatement();
            ResultSet rows = statement.executeQuery(sql)) {
          while (rows.next()) {
            found.add(rows.getString(1));
          }
        }
      }
    } catch (IOException | SQLException e) {
      throw new AssertionError(e);
    }
    return found;
  }

  @Test
  void hopsOfANodeComeBackToThePoolAndAreMeasuredToo() throws Exception {
    Path results = folder.resolve("results");
    try (RunningRollcall pool =
            Plan.of("targets", in("pool")).flags("--allow=127.0.0.0/8", "--interval=1s").start();
        RunningRollcall collector =
            Plan.of("collect", in("collector"))
                .flags("--db-dir=" + results, "--input-url=" + url(pool, "/hops"))
                .start();
        StandIn standIn = new StandIn(1);
        MeasuringNode node =
            TestNode.of(
                "fra1",
                url(pool, "/next"),
                url(collector, "/results"),
                "",
                folder.resolve("spool"),
                ROOM,
                standIn)) {
      add(pool, 5);
      node.start();
      await().atMost(PATIENCE).until(() -> standIn.measured.contains("127.1.0.254"));
      assertThat(pooled(pool)).hasSize(6).contains("127.1.0.254");
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(stored(results, "SELECT DISTINCT ip FROM ping_results"))
                      .hasSize(6)
                      .contains("127.1.0.254"));
      assertThat(stored(results, "SELECT avg_rtt FROM ping_results")).doesNotHaveDuplicates();
      assertThat(
              stored(
                  results,
                  "SELECT DISTINCT b.node FROM ping_results p LEFT JOIN rollcall_batch b"
                      + " ON p.id BETWEEN b.first_id AND b.last_id"))
          .containsExactly("fra1");
      JsonNode known = pool.get("/v1/nodes").json().at("/data/nodes/data/0");
      assertThat(known.get("name").stringValue()).isEqualTo("fra1");
      assertThat(known.get("registered").booleanValue()).isFalse();
      assertThat(known.get("version").stringValue()).isEqualTo("1.0-test");
      await().atMost(PATIENCE).until(() -> !collector.rows("/v1/nodes").isEmpty());
      assertThat(collector.rows("/v1/nodes"))
          .as("the collector knows its nodes too")
          .extracting(row -> row.get("name").stringValue())
          .containsExactly("fra1");
    }
    assertThat(results.resolve("nodes/nodes.db")).exists();
  }

  @Test
  void aServerKnowsItsNodesAndTellsOfOneThatFallsSilent() throws Exception {
    String[] token = {"Authorization", "Bearer " + TOKEN};
    try (RunningRollcall serve =
        Plan.in(in("serve"))
            .flags(
                "--token=" + TOKEN,
                "--targets-allow=127.0.0.0/8",
                "--targets-interval=1s",
                "--nodes-silent-after=30s",
                "--accounts-registration=closed")
            .start()) {
      try (StandIn standIn = new StandIn(1);
          MeasuringNode node =
              TestNode.of(
                  "fra1",
                  url(serve, "/next"),
                  url(serve, "/results"),
                  TOKEN,
                  folder.resolve("spool"),
                  ROOM,
                  standIn)) {
        add(serve, 3, token);
        node.start();
        await().atMost(PATIENCE).until(() -> standIn.measured.contains("127.1.0.254"));
        await().atMost(PATIENCE).until(() -> node(serve).path("registered").asBoolean(false));
        assertThat(node(serve).get("state").stringValue()).isEqualTo("up");
        assertThat(Math.abs(node(serve).get("clock_offset_ms").intValue())).isLessThan(10_000);
        assertThat(serve.page("/nodes")).contains("fra1", "1.0-test");
      }
      assertThat(serve.send("POST", "/v1/nodes/fra1", "{}").status())
          .as("a report without the token")
          .isEqualTo(401);
      await().atMost(PATIENCE).until(() -> incidents(serve).contains("node:fra1 down true"));
      assertThat(node(serve).get("state").stringValue()).isEqualTo("silent");
      assertThat(serve.send("POST", "/v1/nodes/fra1", report(), token).status()).isEqualTo(200);
      await().atMost(PATIENCE).until(() -> incidents(serve).contains("node:fra1 down false"));
      assertThat(serve.status("DELETE", "/v1/nodes/fra1", "", token)).isEqualTo(204);
      assertThat(serve.rows("/v1/nodes")).isEmpty();
      assertThat(serve.send("POST", "/v1/nodes/fra1", "{\"version\":7}", token))
          .satisfies(
              answer -> {
                assertThat(answer.status()).isEqualTo(400);
                assertThat(answer.json().toString()).contains("field 'version' is no version");
              });
      assertThat(serve.send("POST", "/v1/nodes/-", report(), token).status()).isEqualTo(400);
    }
  }

  private static String report() {
    return "{\"version\":\"1\",\"rate\":1,\"packets_per_second\":0.5,\"spool_batches\":0,"
        + "\"spool_bytes\":0,\"dropped\":0,\"sent_at\":\"2026-11-29T12:00:00Z\"}";
  }

  private static JsonNode node(RunningRollcall serve) {
    return serve.get("/v1/nodes").json().at("/data/nodes/data/0");
  }

  private static List<String> incidents(RunningRollcall serve) {
    return serve.rows("/v1/incidents").stream()
        .map(
            row ->
                row.path("subject").asString("")
                    + " "
                    + row.path("kind").asString("")
                    + " "
                    + row.path("resolved_at").isNull())
        .toList();
  }

  @Test
  void resultsWaitWithinLimitsForACollectorThatIsDown() throws Exception {
    Path results = folder.resolve("results");
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    URI collector = URI.create("http://127.0.0.1:" + port + "/results");
    long room = 4_000;
    try (RunningRollcall pool =
            Plan.of("targets", in("pool"))
                .flags("--allow=127.0.0.0/8", "--interval=1s", "--lease=1s")
                .start();
        StandIn standIn = new StandIn(1);
        MeasuringNode node =
            TestNode.of(
                "fra1",
                url(pool, "/next"),
                collector,
                "",
                folder.resolve("spool"),
                room,
                standIn)) {
      add(pool, 100);
      node.start();
      await().atMost(PATIENCE).until(() -> standIn.measured.size() >= 1_000);
      assertThat(node.notes().getLast().problem().get().orElseThrow())
          .contains("does not accept connections");
      assertThat(node.checks().getFirst().problem().get()).as("it goes on by itself").isEmpty();
      try (RunningRollcall late =
          Plan.of("collect", in("collector"))
              .onlyFlags(
                  "--port=" + port,
                  "--health-port=0",
                  "--host=127.0.0.1",
                  "--db-dir=" + results,
                  "--input-url=" + url(pool, "/hops"))
              .start()) {
        await().atMost(PATIENCE).until(() -> node.notes().getLast().problem().get().isEmpty());
        int measured = standIn.measured.size();
        await().atMost(PATIENCE).until(() -> standIn.measured.size() > measured + 100);
        List<String> times = stored(results, "SELECT avg_rtt FROM ping_results");
        assertThat(times).isNotEmpty().doesNotHaveDuplicates().hasSizeLessThan(measured + 1_000);
        assertThat(late.get("/nowhere").status()).isEqualTo(404);
      }
    }
    assertThat(Files.size(folder.resolve("spool/spool.db"))).isLessThan(200_000);
  }
}
