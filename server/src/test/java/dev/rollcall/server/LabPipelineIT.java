package dev.rollcall.server;

import static dev.rollcall.server.NodePipelineIT.stored;
import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.lab.LabNode;
import dev.rollcall.lab.NetworkLab;
import dev.rollcall.server.RunningRollcall.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Pool, collector and two nodes run in a laboratory of fourteen routers, each in another place.
/// What the nodes find on the way to the targets comes back to them as targets.
///
/// ```text
/// fra1 - r1 - r2 = (r3 or r4) = r5 - r6 (silent) - r7 - shop
///        |    |                 |
///        |    |                 r8 (limits its answers) - r9 - farm (62 addresses)
///        |    r10 - r11 - r12 - six      (IPv6 alone from r10 on)
///        |    |
///        |    ams1
///        r13 - pool
///        r14 - collector
/// ```
class LabPipelineIT {
  private static final String FARM = "10.210.0.";

  @TempDir Path folder;

  /// The nodes of the laboratory that the test names, and the network between them.
  private static final class Network implements AutoCloseable {
    final NetworkLab lab = NetworkLab.open();
    final List<LabNode> routers =
        IntStream.rangeClosed(1, 14).mapToObj(i -> lab.node("r" + i)).toList();
    final LabNode fra1 = lab.node("fra1");
    final LabNode ams1 = lab.node("ams1");
    final LabNode pool = lab.node("pool");
    final LabNode collector = lab.node("collector");
    final LabNode shop = lab.node("shop");
    final LabNode farm = lab.node("farm").block4(FARM + "0/26");
    final LabNode six = lab.node("six");

    Network() {
      r(6).silent();
      r(8).rateLimited();
      chain(fra1, r(1), r(2));
      chain(r(2), r(3), r(5));
      chain(r(2), r(4), r(5));
      chain(r(5), r(6), r(7), shop);
      chain(r(5), r(8), r(9), farm);
      chain(r(2), r(10), ams1);
      lab.link6(r(10), r(11));
      lab.link6(r(11), r(12));
      lab.link6(r(12), six);
      chain(r(1), r(13), pool);
      chain(r(1), r(14), collector);
      lab.build();
      // A router answers from its own address, which is routed: so it can be measured itself.
      routers.forEach(router -> router.set("ipv4/icmp_errors_use_inbound_ifaddr", 0));
    }

    LabNode r(int number) {
      return routers.get(number - 1);
    }

    private void chain(LabNode... nodes) {
      for (int i = 1; i < nodes.length; i++) {
        lab.link(nodes[i - 1], nodes[i]);
      }
    }

    /// The routers with these numbers, by their IPv4 addresses.
    Stream<String> four(int... numbers) {
      return IntStream.of(numbers).mapToObj(number -> r(number).address4());
    }

    Stream<String> six(int... numbers) {
      return IntStream.of(numbers).mapToObj(number -> r(number).address6());
    }

    @Override
    public void close() {
      lab.close();
    }
  }

  private static RunningRollcall start(Plan plan, LabNode where) {
    return plan.behind("ip", "netns", "exec", where.namespace()).start();
  }

  private Path in(String name) throws IOException {
    return Files.createDirectory(folder.resolve(name));
  }

  private Plan node(String name, String pool, String collector) throws IOException {
    return Plan.of("measure", in(name))
        .onlyFlags("--health-port=0")
        .file(
            "config.yaml",
            """
            node: %s
            input_url: %s/next
            output_file: %s/results
            allow: [10.0.0.0/8, 'fd00::/8']
            rate: 80
            count: 2
            interval: 20ms
            timeout: 1s
            max_ttl: 12
            """
                .formatted(name, pool, collector));
  }

