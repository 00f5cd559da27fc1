package dev.rollcall.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.RunningRollcall.Answer;
import dev.rollcall.server.RunningRollcall.Plan;
import dev.rollcall.server.app.CommandHere;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The target pool beyond its contract (`MeasurementContractIT`), as a stranger sees it.
class TargetsIT {
  @TempDir static Path sharedFolder;

  /// For all tests that only ask it; empty when one begins.
  private static RunningRollcall shared;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    shared =
        Plan.of("targets", sharedFolder)
            .flags("--allow=127.0.0.0/8,::1/128", "--lease=1h", "--interval=1h")
            .start();
  }

  @AfterAll
  static void stop() {
    shared.close();
  }

  @BeforeEach
  void empty() {
    for (String ip : listed(shared)) {
      assertThat(shared.send("DELETE", "/targets/" + ip, "").status()).isEqualTo(200);
    }
  }

  @Test
  void asksANodeForItsName() {
    for (String query : List.of("", "?node=", "?node=a%20b", "?node=a&limit=0", "?node=a&done=x")) {
      Answer refused = shared.get("/next" + query);
      assertThat(refused.status()).as(query).isEqualTo(400);
      assertThat(refused.json().get("error").isString()).isTrue();
    }
    JsonNode empty = shared.get("/next?node=a").json();
    assertThat(empty).hasToString("{\"retry_after\":60,\"targets\":[]}");
  }

  @Test
  void saysWhyATargetIsNotAdded() {
    try (RunningRollcall pool =
        pool("--deny=8.8.4.0/24", "--per-network=2", "--most=5", "--opt-out=" + optedOut())) {
      assertThat(targets(pool, "1.1.1.1").json())
          .hasToString("{\"status\":\"ok\",\"received\":1,\"added\":1}");
      assertThat(
              targets(pool, "1.1.1.1", "10.0.0.0/24", "8.8.4.4", "9.9.9.9", "7.7.7.0/29")
                  .json()
                  .at("/not_added")
                  .valueStream()
                  .map(
                      each ->
                          "%s %s %s"
                              .formatted(
                                  each.get("count"),
                                  each.at("/ips/0").stringValue(),
                                  each.get("reason").stringValue())))
          .containsExactly(
              "1 1.1.1.1 is in the pool already",
              "254 10.0.0.1 is private, loopback or reserved: targets.allow lets such addresses in",
              "1 8.8.4.4 is in targets.deny",
              "1 9.9.9.9 is in the file of targets.opt-out",
              "4 7.7.7.3 is in a /24 or /48 that has as many targets as targets.per-network"
                  + " allows");
      JsonNode full = targets(pool, "2.2.2.2", "3.3.3.3", "4.4.4.4", "4.4.4.4").json();
      assertThat(full.get("added").intValue()).isEqualTo(2);
      assertThat(full.at("/not_added/0"))
          .hasToString(
              "{\"reason\":\"has no place in the pool, whose most targets are targets.most\","
                  + "\"count\":1,\"ips\":[\"4.4.4.4\"]}");
      JsonNode many = targets(pool, "10.0.0.0/24").json().at("/not_added/0");
      assertThat(many.get("count").intValue()).isEqualTo(254);
      assertThat(many.get("ips")).as("as many as somebody reads").hasSize(100);
    }
  }

  private String optedOut() {
    try {
      return Files.writeString(folder.resolve("opted-out"), "9.9.9.9").toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void takesBackWhatANodeDoesNotMeasure() {
    hops(shared, "8.8.8.8", "9.9.9.9");
    long lease = shared.get("/next?node=a").json().get("lease").asLong();
    assertThat(refuse(lease, "\"9.9.9.9\",\"7.7.7.7\"").json())
        .hasToString("{\"status\":\"ok\",\"refused\":1}");
    shared.get("/next?node=a&done=" + lease);
    assertThat(shared.get("/targets").json().at("/targets/data").valueStream())
        .extracting(row -> row.get("ip").stringValue() + " " + row.get("measured_at").isNull())
        .containsExactly("8.8.8.8 false", "9.9.9.9 true");
    assertThat(shared.health("/metrics").body())
        .contains("rollcall_targets_refused_total{node=\"a\"} 1.0");
    for (String wrong : List.of("7", "\"nope\"", "null")) {
      assertThat(refuse(lease, wrong).status()).as(wrong).isEqualTo(400);
    }
    for (String wrong :
        List.of("{}", "[]", "{\"node\":\"a\"}", "{\"node\":\"a b\",\"lease\":1,\"refused\":[]}")) {
      assertThat(shared.send("POST", "/next", wrong).status()).as(wrong).isEqualTo(400);
    }
  }

  private static Answer refuse(long lease, String ips) {
    return shared.send(
        "POST", "/next", "{\"node\":\"a\",\"lease\":%d,\"refused\":[%s]}".formatted(lease, ips));
  }

  @Test
  void leasesNothingToWhoAsksForHeadersAlone() {
    hops(shared, "8.8.8.8");
    assertThat(shared.status("HEAD", "/next?node=a")).isEqualTo(405);
    assertThat(shared.status("HEAD", "/targets")).isEqualTo(200);
    assertThat(shared.status("OPTIONS", "/next")).isEqualTo(204);
    assertThat(ips(shared.get("/next?node=a").json())).containsExactly("8.8.8.8");
  }

  @Test
  void servesManyNodesAtOnceWithoutSharingATarget() throws Exception {
    try (RunningRollcall pool = pool();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 10; i++) {
        int part = i;
        hops(
            pool,
            IntStream.range(0, 200)
                .mapToObj(each -> "50.0.%d.%d".formatted(part, each + 1))
                .toArray(String[]::new));
      }
      List<Callable<List<String>>> nodes =
          IntStream.range(0, 8)
              .<Callable<List<String>>>mapToObj(
                  node ->
                      () -> {
                        List<String> got = new ArrayList<>();
                        List<String> some;
                        do {
                          some = ips(pool.get("/next?limit=23&node=n" + node).json());
                          got.addAll(some);
                        } while (!some.isEmpty());
                        return got;
                      })
              .toList();
      List<String> all = new ArrayList<>();
      for (Future<List<String>> node : threads.invokeAll(nodes)) {
        all.addAll(node.get());
      }
      assertThat(all).hasSize(2_000).doesNotHaveDuplicates();
    }
  }

  @Test
  void asksWritersForTheTokenOnceThereIsOne() {
    String token = "0123456789abcdef-right";
    try (RunningRollcall pool = pool("--token=" + token)) {
      assertThat(hops(pool, "8.8.8.8").status()).isEqualTo(401);
      assertThat(pool.get("/next?node=a").status()).isEqualTo(401);
      String header = "Bearer " + token;
      assertThat(
              pool.send("POST", "/hops", "{\"hops\":[\"8.8.8.8\"]}", "Authorization", header)
                  .status())
          .isEqualTo(200);
      assertThat(pool.send("GET", "/next?node=a", "", "Authorization", header).status())
          .isEqualTo(200);
    }
  }

  @Test
  void saysInOneLineWhatIsWrongWithItsFlags() {
    assertThat(CommandHere.run(folder, Map.of(), "targets", "--port=x", "--deny=1.2.3.4/8"))
        .satisfies(
            ended -> {
              assertThat(ended.status()).isEqualTo(2);
              assertThat(ended.said().lines())
                  .hasSize(2)
                  .anyMatch(line -> line.startsWith("command line: --port: \"x\" is no port"))
                  .anyMatch(
                      line -> line.contains("--deny") && line.contains("write it as 1.0.0.0/8"));
            });
    assertThat(CommandHere.run(folder, Map.of(), "targets", "--port=0", "--opt-out=none.txt"))
        .satisfies(
            ended -> {
              assertThat(ended.status()).isEqualTo(1);
              assertThat(ended.said()).contains("none.txt cannot be read");
            });
  }

  private RunningRollcall pool(String... flags) {
    return Plan.of("targets", folder).flags(flags).start();
  }

  private static String body(String key, String... texts) {
    return List.of(texts).stream()
        .map(text -> "\"" + text + "\"")
        .collect(Collectors.joining(",", "{\"" + key + "\":[", "]}"));
  }

  private static Answer hops(RunningRollcall pool, String... ips) {
    return pool.send("POST", "/hops", body("hops", ips));
  }

  private static Answer targets(RunningRollcall pool, String... targets) {
    return pool.send("POST", "/targets", body("targets", targets));
  }

  private static List<String> listed(RunningRollcall pool) {
    return pool.get("/targets")
        .json()
        .at("/targets/data")
        .valueStream()
        .map(row -> row.get("ip").stringValue())
        .toList();
  }

  private static List<String> ips(JsonNode next) {
    return next.get("targets").valueStream().map(row -> row.get("ip").stringValue()).toList();
  }
}
