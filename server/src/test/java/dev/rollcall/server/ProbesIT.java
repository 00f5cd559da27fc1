package dev.rollcall.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.rollcall.probe.HealthHandler;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probe.Prober;
import dev.rollcall.server.RunningRollcall.Ended;
import dev.rollcall.server.RunningRollcall.Plan;
import dev.rollcall.server.app.CommandHere;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Whatever can be asked is asked from `services:` and by `check URL` alike, and both say the same.
class ProbesIT {
  @TempDir static Path folder;

  private static final Map<String, String> URLS = new LinkedHashMap<>();

  /// The keys of some, besides name and URL.
  private static final Map<String, String> KEYS =
      Map.of("ping", ", trace: true", "tcp away", ", trace: true, confirm: 1");

  private static Targets targets;
  private static Process redis;
  private static DatagramSocket names;
  private static HttpServer shop;
  private static SelfSigned certificate;

  @BeforeAll
  static void start() throws Exception {
    targets = new Targets();
    certificate = SelfSigned.in(folder, 5);
    String redisAt = Targets.nobody();
    redis =
        new ProcessBuilder(
                "redis-server", "--port", redisAt.replaceFirst(".*:", ""), "--bind", "127.0.0.1")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("redis.log").toFile())
            .start();
    await().until(() -> accepts(redisAt));
    names = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(ProbesIT::answerNames);
    String tls =
        targets.raw(
            certificate
                .context()
                .getServerSocketFactory()
                .createServerSocket(0, 100, InetAddress.getLoopbackAddress()),
            connection -> connection.getInputStream().read());
    shop = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    shop.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    Probe mail =
        Probe.of(
            "mail",
            attempt -> {
              throw new ProbeFailure("login: refused");
            });
    shop.createContext("/", HealthHandler.of(new Prober().add(mail)));
    shop.start();

