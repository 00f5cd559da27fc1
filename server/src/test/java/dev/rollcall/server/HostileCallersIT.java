package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Answer;
import dev.rollcall.server.RunningRollcall.Plan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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

  /// In a path, a query or a form, encoded.
  private static final List<String> TEXTS =
      List.of(
          "",
          "-1",
          "0",
          "1",
          "1.5",
          "1e999999",
          "9223372036854775807",
          "9223372036854775808",
          "%00",
          "a%00b",
          "%ff",
          "%ed%a0%80",
          "%C3%28",
          "%e2%80%ae",
          "%0d%0aX:%20y",
          "%27%3b--",
          "%3Cscript%3E",
          "..%2f..%2fetc%2fpasswd",
          "%252e",
          "x".repeat(7_000),
          "%f0%9f%99%82".repeat(300),
          "service:own",
          "%7B%22a%22:1%7D",
          "9999-12-31T23:59:59Z",
          "P1D",
          "true");

  private static final int HALF = TEXTS.size() / 2;

  /// The names of parameters of queries.
  private static final List<String> PARAMETERS =
      List.of(
              "state before limit kind subject tag q name key code team invitation error channel v step"
                  .split(" "),
              "from to seen node ip iss page sort frequency grace schedule tz run format"
                  .split(" "))
          .stream()
          .flatMap(Stream::of)
          .toList();

  /// Routes of `POST` that are no forms: who calls them shows a token, or is a job or a node.
  private static final Set<String> NO_FORMS =
      Set.of(
          "/",
          "/register",
          "/login",
          "/logout",
          "/url",
          "/next",
          "/hops",
          "/targets",
          "/results",
          "/rotate");

  /// So many that one address may try in a minute: those of the people here, and one.
  private static final int REGISTRATIONS = 6;

  @TempDir static Path folder;

  private static final Pattern PART = Pattern.compile("\\{[a-z]+}");
  private static final Pattern FIELD = Pattern.compile(" name=\"([a-z-]+)\"");

  private RunningRollcall rollcall;
  private String user;
  private String operator;
  private String stranger;
  private Browser browser;
  private Browser another;

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
        of("POST", "/v1/incidents", "title=\"q\"", "title", "subjects", "severity", "told"),
        of("PATCH", "/v1/incidents/1", "", "severity", "title", "phase"),
        of("POST", "/v1/incidents/1/notes", "text=\"q\"", "text", "public"),
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
            .flags(
                "--trusted-proxies=127.0.0.2",
                "--accounts-logins-per-minute=1000000",
                "--accounts-registrations-per-minute=" + REGISTRATIONS,
                "--log-level=debug")
            .start();
    People people = new People(rollcall);
    user = people.registered("user@example.org");
    operator = people.operator("operator@example.org");
    // all people at the beginning, because a test of floods uses up the registrations of a minute
    stranger = people.registered("stranger@example.org");
    browser = signedIn("browser@example.org");
    another = signedIn("another@example.org");
  }

  @AfterAll
  void stop() {
    rollcall.close();
  }

  /// Each value in the place of each key, of a user and of an operator in turn: each takes half of
  /// the values of a key, and the other half of the next key.
  @ParameterizedTest
  @MethodSource("routes")
  void noRouteFailsWhateverComes(Taken route) {
    List<String> callers = List.of(user, operator);
    for (String body : BODIES) {
      callers.forEach(token -> notFailing(route, body, token));
    }
    for (int key = 0; key < route.keys().size(); key++) {
      for (int value = 0; value < VALUES.size(); value++) {
        Map<String, String> body = new HashMap<>(route.rest());
        body.put(route.keys().get(key), VALUES.get(value));
        notFailing(route, json(body), callers.get((key + value) % 2));
      }
    }
  }

  private static String json(Map<String, String> body) {
    return body.entrySet().stream()
        .map(each -> "\"" + each.getKey() + "\":" + each.getValue())
        .collect(Collectors.joining(",", "{", "}"));
  }

  private void notFailing(Taken route, String body, String token) {
    assertThat(rollcall.status(route.method(), route.path(), body, "Authorization", token))
        .as("%s %s", route, body.substring(0, Math.min(body.length(), 200)))
        .isLessThan(500);
  }

  @Test
  void nobodyReachesTheIncidentsOfOthersOrOpensOneAboutTheirServices() {
    String asked = "{\"title\":\"q\",\"subjects\":[\"service:own\"]}";
    long id =
        rollcall
            .send("POST", "/v1/incidents", asked, "Authorization", operator)
            .json()
            .at("/data/incident/data/id")
            .asLong();
    String one = "/v1/incidents/" + id;
    assertThat(rollcall.status("GET", one, "", "Authorization", operator)).isEqualTo(200);
    for (String call :
        List.of(
            "GET " + one,
            "PATCH " + one + " {\"title\":\"x\"}",
            "POST " + one + "/notes {\"text\":\"x\"}",
            "POST " + one + "/acknowledge {}",
            "DELETE " + one + "/acknowledge",
            "POST " + one + "/resolve",
            "GET /incidents/" + id,
            "GET /incidents/" + id + "/live")) {
      String[] parts = call.split(" ", 3);
      String body = parts.length < 3 ? "" : parts[2];
      assertThat(rollcall.status(parts[0], parts[1], body, "Authorization", stranger))
          .as(call)
          .isEqualTo(404);
    }
    assertThat(rollcall.status("POST", "/v1/incidents", asked, "Authorization", stranger))
        .isEqualTo(400);
  }

  /// The routes that read, with each text in the place of each part of a path, and with each
  /// parameter. A parameter has two of the texts at one route, the next two at the next route, and
  /// so each text at several routes.
  @Test
  void noPathAndNoQueryFails() {
    List<String> reads =
        MountedRoute.of(rollcall).stream()
            .filter(route -> route.method().equals("GET") && route.port() == rollcall.port())
            .map(MountedRoute::path)
            .filter(path -> !path.endsWith("/live")) // these do not end
            .toList();
    assertThat(reads).hasSizeGreaterThan(40);
    for (int route = 0; route < reads.size(); route++) {
      Set<String> paths = new LinkedHashSet<>(); // one only, where a path has no part
      Matcher part = PART.matcher(reads.get(route));
      for (int i = 0; i < TEXTS.size(); i++) {
        paths.add(part.replaceAll(TEXTS.get(i)));
        for (int j = 0; j < PARAMETERS.size(); j++) {
          if ((route + i + j) % HALF == 0) {
            paths.add(part.replaceAll("1") + "?" + PARAMETERS.get(j) + "=" + TEXTS.get(i));
          }
        }
      }
      for (String path : paths) {
        assertThat(rollcall.status("GET", path, "", "Authorization", operator))
            .as("%s", path.substring(0, Math.min(path.length(), 200)))
            .isLessThan(500);
      }
    }
  }

  private List<String> forms() {
    return MountedRoute.of(rollcall).stream()
        .filter(route -> route.line().contains("POST") && route.port() == rollcall.port())
        .map(MountedRoute::path)
        .filter(path -> !path.startsWith("/v1/") && !path.startsWith("/ping"))
        .filter(path -> !NO_FORMS.contains(path))
        .toList();
  }

  private static String fields(List<String> names, String value) {
    return String.join("", names.stream().map(name -> "&" + name + "=" + value).toList());
  }

  @Test
  void eachFormIsTakenFromAPageOfItsOwnAlone() {
    String token = browser.formToken();
    List<String> names = namesOfFields();
    assertThat(forms()).hasSizeGreaterThan(30);
    for (String form : forms()) {
      String path = PART.matcher(form).replaceAll("1");
      String sent = fields(names, "1");
      assertThat(browser.post(path, sent).status()).as("%s without a token", path).isEqualTo(403);
      assertThat(browser.post(path, another.formToken() + sent).status())
          .as("%s with the token of another browser", path)
          .isEqualTo(403);
      for (String site :
          List.of("Origin: http://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site")) {
        assertThat(browser.post(path, token + sent, site.split(": ")).status())
            .as("%s from %s", path, site)
            .isEqualTo(403);
      }
    }
  }

  /// Each field of each form with each text, while the other fields have others.
  @Test
  void noFormFailsWhateverComes() {
    String token = browser.formToken();
    List<String> names = namesOfFields();
    for (String form : forms()) {
      String path = PART.matcher(form).replaceAll("1");
      for (int i = 0; i < TEXTS.size(); i++) {
        StringBuilder fields = new StringBuilder(token);
        for (int j = 0; j < names.size(); j++) {
          fields.append(fields(List.of(names.get(j)), TEXTS.get((i + j) % TEXTS.size())));
        }
        for (String body : List.of(fields.toString(), token + fields(names, TEXTS.get(i)))) {
          assertThat(browser.post(path, body).status())
              .as("%s %s", path, body.substring(0, Math.min(body.length(), 200)))
              .isLessThan(500);
        }
      }
    }
  }

  private Browser signedIn(String email) {
    new People(rollcall).register(email);
    Browser browser = new Browser(rollcall);
    browser.after(
        browser.form(
            "/account/login",
            Browser.field("email", email) + Browser.field("password", People.PASSWORD)));
    return browser;
  }

  /// The names of all fields of all forms, as the templates have them.
  private static List<String> namesOfFields() {
    try (Stream<Path> templates = Files.walk(Path.of("src/main/jte"))) {
      Set<String> names = new TreeSet<>();
      for (Path each : templates.filter(Files::isRegularFile).toList()) {
        FIELD.matcher(Files.readString(each)).results().forEach(found -> names.add(found.group(1)));
      }
      assertThat(names).contains("password", "title", "note");
      return List.copyOf(names);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
    return IntStream.range(0, REGISTRATIONS + 2).mapToObj(each::formatted).toList();
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
