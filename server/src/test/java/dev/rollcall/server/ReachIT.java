package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static dev.rollcall.server.RunningRollcall.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What accounts have checked or called does not lead into the network of the operator, however an
/// address is spelled. It runs in a network in which every address answers, so that a connection
/// that is made is seen. Needs root (unshare, mount, nsenter): where it is not to be had these
/// tests fail and say so.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReachIT {
  /// Nothing else listens in that network.
  private static final int PORT = 8099;

  private static final JsonMapper JSON = new JsonMapper();

  private static final String HOSTS =
      """
      127.0.0.1 localhost
      ::1 localhost ip6-localhost
      93.184.216.34 public.example
      10.1.2.3 private.example
      169.254.169.254 metadata.example
      93.184.216.34 mixed.example
      10.0.0.1 mixed.example
      fd00::1 six.example
      ::ffff:10.0.0.1 mapped.example
      2002:a00:1::1 sixtofour.example
      0.0.0.0 zero.example
      """;

  /// Spellings of addresses that are not public. Some are no host at all, which is as good.
  private static final List<String> SPELLINGS =
      Stream.of(
              "127.0.0.1 127.1 127.0.1 127.255.255.254 2130706433 0x7f000001 0x7F.0x0.0x0.0x1",
              "0x7f.1 0177.0.0.1 017700000001 0177.1 00000177.0.0.1 127.0.0.1. 127.0.0.01",
              "127.0.0.0x1 0 00 0x0 0.0.0.0 0.0 localhost LOCALHOST localhost. ip6-localhost",
              "１２７.０.０.１ 127。0。0。1 １２７。１ ①②⑦.⓪.⓪.① ｌｏｃａｌｈｏｓｔ lo\u00adcalhost",
              "%31%32%37.0.0.1 127%2e0%2e0%2e1 loc%61lhost 127.0.0.1%00 127.0.0.1%20",
              "10.0.0.1 10.1 167772161 0xa000001 012.0.0.1 10.255.255.255 172.16.0.1",
              "172.31.255.255 2886729729 0xac100001 192.168.0.1 192.168.1 3232235521 0xc0a80001",
              "0300.0250.0.1 169.254.169.254 2852039166 0xa9fea9fe 0251.0376.0251.0376",
              "169.254.43518 169.254.170.2 100.64.0.1 100.127.255.255 192.0.0.1 192.0.0.192",
              "192.0.2.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 192.88.99.1",
              "224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 4294967295 0xffffffff",
              "[::1] [0:0:0:0:0:0:0:1] [0000::0001] [::] [::127.0.0.1] [::7f00:1] [::a00:1]",
              "[::ffff:127.0.0.1] [::FFFF:7F00:1] [0:0:0:0:0:ffff:127.0.0.1] [::ffff:10.0.0.1]",
              "[::ffff:a9fe:a9fe] [::ffff:0:127.0.0.1] [::ffff:0:a00:1] [64:ff9b::127.0.0.1]",
              "[64:ff9b::7f00:1] [64:ff9b::10.0.0.1] [64:ff9b::169.254.169.254] [64:ff9b:1::1]",
              "[64:ff9b:1::7f00:1] [2002:7f00:1::] [2002:a00:1::1] [2002:c0a8:1::1]",
              "[2002:a9fe:a9fe::1] [2001:0:7f00:1::] [2001:0:4136:e378:8000:63bf:80ff:fffe]",
              "[2001:0:4136:e378:8000:63bf:f5ff:fffe] [2606:4700::5efe:7f00:1]",
              "[2606:4700::200:5efe:a00:1] [fe80::1] [fe80::1%25lo] [fe80::1%lo] [::1%25lo]",
              "[::1%251] [febf::1] [fec0::1] [fc00::1] [fd12:3456::1] [ff02::1] [ff0e::1]",
              "[2001:db8::1] [2001::1] [2001:10::1] [3fff::1] [4000::1] [8000::1] [100::1]",
              "[v1.127.0.0.1] [127.0.0.1] [::1. ::1",
              "private.example PRIVATE.example private.example. metadata.example mixed.example",
              "six.example mapped.example sixtofour.example zero.example",
              "user:secret@127.0.0.1 public.example@127.0.0.1 public.example:80@127.0.0.1",
              "public.example%40127.0.0.1 public.example\\@127.0.0.1 public.example#@127.0.0.1",
              "127.0.0.1#@public.example 127.0.0.1\\@public.example")
          .flatMap(line -> Stream.of(line.split(" ", -1)))
          .toList();

  @TempDir static Path folder;

  private RunningRollcall rollcall;
  private Process server;
  private Path log;
  private String token;

  @BeforeAll
  void start() throws Exception {
    Path hosts = Files.writeString(folder.resolve("hosts"), HOSTS);
    run("unshare", "-n", "-m", "true");
    String network =
        "ip link set lo up && ip link add here type veth peer name there && ip link set here up &&"
            + " ip link set there up && ip route add local 0.0.0.0/0 dev lo"
            + " && ip -6 route add local ::/0 dev lo && mount --bind %s /etc/hosts && exec \"$@\""
                .formatted(hosts);
    rollcall =
        Plan.in(folder)
            .yaml("services: [{name: operators, url: 'http://10.99.99.99:" + PORT + "/'}]\n")
            .flags("--accounts-services=1000", "--host=0.0.0.0")
            .behind("unshare", "-n", "-m", "sh", "-c", network, "sh")
            .start();
    log = folder.resolve("connections");
    server =
        new ProcessBuilder(
                inside(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    "target/test-classes",
                    EveryAddress.class.getName(),
                    Integer.toString(PORT),
                    log.toString()))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("server.log").toFile())
            .start();
    await().atMost(PATIENCE).until(() -> Files.exists(log));
    String who = "{\"Email\":\"user@example.org\",\"Password\":\"correct horse\"}";
    call("POST", "/register", who);
    token = json(call("POST", "/login", who)).stringValue();
  }

  @AfterAll
  void stop() throws InterruptedException {
    server.destroy();
    server.waitFor();
    rollcall.close();
  }

  private String[] inside(String... command) {
    return Stream.concat(
            Stream.of("nsenter", "-t", Long.toString(rollcall.pid()), "-n"), Stream.of(command))
        .toArray(String[]::new);
  }

  private String call(String method, String path, String body) {
    List<String> curl = new ArrayList<>(List.of("curl", "-sS", "-X", method));
    if (!body.isEmpty()) {
      curl.addAll(List.of("-H", "Content-Type: application/json", "-d", body));
    }
    if (token != null) {
      curl.addAll(List.of("-H", "Authorization: " + token));
    }
    curl.add("http://127.0.0.1:" + rollcall.port() + path);
    return run(inside(curl.toArray(String[]::new)));
  }

  /// Posts all of them on one connection.
  ///
  /// @return their statuses
  private List<String> postAll(String path, List<String> bodies) throws IOException {
    StringBuilder config = new StringBuilder();
    for (String body : bodies) {
      config
          .append(config.isEmpty() ? "" : "next\n")
          .append("url = \"http://127.0.0.1:%d%s\"\n".formatted(rollcall.port(), path))
          .append("silent\noutput = \"/dev/null\"\nwrite-out = \"%{http_code}\\n\"\n")
          .append("header = \"Content-Type: application/json\"\n")
          .append("header = \"Authorization: ")
          .append(token)
          .append("\"\n")
          .append("data-raw = \"")
          .append(body.replace("\\", "\\\\").replace("\"", "\\\""))
          .append("\"\n");
    }
    Path file = Files.writeString(folder.resolve("posts"), config.toString(), UTF_8);
    return run(inside("curl", "-K", file.toString())).lines().toList();
  }

  private static String service(String name, String url) {
    return JSON.writeValueAsString(
        JSON.createObjectNode().put("name", name).put("url", url).put("interval", "1h"));
  }

  @Test
  void noSpellingOfAnAddressThatIsNotPublicIsReached() throws Exception {
    assertThat(SPELLINGS).hasSizeGreaterThan(100).doesNotHaveDuplicates();
    List<String> bodies = new ArrayList<>();
    bodies.add(service("public 4", "http://93.184.216.34:%d/".formatted(PORT)));
    bodies.add(service("public 6", "http://[2606:4700::1111]:%d/".formatted(PORT)));
    bodies.add(service("public name", "http://public.example:%d/".formatted(PORT)));
    bodies.add(service("public redirect", redirect("http://93.184.216.34:%d/".formatted(PORT))));
    bodies.add(service("public ping", "ping://93.184.216.34"));
    for (String host : SPELLINGS) {
      String url = host + ":" + PORT + "/";
      bodies.add(service("p " + host, "ping://" + host));
      bodies.add(service("d " + host, "http://" + url));
      bodies.add(service("r " + host, redirect("http://" + url)));
    }
    for (String scheme : List.of("https", "tcp", "tls", "ftp", "gopher", "redis", "dns", "ws")) {
      bodies.add(service("s " + scheme, scheme + "://127.0.0.1:" + PORT + "/"));
      bodies.add(service("t " + scheme, redirect(scheme + "://127.0.0.1:" + PORT + "/")));
    }
    for (String target :
        List.of(
            "//127.0.0.1:" + PORT + "/",
            "\\\\127.0.0.1:" + PORT + "/",
            "/\\127.0.0.1:" + PORT + "/",
            "http:127.0.0.1:" + PORT,
            "file:///etc/passwd",
            "unix:/run/rollcall.sock",
            "http://unix:/run/rollcall.sock:/",
            redirect("http://127.0.0.1:" + PORT + "/"))) {
      bodies.add(service("u " + target, redirect(target)));
    }
    List<String> statuses = postAll("/v1/services", bodies);
    assertThat(statuses).hasSameSizeAs(bodies).containsOnly("201", "400");
    long added = statuses.stream().filter(each -> each.equals("201")).count();
    assertThat(added).isGreaterThan(150); // addresses that are not public are refused at once

    await()
        .atMost(PATIENCE.multipliedBy(2))
        .until(() -> states().stream().noneMatch(ReachIT::isNew));
    List<JsonNode> services = states();
    assertThat(services).hasSize((int) added);
    assertThat(services)
        .filteredOn(service -> service.get("name").stringValue().startsWith("public "))
        .hasSize(5)
        .allMatch(ReachIT::isUp);
    // What is a user, a path or a fragment beside the public host leads to that host.
    assertThat(services)
        .filteredOn(ReachIT::isUp)
        .allMatch(service -> service.toString().contains("public.example") || isPublic(service));
    assertOnlyPublicWereReached();
    long pinged = services.stream().filter(each -> isPing(each) && isUp(each)).count();
    assertThat(echoRequests("/proc/net/snmp", "Icmp: ")).isEqualTo(5 * pinged);
    assertThat(echoRequests("/proc/net/snmp6", "Icmp6InEchos")).isZero();
    assertThat(services)
        .filteredOn(each -> isPing(each) && !isUp(each))
        .hasSizeGreaterThan(10)
        .allSatisfy(
            each ->
                assertThat(each.get("reason").stringValue())
                    .as("%s", each)
                    .doesNotContain("timeout"));
  }

  /// A path shows the network of the operator.
  @Test
  void noAccountMayTrace() {
    String url = "http://93.184.216.34:%d/".formatted(PORT);
    assertThat(
            call("POST", "/v1/services", service("traced", url).replace("}", ",\"trace\":true}")))
        .contains("\"status\":400", "trace: shows the network of this server");
    JsonNode made = json(call("POST", "/v1/services", service("not traced", url)));
    String path = "/v1/services/" + made.at("/data/service/data/id");
    assertThat(call("PATCH", path, "{\"trace\":true}"))
        .contains("\"status\":400", "trace: shows the network of this server");
    assertThat(json(call("GET", path + "/paths", "")).at("/data/paths/data")).isEmpty();
    call("DELETE", path, "");
  }

  /// How many echo requests have reached an address of that network.
  private long echoRequests(String file, String counter) {
    List<List<String>> lines =
        run(inside("cat", file))
            .lines()
            .filter(line -> line.startsWith(counter))
            .map(line -> List.of(line.split("\\s+", -1)))
            .toList();
    return Long.parseLong(
        lines.size() == 1
            ? lines.getFirst().get(1)
            : lines.getLast().get(lines.getFirst().indexOf("InEchos")));
  }

  private static boolean isPing(JsonNode service) {
    return service.get("url").stringValue().startsWith("ping:");
  }

  private static boolean isUp(JsonNode service) {
    return service.get("state").stringValue().equals("up");
  }

  private static boolean isPublic(JsonNode service) {
    return service.get("name").stringValue().startsWith("public ");
  }

  private static boolean isNew(JsonNode service) {
    return service.get("state").stringValue().equals("new");
  }

  private List<JsonNode> states() {
    return json(call("GET", "/v1/services?limit=1000", ""))
        .at("/data/services/data")
        .valueStream()
        .toList();
  }

  private static String redirect(String target) {
    String path = Base64.getUrlEncoder().withoutPadding().encodeToString(target.getBytes(UTF_8));
    return "http://public.example:" + PORT + "/to/" + path;
  }

  /// The operator's service is at an address that is not public: without a connection to it, this
  /// network would not show one.
  private void assertOnlyPublicWereReached() throws IOException {
    await().atMost(PATIENCE).until(() -> Files.readString(log).contains("10.99.99.99"));
    assertThat(new TreeSet<>(Files.readAllLines(log)))
        .containsExactlyInAnyOrder(
            "ready", "10.99.99.99", "93.184.216.34", "2606:4700:0:0:0:0:0:1111");
  }

  @Test
  void noChannelCallsWhatIsNotPublic() throws Exception {
    List<String> hosts =
        List.of(
            "127.0.0.1",
            "2130706433",
            "0x7f.1",
            "169.254.169.254",
            "[::1]",
            "[::ffff:10.0.0.1]",
            "[64:ff9b::10.0.0.1]",
            "[2002:a00:1::1]",
            "１２７.０.０.１",
            "localhost",
            "private.example",
            "metadata.example",
            "mixed.example",
            "six.example",
            "mapped.example",
            "sixtofour.example",
            "zero.example");
    List<String> bodies = new ArrayList<>();
    for (int i = 0; i < hosts.size(); i++) {
      bodies.add(
          JSON.writeValueAsString(
              JSON.createObjectNode()
                  .put("name", "c" + i)
                  .put("type", "alert-uri")
                  .put("url", "http://" + hosts.get(i) + ":" + PORT + "/")));
    }
    List<String> statuses = postAll("/v1/channels", bodies);
    List<String> refused = Collections.nCopies(9, "400"); // the addresses themselves
    List<String> made = Collections.nCopies(8, "201");
    assertThat(statuses).isEqualTo(Stream.concat(refused.stream(), made.stream()).toList());
    call("GET", "/ping/job/start?frequency=1h", "");
    call("GET", "/ping/job/fail", "");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        json(call("GET", "/v1/deliveries", ""))
                            .at("/data/deliveries/data")
                            .valueStream()
                            .filter(row -> row.get("attempts").asInt() > 0)
                            .map(row -> row.get("last_error").asString("")))
                    .hasSize(made.size())
                    .allMatch(error -> !error.isEmpty()));
    assertOnlyPublicWereReached();
  }

  private static String run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertThat(process.waitFor())
          .as("this test needs root and `%s`, which said: %s", String.join(" ", command), said)
          .isZero();
      return said;
    } catch (IOException e) {
      throw new AssertionError("this test needs the program " + command[0], e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
