package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Answer;
import dev.rollcall.server.RunningRollcall.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

/// The target pool's contract, as a stranger sees it.
class TargetsContractIT {
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
  void takesHopsAndSaysHowManyWereNew() {
    Answer answer = hops(shared, "8.8.8.8", "10.0.0.1", "2606:4700::1111", "8.8.8.8");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json()).hasToString("{\"status\":\"ok\",\"received\":4,\"added\":2}");
    assertThat(hops(shared, "::ffff:8.8.8.8", "9.9.9.9").json())
        .hasToString("{\"status\":\"ok\",\"received\":2,\"added\":1}");
    assertThat(hops(shared).json()).hasToString("{\"status\":\"ok\",\"received\":0,\"added\":0}");
    assertThat(shared.health("/metrics").body())
        .contains("rollcall_targets 3.0")
        .contains("rollcall_targets_kept_out_total{reason=\"special\"} 1.0");
  }

  @Test
  void listsWhatIsNoAddressAndStoresNothingOfIt() {
    Answer answer = shared.send("POST", "/hops", "{\"hops\":[\"8.8.8.8\",\"nope\",7,\"1.2.3\"]}");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().get("error").stringValue()).contains("3 of 4 hops");
    assertThat(answer.json().get("invalid")).hasSize(3);
    assertThat(answer.json().at("/invalid/0"))
        .hasToString("{\"index\":1,\"value\":\"nope\",\"reason\":\"is no IP address\"}");
    assertThat(listed(shared)).isEmpty();
    for (String body : List.of("{}", "[]", "{\"hops\":\"8.8.8.8\"}", "nonsense", "")) {
      Answer refused = shared.send("POST", "/hops", body);
      assertThat(refused.status()).as(body).isEqualTo(400);
      assertThat(refused.json().get("error").isString()).as(body).isTrue();
    }
    assertThat(shared.send("GET", "/hops", "").status()).isEqualTo(405);
    Answer nowhere = shared.get("/nowhere");
    assertThat(nowhere.status()).isEqualTo(404);
    assertThat(nowhere.json().propertyNames()).containsExactly("error");
  }

  @Test
  void takesTargetsAsAddressesNamesAndBlocks() {
    Answer answer = targets(shared, "8.8.8.0/29", "1.1.1.1", "localhost", "2a00::/126");
    assertThat(answer.status()).as("%s", answer.json()).isEqualTo(200);
    assertThat(answer.json().get("received").asInt()).isEqualTo(4);
    assertThat(listed(shared))
        .contains("8.8.8.1", "8.8.8.6", "1.1.1.1", "127.0.0.1", "2a00::", "2a00::3")
        .doesNotContain("8.8.8.0", "8.8.8.7");
    for (String wrong :
        List.of("8.0.0.0/8", "8.8.8.1/24", "2a00::/64", "no such host", "nothing.invalid")) {
      Answer refused = targets(shared, "7.7.7.7", wrong);
      assertThat(refused.status()).as(wrong).isEqualTo(400);
      assertThat(refused.json().at("/invalid/0/value").stringValue()).isEqualTo(wrong);
    }
    assertThat(listed(shared)).doesNotContain("7.7.7.7");
  }

  @Test
  void deletesATarget() {
    hops(shared, "8.8.8.8", "2606:4700::1111");
    assertThat(shared.send("DELETE", "/targets/2606:4700:0::1111", "").json())
        .hasToString("{\"status\":\"ok\"}");
    assertThat(shared.send("DELETE", "/targets/8.8.4.4", "").status()).isEqualTo(404);
    assertThat(shared.send("DELETE", "/targets/nope", "").status()).isEqualTo(400);
    assertThat(listed(shared)).containsExactly("8.8.8.8");
  }

  @Test
  void listsPages() {
    hops(shared, "8.8.8.8", "8.8.4.4", "1.1.1.1");
    JsonNode page = shared.get("/targets?page=2&limit=2").json().get("targets");
    assertThat(page.get("data")).hasSize(1);
    assertThat(page.at("/data/0/ip").stringValue()).isEqualTo("8.8.8.8");
    assertThat(page.at("/data/0/origin").stringValue()).isEqualTo("hop");
    assertThat(page.get("pagination")).hasToString("{\"page\":2,\"limit\":2,\"total\":3}");
    assertThat(shared.get("/targets").json().get("targets").has("pagination")).isFalse();
    assertThat(shared.get("/targets?page=0").status()).isEqualTo(400);
    assertThat(shared.get("/targets?limit=x").status()).isEqualTo(400);
  }

  @Test
  void handsEachTargetToOneNodeUntilItIsMeasured() {
    hops(shared, "8.8.8.1", "8.8.8.2", "8.8.8.3");
    JsonNode one = shared.get("/next?node=one&limit=2").json();
    assertThat(ips(one)).containsExactly("8.8.8.1", "8.8.8.2");
    assertThat(one.get("retry_after").asInt()).isZero();
    JsonNode two = shared.get("/next?node=two").json();
    assertThat(ips(two)).containsExactly("8.8.8.3");
    assertThat(two.get("lease").asLong()).isNotEqualTo(one.get("lease").asLong());
    assertThat(ips(shared.get("/next?node=two").json())).isEmpty();
    assertThat(ips(shared.get("/next?node=one&done=" + one.get("lease").asLong()).json()))
        .isEmpty();
    assertThat(shared.health("/metrics").body())
        .contains("rollcall_targets_measured_total{node=\"one\"} 2.0")
        .contains("rollcall_targets_handed_out_total{node=\"two\"} 1.0");
  }

  @Test
  void handsOutAgainWhatIsNotMeasuredBeforeItsLeaseRunsOut() {
    try (RunningRollcall pool = pool("--lease=1s", "--interval=1h")) {
      hops(pool, "8.8.8.1");
      assertThat(ips(pool.get("/next?node=one").json())).containsExactly("8.8.8.1");
      List<String> back = new ArrayList<>();
      await().atMost(PATIENCE).until(() -> back.addAll(ips(pool.get("/next?node=two").json())));
      assertThat(back).containsExactly("8.8.8.1");
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
  void leasesNothingToWhoAsksForHeadersAlone() {
    hops(shared, "8.8.8.8");
    assertThat(shared.status("HEAD", "/next?node=a")).isEqualTo(405);
    assertThat(shared.status("HEAD", "/targets")).isEqualTo(200);
    assertThat(shared.status("OPTIONS", "/next")).isEqualTo(204);
    assertThat(ips(shared.get("/next?node=a").json())).containsExactly("8.8.8.8");
  }

  @Test
  void keepsOutWhatOptsOutWhileItRuns() throws IOException {
    Path list = Files.writeString(folder.resolve("opt-out.txt"), "9.9.9.9 # by mail\n");
    try (RunningRollcall pool = pool("--opt-out=opt-out.txt", "--deny=8.8.4.0/24")) {
      hops(pool, "9.9.9.9", "8.8.8.8", "8.8.4.4", "64:ff9b::8.8.4.4", "1.1.1.1");
      assertThat(listed(pool)).containsExactly("1.1.1.1", "8.8.8.8");
      Files.writeString(list, "9.9.9.9\n8.8.8.0/24\nnonsense\n");
      await().atMost(PATIENCE).until(() -> listed(pool).equals(List.of("1.1.1.1")));
      assertThat(hops(pool, "8.8.8.8").json().get("added").asInt()).isZero();
      assertThat(pool.log()).contains("line 3: \"nonsense\" is no address or block");
    }
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
    assertThat(Plan.of("targets", folder).onlyFlags("--port=x", "--deny=1.2.3.4/8").refused())
        .satisfies(
            ended -> {
              assertThat(ended.status()).isEqualTo(2);
              assertThat(ended.said().lines())
                  .hasSize(2)
                  .anyMatch(line -> line.startsWith("command line: --port: \"x\" is no port"))
                  .anyMatch(
                      line -> line.contains("--deny") && line.contains("write it as 1.0.0.0/8"));
            });
    assertThat(Plan.of("targets", folder).flags("--opt-out=none.txt").refused())
        .satisfies(
            ended -> {
              assertThat(ended.status()).isEqualTo(1);
              assertThat(ended.said()).contains("none.txt cannot be read");
            });
  }

  @Test
  void isAlsoPartOfServe() {
    try (RunningRollcall serve =
        Plan.in(folder).variable("ROLLCALL_TARGETS_PORT", "1").yaml("targets: {most: 2}").start()) {
      assertThat(hops(serve, "8.8.8.8", "9.9.9.9", "1.1.1.1").json().get("added").asInt())
          .isEqualTo(2);
      assertThat(ips(serve.get("/next?node=a").json())).containsExactly("8.8.8.8", "9.9.9.9");
    }
  }

  private RunningRollcall pool(String... flags) {
    return Plan.of("targets", folder).flags(flags).start();
  }

  private static Answer hops(RunningRollcall pool, String... ips) {
    return pool.send("POST", "/hops", body("hops", ips));
  }

  private static Answer targets(RunningRollcall pool, String... targets) {
    return pool.send("POST", "/targets", body("targets", targets));
  }

  private static String body(String key, String... texts) {
    return List.of(texts).stream()
        .map(text -> "\"" + text + "\"")
        .collect(Collectors.joining(",", "{\"" + key + "\":[", "]}"));
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
