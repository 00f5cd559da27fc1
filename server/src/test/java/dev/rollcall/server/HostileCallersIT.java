package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Answer;
import dev.rollcall.server.RunningRollcall.Plan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What strangers try: floods, guesses, and values that nobody expects. 127.0.0.2 is a proxy.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileCallersIT {
  /// In the place of each key, as JSON.
  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "-1",
          "0",
          "1.5",
          "1e400",
          "1e999999",
          "9223372036854775808",
          "1000000000000000000000000000000",
          "\"\"",
          "\" \"",
          "\"\\u0000\"",
          "\"a\\u0000b\"",
          "\"\\ud800\"",
          "\"\\udfff\\ud800\"",
          "\"" + "x".repeat(1_000_000) + "\"",
          "\"" + "\\ud83d\\ude42".repeat(300) + "\"",
          "\"\\u202e\"",
          "\"a\\r\\nb\"",
          "\"';--\"",
          "\"<script>alert(1)</script>\"",
          "\"../../etc/passwd\"",
          "[]",
          "{}",
          "[[]]",
          "[null]",
          "[\"\\u0000\"]",
          "{\"a\":{\"b\":1}}");

  /// In the place of the body.
  private static final List<String> BODIES =
      List.of(
          "",
          "null",
          "[]",
          "1",
          "\"x\"",
          "{",
          "{\"a\":",
          "{}{}",
          "{\"a\":1,\"a\":2}",
          "[".repeat(50_000),
          "{\"a\":".repeat(10_000),
          "\u0000",
          "1".repeat(1_000_000));

  @TempDir static Path folder;

  private RunningRollcall rollcall;
  private String user;
  private String operator;

  /// A route with a body.
  ///
  /// @param rest what is right of the body, so that another key is read
  private record Taken(String method, String path, Map<String, String> rest, List<String> keys) {
    @Override
    public String toString() {
      return method + " " + path;
    }
  }

  private static Taken of(String method, String path, String rest, String... keys) {
    Map<String, String> right = new HashMap<>();
    for (String each : rest.isEmpty() ? new String[0] : rest.split(" ", -1)) {
      String[] keyAndValue = each.split("=", 2);
      right.put(keyAndValue[0], keyAndValue[1]);
    }
    return new Taken(method, path, right, List.of(keys));
  }

  private static List<Taken> routes() {
    String person = "Email=\"q@example.org\" Password=\"correct.horse\"";
    String service = "name=\"q\" url=\"http://q.invalid/\"";
    return List.of(
        of("POST", "/register", person, "Email", "Password", "SetupCode", "Invitation"),
        of("POST", "/login", person, "Email", "Password", "Code"),
        of("POST", "/", person, "Email", "Password", "Code"),
        of("POST", "/url", "URL=\"http://q.invalid/\"", "URL", "Period"),
        of("PATCH", "/url/1", "", "URL", "Period"),
        of("POST", "/v1/services", service, "name", "url", "interval", "timeout", "json"),
        of("POST", "/v1/services", service, "headers", "body", "method", "status", "tls", "tags"),
        of("POST", "/v1/services", service, "group", "notify", "depends-on", "confirm", "contains"),
        of("PATCH", "/v1/services/1", "", "name", "url", "interval", "json", "tls"),
        of(
            "POST",
            "/v1/channels",
            "name=\"q\" type=\"webhook\" url=\"http://q.invalid/\"",
            "name",
            "type",
            "url",
            "route",
            "headers",
            "secret",
            "method"),
        of("PATCH", "/v1/channels/q", "", "url", "route", "type", "name"),
        of("POST", "/v1/tokens", "name=\"q\" scopes=[\"read\"]", "name", "scopes"),
        of("POST", "/v1/teams", "", "name"),
        of("PATCH", "/v1/teams/1", "", "name"),
        of("POST", "/v1/teams/join", "", "invitation"),
        of("PATCH", "/v1/teams/1/members/2", "", "role"),
        of("POST", "/v1/invitations", "", "role", "days"),
        of("POST", "/v1/maintenance", "title=\"q\"", "title", "names", "tags", "for", "from", "to"),
        of("PATCH", "/v1/maintenance/1", "", "title", "names", "for"),
        of("PATCH", "/v1/incidents/1", "", "severity", "title"),
        of("POST", "/v1/incidents/1/notes", "", "text", "note"),
        of("POST", "/v1/incidents/1/resolve", "", "note"),
        of("POST", "/v1/incidents/1/acknowledge", "", "note"),
        of("POST", "/v1/account/password", "", "password", "new_password", "code"),
        of("POST", "/v1/account/reset", "", "email"),
        of("POST", "/v1/account/reset/password", "", "code", "new_password"),
        of("DELETE", "/v1/account", "", "password", "code", "email"),
        of("POST", "/v1/operator", "", "reset", "proof"));
  }

  @BeforeAll
  void start() throws IOException {
    rollcall =
        Plan.in(folder)
            .yaml("services: [{name: own, url: 'http://127.0.0.1:9/', interval: 1s}]")
            .flags("--trusted-proxies=127.0.0.2", "--accounts-logins-per-minute=1000000")
            .start();
    People people = new People(rollcall);
    user = people.registered("user@example.org");
    operator = people.operator("operator@example.org");
  }

  @AfterAll
  void stop() {
    rollcall.close();
  }

  @ParameterizedTest
  @MethodSource("routes")
  void noRouteFailsWhateverComes(Taken route) {
    for (String token : List.of(user, operator)) {
      List<String> bodies = new ArrayList<>(BODIES);
      for (String key : route.keys()) {
        for (String value : VALUES) {
          Map<String, String> body = new HashMap<>(route.rest());
          body.put(key, value);
          bodies.add(
              "{"
                  + String.join(
                      ",",
                      body.entrySet().stream()
                          .map(each -> "\"" + each.getKey() + "\":" + each.getValue())
                          .toList())
                  + "}");
        }
      }
      for (String body : bodies) {
        int status = rollcall.status(route.method(), route.path(), body, "Authorization", token);
        assertThat(status)
            .as("%s %s", route, body.substring(0, Math.min(body.length(), 200)))
            .isLessThan(500);
      }
    }
  }

  /// The status of each registration, for `Forwarded` addresses that a proxy or a stranger names.
  private List<Integer> registrations(String from, String name, List<String> forwarded)
      throws IOException, InterruptedException {
    List<Integer> statuses = new ArrayList<>();
    for (int i = 0; i < forwarded.size(); i++) {
      Process curl =
          new ProcessBuilder(
                  "curl",
                  "-s",
                  "-o",
                  "/dev/null",
                  "-w",
                  "%{http_code}",
                  "--interface",
                  from,
                  "-H",
                  "X-Forwarded-For: " + forwarded.get(i),
                  "-H",
                  "Content-Type: application/json",
                  "-d",
                  People.credentials(name + i + "@example.org", People.PASSWORD),
                  "http://127.0.0.1:" + rollcall.port() + "/register")
              .start();
      statuses.add(Integer.parseInt(new String(curl.getInputStream().readAllBytes(), UTF_8)));
      assertThat(curl.waitFor()).isZero();
    }
    return statuses;
  }

  private static List<String> addresses(String each) {
    return IntStream.range(0, 14).mapToObj(each::formatted).toList();
  }

  @Test
  void registrationsAreLimitedForEachAddressWhateverAStrangerForwards() throws Exception {
    assertThat(registrations("127.0.0.3", "stranger", addresses("198.51.100.%d")))
        .as("who is no trusted proxy is counted with its own address")
        .contains(201)
        .endsWith(429);
    assertThat(registrations("127.0.0.2", "v4", addresses("198.51.100.%d")))
        .as("a proxy tells of many")
        .containsOnly(201);
    assertThat(registrations("127.0.0.2", "chain", addresses("192.0.2.%d, 203.0.113.7")))
        .as("only the last address of a chain is the proxy's word")
        .contains(201)
        .endsWith(429);
    assertThat(registrations("127.0.0.2", "one", addresses("2001:db8:1:1::%x")))
        .as("a /64 is one address")
        .contains(201)
        .endsWith(429);
    assertThat(registrations("127.0.0.2", "many", addresses("2001:db8:2:%x::1")))
        .as("each /64")
        .containsOnly(201);
  }

  @Test
  void aThousandWrongPasswordsAreRefusedAndTheChecksGoOn() throws Exception {
    int before = ticks();
    List<Future<Answer>> sent = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
      for (int i = 0; i < 1_000; i++) {
        String body = People.credentials("user@example.org", "wrong " + i);
        sent.add(threads.submit(() -> rollcall.send("POST", "/login", body)));
      }
    }
    int wrong = 0;
    for (Future<Answer> each : sent) {
      assertThat(each.get().status()).isIn(401, 429);
      wrong += each.get().status() == 401 ? 1 : 0;
    }
    assertThat(wrong).as("passwords that were compared").isBetween(1, 12);
    await().atMost(PATIENCE).until(() -> ticks() > before + 1);
  }

  private int ticks() {
    return rollcall
        .send("GET", "/v1/services/1/ticks", "", "Authorization", operator)
        .json()
        .at("/data/ticks/data")
        .size();
  }
}
