package dev.rollcall.server;

import static dev.rollcall.server.NodePipelineIT.stored;
import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.rollcall.server.RunningRollcall.Answer;
import dev.rollcall.server.RunningRollcall.Ended;
import dev.rollcall.server.RunningRollcall.Plan;
import dev.rollcall.server.app.CommandHere;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;

/// The contract of the target pool and of measuring nodes, as a stranger sees it: HTTP, files and
/// command lines. Packets go to addresses of this machine only; it needs the right to send pings,
/// and root.
class MeasurementContractIT {
  private static final String FAST = "count: 2\ninterval: 50ms\ntimeout: 500ms\n";

  @TempDir static Path sharedFolder;

  /// For all tests that only ask it; empty when one begins.
  private static RunningRollcall shared;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    shared =
        Plan.of("targets", sharedFolder)
            .asProcess()
            .flags("--allow=127.0.0.0/8,::1/128", "--lease=1h", "--interval=1h")
            .start();
  }

  @AfterAll
  static void stop() {
    shared.close();
  }

  /// What each test begins with that uses the pool for all.
  private static void empty() {
    for (String ip : listed(shared)) {
      assertThat(shared.send("DELETE", "/targets/" + ip, "").status()).isEqualTo(200);
    }
  }

  @Test
  void takesHopsAndSaysHowManyWereNew() {
    empty();
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
    empty();
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
    empty();
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
    empty();
    hops(shared, "8.8.8.8", "2606:4700::1111");
    assertThat(shared.send("DELETE", "/targets/2606:4700:0::1111", "").json())
        .hasToString("{\"status\":\"ok\"}");
    assertThat(shared.send("DELETE", "/targets/8.8.4.4", "").status()).isEqualTo(404);
    assertThat(shared.send("DELETE", "/targets/nope", "").status()).isEqualTo(400);
    assertThat(listed(shared)).containsExactly("8.8.8.8");
  }

  @Test
  void listsPages() {
    empty();
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
    empty();
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
  @Execution(ExecutionMode.CONCURRENT)
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
  @Execution(ExecutionMode.CONCURRENT)
  void keepsToItsPolicyWhileItRuns() throws IOException {
    Path list = Files.writeString(folder.resolve("opt-out.txt"), "9.9.9.9 # by mail\n");
    try (RunningRollcall pool =
        pool("--opt-out=opt-out.txt", "--deny=8.8.4.0/24", "--per-network=2", "--most=5")) {
      hops(pool, "9.9.9.9", "8.8.8.8", "8.8.4.4", "64:ff9b::8.8.4.4", "1.1.1.1");
      assertThat(listed(pool)).containsExactly("1.1.1.1", "8.8.8.8");
      Files.writeString(list, "9.9.9.9\n8.8.8.0/24\nnonsense\n");
      await().atMost(PATIENCE).until(() -> listed(pool).equals(List.of("1.1.1.1")));
      assertThat(hops(pool, "8.8.8.8").json().get("added").asInt()).isZero();
      assertThat(pool.log()).contains("line 3: \"nonsense\" is no address or block");
      assertThat(hops(pool, "1.1.1.2", "1.1.1.3").json().get("added").asInt())
          .as("two of a /24")
          .isEqualTo(1);
      assertThat(hops(pool, "2a00::1", "2a00::2", "2a00::3").json().get("added").asInt())
          .as("two of a /48")
          .isEqualTo(2);
      assertThat(hops(pool, "5.5.5.5", "6.6.6.6").json().get("added").asInt())
          .as("five in all")
          .isEqualTo(1);
    }
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void handsOutTheLeastRecentlyMeasuredFirst() {
    try (RunningRollcall pool = pool("--interval=1s")) {
      hops(pool, "8.8.8.1", "8.8.8.2", "8.8.8.3");
      String done = "";
      List<String> again = new ArrayList<>();
      for (String expected : List.of("8.8.8.1", "8.8.8.2", "8.8.8.3")) {
        JsonNode next = pool.get("/next?node=one&limit=1" + done).json();
        assertThat(ips(next)).containsExactly(expected);
        done = "&done=" + next.get("lease").asLong();
      }
      pool.get("/next?node=one&limit=1" + done);
      await()
          .atMost(PATIENCE)
          .until(() -> again.addAll(ips(pool.get("/next?node=two").json())) && again.size() >= 3);
      assertThat(again).containsExactly("8.8.8.1", "8.8.8.2", "8.8.8.3");
    }
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
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
      Files.writeString(here.resolve("optout"), "127.1.0.0/16\n");
      await()
          .atMost(PATIENCE)
          .until(() -> node.log().split("opts out of measurements", -1).length > 2);
      int soFar = lines(results).size();
      await().atMost(PATIENCE).until(() -> lines(results).size() >= soFar + 8);
      assertThat(lines(results).subList(soFar + 4, soFar + 8))
          .as("without a restart, but for what is measured already")
          .extracting(line -> line.get("ip").stringValue())
          .doesNotContain("127.1.0.7");
      assertThat(node.stop()).isZero();
    }
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
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
            .untilAsserted(
                () ->
                    assertThat(
                            stored(
                                results, "SELECT DISTINCT ip FROM ping_results WHERE received = 2"))
                        .hasSize(2));
        assertThat(node.health("/metrics").body()).contains("rollcall_node_targets_refused_total");
        assertThat(node.stop()).isZero();
      }
      assertThat(stored(results, "SELECT DISTINCT ip FROM ping_results"))
          .containsExactlyInAnyOrder("127.1.0.1", "127.1.0.2");
      assertThat(stored(results, "SELECT DISTINCT ip FROM traceroute_hops"))
          .as("of this machine itself, the target is the only hop")
          .containsExactlyInAnyOrder("127.1.0.1", "127.1.0.2");
      assertThat(pool.rows("/v1/nodes"))
          .extracting(row -> row.get("name").stringValue())
          .containsExactly("fra1");
    }
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void measuresInTheProcessThatHasPoolAndCollector() throws Exception {
    Path here = in("all");
    try (RunningRollcall all =
        Plan.in(here)
            .variable("ROLLCALL_TARGETS_PORT", "1")
            .yaml(
                """
                roles: [runner, api, measure]
                targets: {allow: 127.0.0.0/8, interval: 1s}
                measure: {node: here, allow: 127.0.0.0/8, count: 1, timeout: 500ms}
                """)
            .start()) {
      assertThat(targets(all, "127.1.0.1", "127.1.0.2").status()).isEqualTo(200);
      Path results = here.resolve("rollcall-data/output_data");
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(
                          stored(
                              results, "SELECT DISTINCT ip FROM ping_results WHERE received = 1"))
                      .hasSize(2));
      JsonNode node = all.rows("/v1/nodes").getFirst();
      assertThat(node.get("name").stringValue()).isEqualTo("here");
      assertThat(node.get("registered").booleanValue()).isTrue();
      assertThat(stored(results, "SELECT DISTINCT node FROM rollcall_batch"))
          .containsExactly("here");
      assertThat(all.stop()).isZero();
    }
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void printsItsResults() throws Exception {
    Plan plan =
        Plan.of("measure", in("node"))
            .onlyFlags("--health-port=0")
            .file(
                "config.yaml",
                FAST + "targets: [127.1.0.7]\noutput_file: '-'\ntraceroute: 'off'\nmax_ttl: 5\n");
    try (RunningRollcall node = plan.start()) {
      await()
          .atMost(PATIENCE)
          .until(() -> node.log().lines().anyMatch(line -> line.startsWith("{")));
      JsonNode result =
          node.log()
              .lines()
              .filter(line -> line.startsWith("{"))
              .map(RunningRollcall::json)
              .findFirst()
              .orElseThrow();
      assertThat(result.get("ip").stringValue()).isEqualTo("127.1.0.7");
      assertThat(result.has("traceroute")).isFalse();
    }
  }

  /// A collector that answers 503, until it is told to take what comes.
  private static final class StrangersCollector implements AutoCloseable {
    final List<String> refused = new CopyOnWriteArrayList<>();
    final List<String> taken = new CopyOnWriteArrayList<>();
    volatile boolean takes;
    private final HttpServer server;

    StrangersCollector() throws IOException {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext("/", this::answer);
      server.start();
    }

    String url() {
      return "http://127.0.0.1:" + server.getAddress().getPort() + "/results";
    }

    private void answer(HttpExchange exchange) throws IOException {
      try (exchange) {
        if (!exchange.getRequestURI().getPath().equals("/results")) {
          exchange.sendResponseHeaders(404, -1);
          return;
        }
        List<String> results = results(exchange);
        boolean now = takes;
        (now ? taken : refused).addAll(results);
        byte[] body =
            (now ? "{\"status\":\"ok\",\"received\":" + results.size() + "}" : "{}")
                .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(now ? 200 : 503, body.length);
        exchange.getResponseBody().write(body);
      }
    }

    private static List<String> results(HttpExchange exchange) throws IOException {
      boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
      try (InputStream body =
          zipped ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody()) {
        return RunningRollcall.json(new String(body.readAllBytes(), StandardCharsets.UTF_8))
            .valueStream()
            .map(JsonNode::toString)
            .toList();
      }
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void whatIsNotAcknowledgedWaitsOnDiskAndIsSentAgain() throws Exception {
    try (StrangersCollector collector = new StrangersCollector()) {
      Plan plan =
          Plan.of("measure", in("node"))
              .asProcess()
              .onlyFlags("--health-port=0")
              .file(
                  "config.yaml",
                  FAST
                      + "targets: [127.1.0.1, 127.1.0.2]\nevery: 1s\noutput_file: "
                      + collector.url()
                      + "\n");
      try (RunningRollcall node = plan.start()) {
        await().atMost(PATIENCE).until(() -> collector.refused.size() >= 2);
        node.kill();
      }
      List<String> waiting = collector.refused.stream().distinct().toList();
      collector.takes = true;
      try (RunningRollcall node = plan.start()) {
        await().atMost(PATIENCE).until(() -> collector.taken.containsAll(waiting));
        int sofar = collector.taken.size();
        await().atMost(PATIENCE).until(() -> collector.taken.size() > sofar + 2);
        assertThat(collector.taken).doesNotHaveDuplicates();
        assertThat(node.stop()).isZero();
      }
    }
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void pingsForAPersonInTheLookPeopleKnow() {
    assertThat(command("ping", "--count=2", "--interval=10ms", "127.0.0.1", "::1"))
        .satisfies(
            ended -> {
              assertThat(ended.status()).isZero();
              assertThat(ended.said())
                  .contains("PING 127.0.0.1 (127.0.0.1) 56(84) bytes of data.\n")
                  .containsPattern("64 bytes from 127.0.0.1: icmp_seq=2 ttl=64 time=[0-9.]+ ms\n")
                  .contains("64 bytes from ::1: icmp_seq=1 ttl=64 time=")
                  .contains(
                      "--- 127.0.0.1 ping statistics ---\n2 packets transmitted, 2 received, 0%"
                          + " packet loss, time ")
                  .containsPattern("rtt min/avg/max/mdev = [0-9.]+/[0-9.]+/[0-9.]+/[0-9.]+ ms\n");
            });
    assertThat(here("ping", "--json", "--count=1", "127.0.0.1", "127.255.255.255"))
        .satisfies(
            ended -> {
              assertThat(ended.status()).as("somebody replied").isZero();
              assertThat(ended.said().lines().map(RunningRollcall::json))
                  .extracting(line -> line.get("type") + " " + line.get("address"))
                  .containsExactlyInAnyOrder(
                      "\"result\" \"127.0.0.1\"",
                      "\"result\" \"127.255.255.255\"",
                      "\"summary\" \"127.0.0.1\"",
                      "\"summary\" \"127.255.255.255\"");
            });
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void tracesForAPersonInTheLookPeopleKnow() {
    assertThat(command("traceroute", "--no-names", "127.0.0.1"))
        .satisfies(
            ended -> {
              assertThat(ended.status()).isZero();
              assertThat(ended.said())
                  .matches(
                      """
                      traceroute to 127.0.0.1 \\(127.0.0.1\\), 30 hops max, 60 byte packets
                       1  127.0.0.1(  [0-9.]+ ms){3}
                      """);
            });
    assertThat(here("traceroute", "--no-names", "--json", "::1"))
        .satisfies(
            ended -> {
              assertThat(ended.status()).isZero();
              JsonNode trace = RunningRollcall.json(ended.said());
              assertThat(trace.get("reached").booleanValue()).isTrue();
              assertThat(trace.at("/hops/0/ttl").intValue()).isEqualTo(1);
              assertThat(trace.at("/hops/0/nodes/0/address").stringValue()).isEqualTo("::1");
            });
  }

  private Ended command(String command, String... arguments) {
    return Plan.of(command, folder).onlyFlags(arguments).ended();
  }

  private CommandHere here(String... command) {
    return CommandHere.run(folder, Map.of(), command);
  }

  /// In a network of its own nobody may ping, and without capabilities nobody sends raw packets.
  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void saysInOneLineWhatToDoWithoutAnyRight() {
    for (Plan plan :
        List.of(
            Plan.of("ping", folder).onlyFlags("--count=1", "127.0.0.1"),
            Plan.of("traceroute", folder).onlyFlags("--no-names", "127.0.0.1"),
            Plan.of("measure", folder).onlyFlags("--health-port=0"))) {
      Ended ended = withoutRights(plan).ended();
      assertThat(ended.status()).as("%s", ended).isIn(1, 2);
      assertThat(ended.said().lines())
          .singleElement()
          .asString()
          .contains("CAP_NET_RAW", "net.ipv4.ping_group_range");
    }
    Ended check =
        withoutRights(Plan.of("check", folder).onlyFlags("ping://127.0.0.1", "--json")).ended();
    assertThat(check.status()).isEqualTo(1);
    assertThat(check.said())
        .as("nobody knows")
        .contains("\"up\":false,\"state\":\"unknown\",\"reason\":\"no right to send pings: ");
  }

  private static Plan withoutRights(Plan plan) {
    return plan.behind(
        "unshare",
        "--net",
        "setpriv",
        "--bounding-set=-all",
        "--inh-caps=-all",
        "--ambient-caps=-all");
  }

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