    String dns = "dns://127.0.0.1:" + names.getLocalPort() + "/www.example.test";
    URLS.put("redis", "redis://" + redisAt);
    URLS.put("redis away", "redis://" + Targets.nobody());
    URLS.put("tcp", "tcp://" + redisAt);
    URLS.put("tcp away", "tcp://" + Targets.nobody());
    URLS.put("dns", dns + "?expect=192.0.2.7");
    URLS.put("dns other", dns + "?expect=192.0.2.8");
    URLS.put("tls", "tls://" + tls);
    URLS.put("tls ends soon", "tls://" + tls + "?warn=14d");
    URLS.put("tls ends later", "tls://" + tls + "?warn=2d");
    URLS.put("ping", "ping://127.0.0.1?count=3&interval=10ms");
    URLS.put("ping v6", "ping://[::1]?count=1&family=ipv6");
    URLS.put("philae", "philae+http://127.0.0.1:" + shop.getAddress().getPort() + "/_health");
  }

  @AfterAll
  static void stop() throws Exception {
    redis.destroyForcibly().waitFor();
    names.close();
    shop.stop(0);
    targets.close();
  }

  private static boolean accepts(String address) throws IOException {
    int colon = address.indexOf(':');
    try (Socket socket =
        new Socket(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)))) {
      return socket.isConnected();
    } catch (java.net.ConnectException e) {
      return false;
    }
  }

  /// A name server (RFC 1035, section 4) for which every name is at 192.0.2.7.
  private static void answerNames() {
    byte[] record = {(byte) 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, (byte) 192, 0, 2, 7};
    try {
      while (true) {
        DatagramPacket packet = new DatagramPacket(new byte[512], 512);
        names.receive(packet);
        byte[] asked = packet.getData();
        int end = 12;
        while (asked[end] != 0) {
          end += asked[end] + 1;
        }
        end += 5;
        ByteBuffer answer = ByteBuffer.allocate(end + record.length);
        answer.put(asked, 0, end).put(record);
        answer.putShort(2, (short) 0x8180).putShort(6, (short) 1);
        answer.putShort(8, (short) 0).putShort(10, (short) 0);
        names.send(
            new DatagramPacket(answer.array(), answer.position(), packet.getSocketAddress()));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private static Plan trusting(Plan plan) {
    return plan.asProcess()
        .variable(
            "JAVA_TOOL_OPTIONS",
            "-Djavax.net.ssl.trustStore=%s -Djavax.net.ssl.trustStorePassword=changeit"
                .formatted(certificate.authorities()));
  }

  @Test
  void saysTheSameOfAServiceAndAtTheTerminal() {
    StringBuilder yaml = new StringBuilder("services:\n");
    URLS.forEach(
        (name, url) ->
            yaml.append(
                "  - {name: %s, url: '%s'%s}\n".formatted(name, url, KEYS.getOrDefault(name, ""))));
    try (RunningRollcall rollcall = trusting(Plan.in(folder).yaml(yaml.toString())).start()) {
      Map<String, String> found = new LinkedHashMap<>();
      URLS.forEach((name, url) -> found.put(name, verdict(rollcall.firstTick(name))));
      assertThat(found.get("redis")).isEqualTo("up");
      assertThat(found.get("redis away")).startsWith("down: connect: refused by 127.0.0.1:");
      assertThat(found.get("tcp")).isEqualTo("up");
      assertThat(found.get("tcp away")).startsWith("down: connect: refused by 127.0.0.1:");
      assertThat(found.get("dns")).isEqualTo("up");
      assertThat(found.get("dns other"))
          .isEqualTo("down: A of www.example.test is 192.0.2.7 (expected 192.0.2.8)");
      assertThat(found.get("tls")).isEqualTo("up");
      assertThat(found.get("tls ends soon")).contains("the certificate ends in 4 days");
      assertThat(found.get("tls ends later")).isEqualTo("up");
      assertThat(found.get("ping")).isEqualTo("up");
      assertThat(found.get("ping v6")).isEqualTo("up");
      hasLatency(rollcall);
      hasPaths(rollcall);
      assertThat(found.get("philae")).isEqualTo("down: mail is down (login: refused)");

      checkSaysTheSame(found, true);
      checkSaysTheSame(found, false);
    }
  }

  /// One `check` of all that are up, or of all that are not.
  private static void checkSaysTheSame(Map<String, String> found, boolean up) {
    Map<String, String> urls = new LinkedHashMap<>(URLS);
    urls.keySet().removeIf(name -> "up".equals(found.get(name)) != up);
    String[] all = urls.values().toArray(String[]::new);
    Ended ended = trusting(Plan.of("check", folder).onlyFlags(all)).refused();
    urls.forEach(
        (name, url) ->
            assertThat(ended.said().lines())
                .as(name + ": " + ended.said())
                .contains(url.replaceFirst("\\?.*", "") + " is " + found.get(name)));
    assertThat(ended.status()).isEqualTo(up ? 0 : 1);
  }

  private static void hasLatency(RunningRollcall rollcall) {
    JsonNode tick = rollcall.firstTick("ping");
    assertThat(tick.get("sent").intValue()).isEqualTo(3);
    assertThat(tick.get("lost").intValue()).isZero();
    assertThat(tick.get("median_ms").doubleValue()).isPositive();
    assertThat(rollcall.firstTick("tcp").has("sent")).isFalse();
    String id = rollcall.service("ping").get("id").toString();
    String path = "/v1/services/" + id + "/latency";
    for (String query : new String[] {"", "?step=1h&from=1", "?step=10s"}) {
      RunningRollcall.Answer answer = rollcall.get(path + query);
      if (query.startsWith("?step=1h")) {
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("errors").toString()).contains("more than 10000");
        continue;
      }
      JsonNode row = answer.json().get("data").get("latency").get("data").get(0);
      assertThat(row.get("sent").intValue()).isGreaterThanOrEqualTo(3);
      assertThat(row.get("loss_percent").doubleValue()).isZero();
      assertThat(row.get("p99_ms").doubleValue())
          .isBetween(row.get("min_ms").doubleValue(), row.get("max_ms").doubleValue());
    }
    assertThat(rollcall.get(path + "?from=9&to=9").status()).isEqualTo(400);
    assertThat(rollcall.get(path + "?step=never").status()).isEqualTo(400);
    assertThat(rollcall.get("/v1/services/999999/latency").status()).isEqualTo(404);
    assertThat(rollcall.page("/services/" + id))
        .contains("Round trips of pings", "0 lost", "Median round trip")
        .doesNotContain("Response time, from 0");
    String tcp = rollcall.service("tcp").get("id").toString();
    assertThat(rollcall.get("/v1/services/" + tcp + "/latency").json().toString())
        .contains("\"lost\":0");
    assertThat(rollcall.page("/services/" + tcp)).doesNotContain("Round trips of pings");
    assertThat(rollcall.health("/metrics").body())
        .contains("rollcall_service_packets_total{result=\"lost\",service=\"ping\"} 0.0");
  }

  private static void hasPaths(RunningRollcall rollcall) {
    String id = rollcall.service("ping").get("id").toString();
    String path = "/v1/services/" + id + "/paths";
    await().until(() -> !rollcall.rows(path).isEmpty());
    JsonNode present = rollcall.rows(path).getFirst();
    assertThat(present.get("reached").booleanValue()).isTrue();
    assertThat(present.get("until").isNull()).isTrue();
    assertThat(present.get("hops").toString())
        .isEqualTo("[{\"ttl\":1,\"addresses\":[\"127.0.0.1\"]}]");
    assertThat(rollcall.page("/services/" + id)).contains("Paths to it", "1 127.0.0.1");
    await().until(() -> !rollcall.rows("/v1/incidents").isEmpty());
    String incident =
        rollcall.rows("/v1/incidents").stream()
            .filter(one -> one.toString().contains("service:tcp away"))
            .findFirst()
            .orElseThrow()
            .get("id")
            .toString();
    JsonNode answer =
        rollcall.get("/v1/incidents/" + incident).json().at("/data/incident/data/answer");
    assertThat(answer.toString()).isEqualTo("{\"paths\":{\"good\":[],\"now\":[[\"127.0.0.1\"]]}}");
    assertThat(rollcall.page("/incidents/" + incident)).contains("When it was found down");
  }

  private static String verdict(JsonNode tick) {
    String state = tick.get("state").stringValue();
    return tick.has("reason") ? state + ": " + tick.get("reason").stringValue() : state;
  }

  @Test
  void asksThisMachinesNameServersWhereNoneIsNamed() {
    CommandHere ended = CommandHere.run(folder, Map.of(), "check", "dns:///localhost.invalid");
    assertThat(ended.said()).startsWith("dns:///localhost.invalid is down: ");
    assertThat(ended.status()).isEqualTo(1);
  }

  /// OpenSSL, curl and browsers take the key exchange of old servers; the JDK by itself does not.
  @Test
  void reachesServersWhoseKeyExchangeIsRsaAlone() throws Exception {
    openssl("req -x509 -newkey rsa:2048 -nodes -subj /CN=old -keyout old.key -out old.pem")
        .waitFor();
    String port = Targets.nobody().replaceFirst(".*:", "");
    Process old =
        openssl(
            "s_server -cert old.pem -key old.key -tls1_2 -cipher AES128-SHA -accept 127.0.0.1:"
                + port);
    try {
      await().until(() -> accepts("127.0.0.1:" + port));
      Plan plan =
          Plan.of("check", folder)
              .asProcess()
              .file(
                  "old.yaml",
                  "services: [{name: old, url: 'tls://127.0.0.1:%s', tls: {verify: false}}]"
                      .formatted(port))
              .onlyFlags("--config=old.yaml", "--service=old");
      assertThat(plan.refused().said()).contains("old (tls://127.0.0.1:" + port + ") is up");
    } finally {
      old.destroyForcibly().waitFor();
    }
  }

  private static Process openssl(String arguments) throws IOException {
    return new ProcessBuilder(("openssl " + arguments).split(" "))
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("openssl.log").toFile())
        .start();
  }
}