  @Test
  void whatLiesOnTheWayBecomesATargetAndIsMeasuredOnce() throws Exception {
    Path results = folder.resolve("results");
    try (Network network = new Network();
        RunningRollcall pool =
            start(
                Plan.of("targets", in("pool"))
                    .flags("--allow=10.0.0.0/8,fd00::/8", "--interval=1h"),
                network.pool)) {
      String poolUrl = "http://%s:%d".formatted(network.pool.address4(), pool.port());
      LabClient client = LabClient.of(network.pool, pool);
      String targets =
          "{\"targets\":[\"%s\",\"%s\",\"%s0/26\"]}"
              .formatted(network.shop.address4(), network.six.address6(), FARM);
      assertThat(client.send("POST", "targets", targets).json())
          .hasToString("{\"status\":\"ok\",\"received\":3,\"added\":64}");
      try (RunningRollcall collector =
          start(
              Plan.of("collect", in("collector"))
                  .flags("--db-dir=" + results, "--input-url=" + poolUrl + "/hops"),
              network.collector)) {
        String byIpv6 = "http://[%s]:%d".formatted(network.collector.address6(), collector.port());
        String byIpv4 = "http://%s:%d".formatted(network.collector.address4(), collector.port());
        try (RunningRollcall fra1 = start(node("fra1", poolUrl, byIpv6), network.fra1);
            RunningRollcall ams1 = start(node("ams1", poolUrl, byIpv4), network.ams1)) {
          Set<String> expected = expected(network);
          await()
              .atMost(PATIENCE.multipliedBy(2))
              .untilAsserted(
                  () -> assertThat(answered(results)).as("%s", pooled(client)).isEqualTo(expected));
          assertThat(fra1.stop()).isZero();
          assertThat(ams1.stop()).isZero();
        }
        assertThat(collector.stop()).isZero();
      }
      assertThat(stored(results, "SELECT ip FROM ping_results"))
          .as("each target was leased to one node")
          .doesNotHaveDuplicates();
      assertThat(stored(results, "SELECT DISTINCT node FROM rollcall_batch"))
          .containsExactlyInAnyOrder("fra1", "ams1");
      assertThat(client.rows("v1/nodes"))
          .extracting(row -> row.get("name").stringValue())
          .containsExactlyInAnyOrder("fra1", "ams1");
      assertThat(origin(client, "hop")).hasSize(pooled(client).size() - 64);
      routesAreStored(network, results);
    }
  }

  /// All that answers and lies on a way to a target, in the family of that target. The silent
  /// router is none of it.
  private static Set<String> expected(Network network) {
    return Stream.of(
            IntStream.rangeClosed(1, 62).mapToObj(i -> FARM + i),
            Stream.of(network.shop.address4(), network.six.address6()),
            network.four(1, 2, 3, 4, 5, 7, 8, 9, 10),
            network.six(1, 2, 10, 11, 12))
        .flatMap(some -> some)
        .collect(Collectors.toSet());
  }

  private static Set<String> answered(Path results) {
    return new HashSet<>(stored(results, "SELECT ip FROM ping_results WHERE received > 0"));
  }

  private static List<JsonNode> targets(LabClient pool) {
    return pool.json("targets").at("/targets/data").valueStream().toList();
  }

  private static List<String> pooled(LabClient pool) {
    return targets(pool).stream().map(row -> row.get("ip").stringValue()).toList();
  }

  private static List<String> origin(LabClient pool, String origin) {
    return targets(pool).stream()
        .filter(row -> row.get("origin").stringValue().equals(origin))
        .map(row -> row.get("ip").stringValue())
        .toList();
  }

  private static void routesAreStored(Network network, Path results) {
    String route =
        """
        SELECT group_concat(coalesce(nullif(hop, ''), '*'), ' ') FROM (
          SELECT h.ttl, h.ip AS hop FROM ping_results p
            JOIN traceroute_results t ON t.ping_result_id = p.id
            JOIN traceroute_hops h ON h.traceroute_id = t.id
          WHERE p.ip = '%s' AND t.completed ORDER BY h.ttl)\
        """;
    assertThat(stored(results, route.formatted(network.shop.address4())))
        .singleElement()
        .satisfies(
            hops ->
                assertThat(hops)
                    .as("the silent router is a hop without an address")
                    .contains(network.r(5).address4() + " * " + network.r(7).address4())
                    .endsWith(network.shop.address4()));
    assertThat(stored(results, route.formatted(network.six.address6())))
        .singleElement()
        .satisfies(
            hops ->
                assertThat(hops)
                    .endsWith(
                        Stream.concat(network.six(10, 11, 12), Stream.of(network.six.address6()))
                            .collect(Collectors.joining(" "))));
    assertThat(
            stored(
                results,
                "SELECT p.ip FROM ping_results p JOIN traceroute_results t"
                    + " ON t.ping_result_id = p.id WHERE p.received > 0 AND NOT t.completed"))
        .as("silent and limited routers end no trace")
        .isEmpty();
  }
}
