package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Answer;
import dev.rollcall.server.RunningRollcall.Plan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// URLs of accounts, as HTTP monitoring has them, on SQLite.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UrlsIT {
  @TempDir static Path folder;

  private Targets targets;
  private RunningRollcall rollcall;
  private String user;
  private String other;

  /// Where the rows are.
  String database() {
    return "";
  }

  @BeforeAll
  void start() throws IOException {
    targets = new Targets();
    rollcall =
        Plan.in(folder)
            .yaml("services:\n  - {name: operators, url: '" + targets.url("/ok") + "'}\n")
            .flags("--database=" + database())
            .flags("--accounts-reach-allow=127.0.0.1", "--accounts-services=20")
            .start();
    user = account("user@example.org");
    other = account("other@example.org");
  }

  @AfterAll
  void stop() throws IOException {
    rollcall.close();
    targets.close();
  }

  private String account(String email) {
    String body = "{\"Email\": \"%s\", \"Password\": \"XXXXXXXX\"}".formatted(email);
    assertThat(rollcall.send("POST", "/register", body).status()).isEqualTo(201);
    return rollcall.send("POST", "/login", body).json().stringValue();
  }

  private Answer send(String method, String path, String body, String token) {
    return rollcall.send(method, path, body, "Authorization", token);
  }

  private long added(String url, String period, String token) {
    Answer answer =
        send("POST", "/url", "{\"URL\":\"%s\",\"Period\":%s}".formatted(url, period), token);
    assertThat(answer.status()).as(answer.json().toString()).isEqualTo(201);
    return answer.json().get("ID").asLong();
  }

  @Test
  void aUrlIsAddedAndAskedAndItsStatusesAreKept() {
    Answer made =
        send(
            "POST",
            "/url",
            "{\"URL\":\"" + targets.url("/status/200") + "?key=1\",\"Period\":2}",
            user);
    assertThat(made.status()).isEqualTo(201);
    assertThat(made.json().propertyNames()).containsExactly("ID", "UserID", "URL", "Period");
    assertThat(made.json().get("Period").asInt()).isEqualTo(2);
    long id = made.json().get("ID").asLong();
    await().atMost(PATIENCE).until(() -> !statuses(id).isEmpty());
    JsonNode status = statuses(id).getFirst();
    assertThat(status.get("StatusCode").asInt()).isEqualTo(200);
    assertThat(status.get("Time").asLong()).isPositive();
    assertThat(send("GET", "/url/" + id, "", user).json()).isEqualTo(made.json());
    assertThat(send("GET", "/url", "", user).json().valueStream().toList()).contains(made.json());
    assertThat(rollcall.log()).doesNotContain("key=1");

    long gone = added("http://127.0.0.1:9/", "\"30s\"", user);
    await().atMost(PATIENCE).until(() -> !statuses(gone).isEmpty());
    assertThat(statuses(gone).getFirst().get("StatusCode").asInt()).isEqualTo(408);
    assertThat(send("GET", "/url/" + gone, "", user).json().get("Period").stringValue())
        .isEqualTo("30s");
    assertThat(send("DELETE", "/url/" + gone, "", user).status()).isEqualTo(200);
    assertThat(send("GET", "/url/" + gone, "", user).status()).isEqualTo(404);
  }

  private List<JsonNode> statuses(long id) {
    return send("GET", "/url/" + id + "/statuses", "", user).json().valueStream().toList();
  }

  @Test
  void aUrlIsChanged() {
    long id = added(targets.url("/ok"), "\"1m\"", user);
    long twin = added(targets.url("/ok"), "5", user);
    assertThat(twin).isNotEqualTo(id);
    Answer changed =
        send(
            "PATCH",
            "/url/" + id,
            "{\"url\":\"" + targets.url("/other") + "\",\"PERIOD\":\"10s\"}",
            user);
    assertThat(changed.status()).isEqualTo(200);
    assertThat(changed.json().get("URL").stringValue()).isEqualTo(targets.url("/other"));
    assertThat(changed.json().get("Period").stringValue()).isEqualTo("10s");
  }

  @Test
  void nobodyReachesWhatIsNotTheirs() {
    long id = added(targets.url("/private"), "1", user);
    for (String path : List.of("/url/" + id, "/url/" + id + "/statuses", "/v1/services/" + id)) {
      assertThat(send("GET", path, "", other).status()).as(path).isEqualTo(404);
      assertThat(rollcall.get(path).status()).as(path).isIn(401, 404);
    }
    assertThat(send("DELETE", "/url/" + id, "", other).status()).isEqualTo(404);
    assertThat(send("PATCH", "/url/" + id, "{\"Period\":1}", other).status()).isEqualTo(404);
    assertThat(send("DELETE", "/v1/services/" + id, "", other).status()).isEqualTo(404);
    assertThat(send("PATCH", "/v1/services/" + id, "{}", other).status()).isEqualTo(404);
    assertThat(send("GET", "/v1/services/" + id + "/ticks", "", other).status()).isEqualTo(404);
    assertThat(send("GET", "/url", "", other).json().toString()).doesNotContain("/private");
    assertThat(rollcall.get("/v1/services").json().toString()).doesNotContain("/private");
    assertThat(rollcall.page("/")).doesNotContain("/private");
    assertThat(rollcall.health("/metrics").body()).doesNotContain("/private");
    long operators = rollcall.service("operators").get("id").asLong();
    assertThat(send("GET", "/url/" + operators, "", user).status()).isEqualTo(404);
    assertThat(send("DELETE", "/v1/services/" + operators, "", user).status()).isEqualTo(404);
  }

  /// As its documentation has them, but for the port and a password that is long enough. The
  /// fragment of the second is not sent: it logs in. Nothing is asked of the host in the third.
  @Test
  void theCurlLinesOfHttpMonitoringRunAsWritten() throws Exception {
    try (RunningRollcall answering =
        Plan.in(Files.createDirectory(folder.resolve("curl"))).flags("--roles=api").start()) {
      assertCurlLines(answering.port());
    }
  }

  private static void assertCurlLines(int port) throws Exception {
    String account = "'{\"Email\": \"elahe.dstn@gmail.com\", \"Password\": \"XXXXXXXX\"}' ";
    String json = "-H 'Content-Type: application/json' ";
    String registered =
        shell(port, "curl -X POST -d " + account + json + "127.0.0.1:8080/register");
    assertThat(RunningRollcall.json(registered).get("Email").stringValue())
        .isEqualTo("elahe.dstn@gmail.com");
    String token =
        RunningRollcall.json(shell(port, "curl -X POST -d " + account + json + "127.0.0.1:8080/#"))
            .stringValue();
    String url =
        shell(
            port,
            "curl -X POST -d '{\"URL\": \"https://www.google.com\", \"Period\": 2}' "
                + json
                + ("-H 'Authorization: " + token + "' ")
                + "127.0.0.1:8080/url");
    assertThat(RunningRollcall.json(url).get("URL").stringValue())
        .isEqualTo("https://www.google.com");
    assertThat(RunningRollcall.json(url).get("UserID").asLong())
        .isEqualTo(RunningRollcall.json(registered).get("ID").asLong());
  }

  private static String shell(int port, String line) throws Exception {
    Process process =
        new ProcessBuilder("sh", "-c", line.replace("8080", String.valueOf(port)))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(line).isZero();
    return said;
  }

  @Test
  void withoutAValidTokenNothingIsAdded() {
    String body = "{\"URL\":\"" + targets.url("/ok") + "\"}";
    assertThat(rollcall.send("POST", "/url", body).status()).isEqualTo(401);
    for (String token : List.of("x", "Bearer x", user + "x", "rc_" + "x".repeat(43))) {
      assertThat(send("POST", "/url", body, token).status()).as(token).isEqualTo(401);
    }
  }

  @Test
  void whatIsNoUrlOrPeriodIsRefused() {
    for (String url :
        List.of(
            "",
            "example.org",
            "/path",
            "ftp://example.org/",
            "file:///etc/passwd",
            "http:///path",
            "http://user:secret@example.org/",
            "http://exa mple.org/",
            "http://example.org:99999/",
            "http://" + "x".repeat(5000) + ".example/")) {
      Answer answer = send("POST", "/url", "{\"URL\":\"" + url + "\"}", user);
      assertThat(answer.status()).as(url).isEqualTo(400);
      assertThat(answer.json().at("/errors/0").stringValue())
          .as(url)
          .startsWithIgnoringCase("URL: ")
          .doesNotContain("secret", "use the keys");
    }
    for (String period : List.of("0", "101", "-1", "1.5", "\"9s\"", "\"101m\"", "\"x\"", "[]")) {
      String body = "{\"URL\":\"%s\",\"Period\":%s}".formatted(targets.url("/ok"), period);
      assertThat(send("POST", "/url", body, user).status()).as(period).isEqualTo(400);
    }
    for (String body :
        List.of("", "[]", "{}", "{\"URL\":7}", "{\"URL\":\"http://a/\",\"url\":1}")) {
      assertThat(send("POST", "/url", body, user).status()).as(body).isEqualTo(400);
    }
  }

  @Test
  void whatIsNotPublicIsNotReached() {
    String token = account("reaches@example.org");
    String port = targets.url("/ok").replaceFirst(".*:(\\d+)/.*", "$1");
    for (String host :
        List.of(
            "127.0.0.2",
            "127.1.2.3",
            "[::1]",
            "[::ffff:7f00:2]",
            "0.0.0.0",
            "127%2e0.0.2",
            "0177.0.0.2",
            "2130706434",
            "0x7f.2")) {
      String url = "http://" + host + ":" + port + "/hidden";
      assertThat(send("POST", "/url", "{\"URL\":\"" + url + "\"}", token).status())
          .as(host)
          .isEqualTo(400);
    }
    long id = added(targets.url("/to/127.0.0.2:" + port), "1", token);
    String ticks = "/v1/services/" + id + "/ticks";
    await()
        .atMost(PATIENCE)
        .until(() -> !send("GET", ticks, "", token).json().at("/data/ticks/data").isEmpty());
    assertThat(send("GET", ticks, "", token).json().at("/data/ticks/data").get(0).toString())
        .as("a redirect")
        .contains("the host has an address that may not be called from here");
  }

  @Test
  void channelsOfAnAccountLeadToPublicAddressesOnly() {
    String token = account("tells@example.org");
    String channel = "{\"name\":\"c%s\",\"type\":\"%s\",%s}";
    String url = "\"url\":\"http://%s:8080/secret-path\"";
    String mail = "\"host\":\"10.1\",\"from\":\"a@example.org\",\"to\":\"b@example.org\"";
    for (String host : List.of("127.0.0.2", "10.0.0.1", "0x7f.2", "[::1]", "169.254.169.254")) {
      String field = url.formatted(host);
      for (String type : List.of("alert-uri", "webhook", "slack", "discord", "pagerduty")) {
        String keys =
            type.equals("pagerduty") ? field + ",\"key\":\"" + "k".repeat(32) + "\"" : field;
        Answer refused = send("POST", "/v1/channels", channel.formatted("", type, keys), token);
        assertThat(refused.status()).as(type + host).isEqualTo(400);
        assertThat(refused.json().toString())
            .contains("url: ", "is not public", "accounts.reach.allow")
            .doesNotContain("secret-path");
      }
    }
    String large =
        "\"url\":\"http://example.invalid/\",\"headers\":{\"A\":\"" + "a".repeat(4096) + "\"}";
    assertThat(
            send("POST", "/v1/channels", channel.formatted("", "webhook", large), token).status())
        .isEqualTo(400);
    String list = "\"url\":[\"http://example.invalid\",\"http://127.0.0.2\"]";
    assertThat(
            send("POST", "/v1/channels", channel.formatted("", "alertmanager", list), token)
                .status())
        .isEqualTo(400);
    Answer refused = send("POST", "/v1/channels", channel.formatted("", "mail", mail), token);
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.json().toString()).contains("host: ", "is not public");
    Answer made =
        send(
            "POST",
            "/v1/channels",
            channel.formatted(1, "webhook", url.formatted("example.invalid")),
            token);
    assertThat(made.status()).as(made.json().toString()).isEqualTo(201);
    String change = "{" + url.formatted("127.0.0.2") + "}";
    assertThat(send("PATCH", "/v1/channels/c1", change, token).status()).isEqualTo(400);
    assertThat(
            send("PATCH", "/v1/channels/c1", "{" + url.formatted("127.0.0.1") + "}", token)
                .status())
        .as("allowed by accounts.reach.allow")
        .isEqualTo(200);
    for (int i = 0; i < 6; i++) {
      assertThat(send("POST", "/v1/channels/c1/test", "", token).status()).isEqualTo(200);
    }
    assertThat(send("POST", "/v1/channels/c1/test", "", token).status())
        .as("whoever has that address would get as many messages as somebody likes")
        .isEqualTo(429);
  }

  @Test
  void servicesOfAnAccountAreLimitedInNumberSchemeAndFiles() {
    String token = account("limited@example.org");
    for (String bad :
        List.of(
            "{\"name\":\"a\",\"url\":\"postgres://127.0.0.1/\"}",
            "{\"name\":\"a\",\"url\":\"unix:///var/run/docker.sock\"}",
            "{\"name\":\"a\",\"url\":\"http://127.0.0.1/\",\"interval\":\"1s\"}",
            "{\"name\":\"a\",\"url\":\"https://127.0.0.1/\",\"tls\":{\"ca\":\"/etc/passwd\"}}",
            "{\"name\":\"a\",\"url\":\"http://127.0.0.1/\",\"method\":\"POST\",\"body\":\""
                + "b".repeat(4_096)
                + "\"}")) {
      assertThat(send("POST", "/v1/services", bad, token).status()).as(bad).isEqualTo(400);
    }
    for (int i = 0; i < 20; i++) {
      added(targets.url("/many/" + i), "1", token);
    }
    String more = "{\"URL\":\"" + targets.url("/more") + "\"}";
    assertThat(send("POST", "/url", more, token).status()).isEqualTo(409);
    assertThat(
            send(
                    "POST",
                    "/v1/services",
                    "{\"name\":\"a\",\"url\":\"" + targets.url("/more") + "\"}",
                    token)
                .status())
        .isEqualTo(409);
  }
}
