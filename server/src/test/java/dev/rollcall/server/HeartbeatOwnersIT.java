package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Answer;
import dev.rollcall.server.RunningRollcall.Plan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Heartbeats of two accounts and of the operator, with the same names, on SQLite.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HeartbeatOwnersIT {
  private static final String NOBODY = "";

  @TempDir static Path folder;

  private Receiver ofOperator;
  private Receiver ofUser;
  private Receiver ofOther;
  private RunningRollcall rollcall;
  private String user;
  private String other;

  /// Where the rows are.
  String database() throws IOException {
    return "";
  }

  @BeforeAll
  void start() throws IOException {
    ofOperator = new Receiver();
    ofUser = new Receiver();
    ofOther = new Receiver();
    rollcall =
        Plan.in(folder)
            .yaml("heartbeat: {startup-grace: 0s}\n")
            .flags("--database=" + database(), "--alert-uri=" + ofOperator.url())
            .flags("--accounts-heartbeats=12", "--accounts-reach-allow=127.0.0.1")
            .start();
    user = account("user@example.org");
    other = account("other@example.org");
    channel(user, ofUser);
    channel(other, ofOther);
  }

  @AfterAll
  void stop() {
    rollcall.close();
    ofOperator.close();
    ofUser.close();
    ofOther.close();
  }

  private String account(String email) {
    String body = "{\"Email\": \"%s\", \"Password\": \"XXXXXXXX\"}".formatted(email);
    assertThat(rollcall.send("POST", "/register", body).status()).isEqualTo(201);
    return rollcall.send("POST", "/login", body).json().stringValue();
  }

  private void channel(String token, Receiver receiver) {
    String body =
        "{\"name\":\"mine\",\"type\":\"alert-uri\",\"url\":\"%s\"}".formatted(receiver.url());
    assertThat(send("POST", "/v1/channels", body, token).status()).isEqualTo(201);
  }

  private Answer send(String method, String path, String body, String token) {
    return token.equals(NOBODY)
        ? rollcall.send(method, path, body)
        : rollcall.send(method, path, body, "Authorization", token);
  }

  private int ping(String token, String path) {
    return send("GET", "/ping" + path, "", token).status();
  }

  private JsonNode heartbeat(String token, String name) {
    Answer answer = send("GET", "/v1/heartbeats/" + name, "", token);
    assertThat(answer.status()).as(name).isEqualTo(200);
    return answer.json().at("/data/heartbeat/data");
  }

  private String state(String token, String name) {
    return heartbeat(token, name).get("state").stringValue();
  }

  private List<String> listed(String token) {
    return send("GET", "/v1/heartbeats", "", token)
        .json()
        .at("/data/heartbeats/data")
        .valueStream()
        .map(row -> row.get("name").stringValue())
        .toList();
  }

  @Test
  void eachOwnerHasHeartbeatsOfTheSameName() {
    assertThat(ping(NOBODY, "?name=same&frequency=1h")).isEqualTo(200);
    assertThat(ping(user, "?name=same&frequency=2h")).isEqualTo(200);
    assertThat(ping(other, "/same?frequency=3h")).isEqualTo(200);
    assertThat(ping(user, "/same")).isEqualTo(200);
    assertThat(heartbeat(NOBODY, "same").get("frequency").stringValue()).isEqualTo("1h");
    assertThat(heartbeat(user, "same").get("frequency").stringValue()).isEqualTo("2h");
    assertThat(heartbeat(other, "same").get("frequency").stringValue()).isEqualTo("3h");
    assertThat(heartbeat(NOBODY, "same").get("count").asInt()).isEqualTo(1);
    assertThat(heartbeat(user, "same").get("count").asInt()).isEqualTo(2);
    assertThat(heartbeat(other, "same").get("count").asInt()).isEqualTo(1);
    assertThat(listed(user)).containsOnlyOnce("same");
    assertThat(listed(NOBODY)).containsOnlyOnce("same");
  }

  @Test
  void nobodySeesOrChangesWhatIsNotTheirs() {
    assertThat(ping(user, "/private?frequency=1h")).isEqualTo(200);
    assertThat(ping(NOBODY, "/operators?frequency=1h")).isEqualTo(200);
    for (String token : List.of(other, NOBODY)) {
      assertThat(listed(token)).doesNotContain("private");
      assertThat(send("GET", "/v1/heartbeats/private", "", token).status()).isEqualTo(404);
      assertThat(send("POST", "/v1/heartbeats/private/pause", "", token).status()).isEqualTo(404);
      assertThat(send("POST", "/v1/heartbeats/private/resume", "", token).status()).isEqualTo(404);
      assertThat(send("DELETE", "/ping/private", "", token).status()).isEqualTo(404);
      assertThat(ping(token, "/remove?name=private")).isEqualTo(404);
      assertThat(ping(token, "/private")).as("a first ping states its terms").isEqualTo(400);
    }
    for (String action : List.of("pause", "resume")) {
      assertThat(send("POST", "/v1/heartbeats/operators/" + action, "", user).status())
          .isEqualTo(404);
    }
    assertThat(send("GET", "/v1/heartbeats/operators", "", user).status()).isEqualTo(404);
    assertThat(send("DELETE", "/ping/operators", "", user).status()).isEqualTo(404);
    assertThat(listed(user)).contains("private").doesNotContain("operators");
    assertThat(rollcall.page("/heartbeats")).contains("operators").doesNotContain("private");
    assertThat(rollcall.page("/heartbeat?name=private")).doesNotContain("1h");
    assertThat(rollcall.health("/metrics").body())
        .contains("heartbeat=\"operators\"")
        .doesNotContain("heartbeat=\"private\"");
    assertThat(state(user, "private")).isEqualTo("up");
  }

  @Test
  void pausingAndRemovingAreOfOneOwner() {
    for (String token : List.of(NOBODY, user, other)) {
      assertThat(ping(token, "/changed?frequency=1h")).isEqualTo(200);
    }
    Answer paused = send("POST", "/v1/heartbeats/changed/pause", "", user);
    assertThat(paused.json().at("/data/heartbeat/data/state").asString("")).isEqualTo("paused");
    assertThat(state(user, "changed")).isEqualTo("paused");
    assertThat(state(other, "changed")).isEqualTo("up");
    assertThat(state(NOBODY, "changed")).isEqualTo("up");
    assertThat(send("POST", "/v1/heartbeats/changed/resume", "", user).status()).isEqualTo(200);
    assertThat(state(user, "changed")).isEqualTo("up");
    assertThat(send("DELETE", "/ping/changed", "", other).status()).isEqualTo(200);
    assertThat(send("GET", "/v1/heartbeats/changed", "", other).status()).isEqualTo(404);
    assertThat(listed(user)).contains("changed");
    assertThat(listed(NOBODY)).contains("changed");
  }

  @Test
  void keysAreOfOneOwner() {
    for (String token : List.of(NOBODY, user)) {
      assertThat(ping(token, "/keyed?frequency=1h")).isEqualTo(200);
    }
    String path = "/v1/heartbeats/keyed";
    String keys = "{\"tags\":[\"nightly\"],\"severity\":\"warning\",\"depends-on\":\"db\"}";
    assertThat(send("PATCH", path, keys, user).status()).isEqualTo(200);
    assertThat(send("PATCH", path, keys, other).status()).isEqualTo(404);
    assertThat(heartbeat(NOBODY, "keyed").has("tags")).isFalse();
    JsonNode data =
        send("PATCH", path, "{\"tags\":null,\"runbook\":\"https://w.example/\"}", user)
            .json()
            .at("/data/heartbeat/data");
    assertThat(data.get("severity").stringValue()).isEqualTo("warning");
    assertThat(data.get("runbook").stringValue()).isEqualTo("https://w.example/");
    assertThat(data.get("depends-on").toString()).isEqualTo("[\"db\"]");
    assertThat(data.has("tags")).isFalse();
    assertThat(data.get("origin").stringValue()).isEqualTo("api");
    assertThat(send("GET", "/v1/heartbeats", "", user).json().toString())
        .contains("https://w.example/");
    for (String wrong : List.of("{\"severity\":\"bad\"}", "{\"frequency\":\"1h\"}", "[]")) {
      assertThat(send("PATCH", path, wrong, user).status()).as(wrong).isEqualTo(400);
    }
    assertThat(ping(user, "/keyed?frequency=2h")).isEqualTo(200);
    assertThat(heartbeat(user, "keyed").get("frequency").stringValue()).isEqualTo("2h");
    assertThat(send("DELETE", "/ping/keyed", "", user).status()).isEqualTo(200);
    assertThat(ping(user, "/keyed?frequency=1h")).isEqualTo(200);
    assertThat(heartbeat(user, "keyed").get("origin").stringValue()).isEqualTo("ping");
    assertThat(heartbeat(user, "keyed").has("runbook")).isFalse();
  }

  @Test
  void runsAndTheirOutputAreOfOneOwner() {
    for (String token : List.of(NOBODY, user, other)) {
      assertThat(ping(token, "/runs/start?frequency=1h&rid=1")).isEqualTo(200);
    }
    assertThat(send("POST", "/ping/runs/7?rid=1", "secret output", user).status()).isEqualTo(200);
    JsonNode run = heartbeat(user, "runs").at("/runs/0");
    assertThat(run.get("exit_code").asInt()).isEqualTo(7);
    assertThat(run.get("output").stringValue()).isEqualTo("secret output");
    assertThat(state(user, "runs")).isEqualTo("failed");
    for (String token : List.of(NOBODY, other)) {
      assertThat(heartbeat(token, "runs").toString())
          .contains("\"result\":\"running\"")
          .doesNotContain("secret");
    }
    await().atMost(PATIENCE).until(() -> ofUser.about("runs").size() == 1);
    assertThat(ofUser.about("runs").getFirst().query()).contains("reason=failed");
    assertThat(ofOperator.about("runs")).isEmpty();
    assertThat(ofOther.about("runs")).isEmpty();
  }

  @Test
  void whoIsLateIsToldToItsOwnerOnly() {
    assertThat(ping(NOBODY, "/late-operator?frequency=1s")).isEqualTo(200);
    assertThat(ping(user, "/late-user?frequency=1s")).isEqualTo(200);
    assertThat(ping(other, "/late-user?frequency=1h")).isEqualTo(200);
    assertThat(ping(NOBODY, "/late-user?frequency=1h")).isEqualTo(200);
    await().atMost(PATIENCE).until(() -> !ofOperator.about("late-operator").isEmpty());
    await().atMost(PATIENCE).until(() -> !ofUser.about("late-user").isEmpty());
    assertThat(state(user, "late-user")).isEqualTo("late");
    assertThat(state(other, "late-user")).isEqualTo("up");
    assertThat(state(NOBODY, "late-user")).isEqualTo("up");
    assertThat(ofOperator.about("late-user")).isEmpty();
    assertThat(ofOther.calls()).isEmpty();
    assertThat(ofUser.about("late-operator")).isEmpty();
    assertThat(rollcall.log()).contains("'late-operator' is late").doesNotContain("late-user");
  }

  @Test
  void aTokenPingsForItsAccountIfItMay() {
    String pings = token("pings", "ping");
    String reads = token("reads", "read");
    assertThat(ping(pings, "/scoped?frequency=1h")).isEqualTo(200);
    assertThat(ping(reads, "/scoped?frequency=1h")).isEqualTo(403);
    assertThat(send("GET", "/v1/heartbeats/scoped", "", pings).status()).isEqualTo(403);
    assertThat(state(reads, "scoped")).isEqualTo("up");
    assertThat(send("POST", "/v1/heartbeats/scoped/pause", "", pings).status()).isEqualTo(403);
    assertThat(listed(NOBODY)).doesNotContain("scoped");
    for (String wrong :
        List.of(
            "rc_" + "x".repeat(43),
            user + "x",
            pings.substring(0, pings.length() - 1),
            pings + "x",
            user.substring(0, user.indexOf('.')))) {
      assertThat(ping(wrong, "/scoped?frequency=1h")).as(wrong).isEqualTo(401);
    }
    assertThat(listed(NOBODY)).doesNotContain("scoped");
    assertThat(send("DELETE", "/ping/scoped", "", pings).status()).isEqualTo(200);
    assertThat(
            rollcall
                .send(
                    "GET",
                    "/ping/scoped?frequency=1h",
                    "",
                    "Authorization",
                    user,
                    "Sec-Fetch-Site",
                    "cross-site")
                .status())
        .isEqualTo(403);
  }

  private String token(String name, String scope) {
    return send(
            "POST",
            "/v1/tokens",
            "{\"name\":\"%s\",\"scopes\":[\"%s\"]}".formatted(name, scope),
            user)
        .json()
        .at("/data/token/data/token")
        .stringValue();
  }

  @Test
  void anAccountHasNoMoreThanItMayHave() {
    String token = account("many@example.org");
    for (int i = 0; i < 12; i++) {
      assertThat(ping(token, "/many-" + i + "?frequency=1h")).isEqualTo(200);
    }
    Answer refused = send("GET", "/ping/many-12?frequency=1h", "", token);
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.json().toString()).contains("12 heartbeats").contains("remove one");
    assertThat(ping(token, "/many-0")).isEqualTo(200);
    assertThat(send("DELETE", "/ping/many-0", "", token).status()).isEqualTo(200);
    assertThat(ping(token, "/many-12?frequency=1h")).isEqualTo(200);
  }

  @Test
  void channelsAreOfOneOwner() {
    assertThat(channels(user)).containsExactly("mine");
    assertThat(channels(NOBODY)).containsExactly("alert-uri");
    assertThat(send("GET", "/v1/channels/alert-uri", "", user).status()).isEqualTo(404);
    assertThat(send("DELETE", "/v1/channels/alert-uri", "", user).status()).isEqualTo(404);
    assertThat(send("DELETE", "/v1/channels/mine", "", NOBODY).status()).isEqualTo(404);
    assertThat(send("PATCH", "/v1/channels/mine", "{}", NOBODY).status()).isEqualTo(404);
    assertThat(send("GET", "/v1/channels/mine", "", user).json().toString())
        .doesNotContain("127.0.0.1");
    String token = account("channels@example.org");
    String body = "{\"name\":\"c-%d\",\"type\":\"alert-uri\",\"url\":\"https://a.example/\"}";
    for (int i = 0; i < 20; i++) {
      assertThat(send("POST", "/v1/channels", body.formatted(i), token).status()).isEqualTo(201);
    }
    assertThat(send("POST", "/v1/channels", body.formatted(20), token).status()).isEqualTo(409);
    assertThat(rollcall.health("/metrics").body()).doesNotContain("/c-1").doesNotContain("c-19");
  }

  private List<String> channels(String token) {
    return send("GET", "/v1/channels", "", token)
        .json()
        .at("/data/channels/data")
        .valueStream()
        .map(row -> row.get("name").stringValue())
        .toList();
  }

  @Test
  void anEmptyTokenCountsForNobody() {
    for (String shown : List.of("Bearer ", "Bearer", " ")) {
      assertThat(ping(shown, "/unset?frequency=1h")).as(shown).isEqualTo(401);
    }
  }

  /// The operator's channels call whatever the operator wants, and those of accounts do not.
  @Test
  void deliveriesAreShownToTheirOwnerAlone() {
    String token = account("reaches@example.org");
    String body = "{\"name\":\"hidden\",\"type\":\"alert-uri\",\"url\":\"%s\"}";
    String notPublic = body.formatted(ofOther.url().replace("127.0.0.1", "127.0.0.2"));
    assertThat(send("POST", "/v1/channels", notPublic, token).status()).isEqualTo(400);
    String nobodyThere = body.formatted("http://127.0.0.1:1/");
    assertThat(send("POST", "/v1/channels", nobodyThere, token).status()).isEqualTo(201);
    assertThat(ping(token, "/unreached/start?frequency=1h")).isEqualTo(200);
    assertThat(ping(token, "/unreached/fail")).isEqualTo(200);
    await()
        .atMost(PATIENCE)
        .until(
            () -> send("GET", "/v1/deliveries", "", token).json().toString().contains("unreached"));
    assertThat(ofOther.about("unreached")).isEmpty();
    String own = send("GET", "/v1/deliveries", "", token).json().toString();
    assertThat(own).contains("\"channel\":\"hidden\"");
    assertThat(send("GET", "/v1/deliveries?channel=hidden", "", token).json().toString())
        .contains("unreached");
    assertThat(send("GET", "/v1/deliveries", "", other).json().toString()).doesNotContain("hidden");
  }
}
