package dev.rollcall.server;

import static dev.rollcall.server.People.PASSWORD;
import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Answer;
import dev.rollcall.server.RunningRollcall.Plan;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Teams, their roles and tokens, and invitations, on SQLite.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TeamsIT {
  private static final String SERVICE =
      "{\"name\":\"%s\",\"url\":\"http://example.invalid/\",\"interval\":\"1h\"}";

  @TempDir static Path folder;

  private RunningRollcall rollcall;
  private People people;
  private String owner;
  private String editor;
  private String viewer;
  private String stranger;
  private long team;

  /// Where the rows are.
  String database() throws IOException {
    return "";
  }

  @BeforeAll
  void start() throws IOException {
    rollcall =
        Plan.in(folder)
            .flags("--database=" + database(), "--accounts-teams=4", "--accounts-services=20")
            .flags(People.unlimited())
            .start();
    people = new People(rollcall);
    owner = people.registered("owner@example.org");
    editor = people.registered("editor@example.org");
    viewer = people.registered("viewer@example.org");
    stranger = people.registered("stranger@example.org");
    team = team(owner, "ops");
    join(editor, invitation("editor"));
    join(viewer, invitation("viewer"));
  }

  @AfterAll
  void stop() {
    rollcall.close();
  }

  private long team(String token, String name) {
    Answer made = people.send("POST", "/v1/teams", "{\"name\":\"" + name + "\"}", token);
    assertThat(made.status()).as(made.json().toString()).isEqualTo(201);
    return made.json().at("/data/team/data/id").asLong();
  }

  private String invitation(String role) {
    return invitation(owner, "?team=ops", "{\"role\":\"" + role + "\"}");
  }

  private String invitation(String token, String query, String body) {
    Answer made = people.send("POST", "/v1/invitations" + query, body, token);
    assertThat(made.status()).as(made.json().toString()).isEqualTo(201);
    return made.json().at("/data/invitation/data/invitation").stringValue();
  }

  private Answer join(String token, String code) {
    return people.send("POST", "/v1/teams/join", "{\"invitation\":\"" + code + "\"}", token);
  }

  private long id(String token) {
    return people.get("/v1/account", token).json().at("/data/account/data/id").asLong();
  }

  private List<String> names(String path, String list, String token) {
    return people
        .get(path, token)
        .json()
        .at("/data/" + list + "/data")
        .valueStream()
        .map(row -> row.get("name").stringValue())
        .toList();
  }

  @Test
  void membersDoWhatTheirRoleAllowsAndOthersSeeNothing() {
    Answer made = people.send("POST", "/v1/services?team=ops", SERVICE.formatted("shared"), editor);
    assertThat(made.status()).as(made.json().toString()).isEqualTo(201);
    long service = made.json().at("/data/service/data/id").asLong();
    String one = "/v1/services/" + service;
    for (String token : List.of(owner, editor, viewer)) {
      for (String which : List.of("ops", Long.toString(team))) {
        assertThat(names("/v1/services?team=" + which, "services", token)).contains("shared");
      }
      assertThat(people.get(one + "?team=ops", token).status()).isEqualTo(200);
      assertThat(people.get(one, token).status()).as("without the team").isEqualTo(404);
      assertThat(names("/v1/services", "services", token)).isEmpty();
    }
    assertThat(people.send("PATCH", one + "?team=ops", "{\"interval\":\"2h\"}", viewer).status())
        .isEqualTo(403);
    assertThat(
            people.send("POST", "/v1/services?team=ops", SERVICE.formatted("no"), viewer).status())
        .isEqualTo(403);
    assertThat(people.get("/ping?name=no&frequency=1D&team=ops", viewer).status()).isEqualTo(403);
    assertThat(people.send("PATCH", one + "?team=ops", "{\"interval\":\"2h\"}", editor).status())
        .isEqualTo(200);
    for (String path : List.of("/v1/services", one, "/v1/heartbeats", "/v1/channels", "/")) {
      for (String which : List.of("ops", Long.toString(team), "999999", "%20", "0")) {
        assertThat(people.get(path + "?team=" + which, stranger).status())
            .as(path + which)
            .isEqualTo(404);
      }
    }
    assertThat(people.get(one, stranger).status()).isEqualTo(404);
    assertThat(rollcall.get("/v1/services?team=ops").json().toString()).doesNotContain("shared");
    assertThat(people.send("DELETE", one + "?team=ops", "", owner).status()).isEqualTo(200);
  }

  @Test
  void aTokenOfTheTeamActsForItAndOutlivesItsMaker() {
    String maker = people.registered("maker@example.org");
    join(maker, invitation("owner"));
    String body = "{\"name\":\"jobs\",\"scopes\":[\"ping\",\"read\"]}";
    assertThat(people.send("POST", "/v1/tokens?team=ops", body, editor).status()).isEqualTo(403);
    String token =
        people
            .send("POST", "/v1/tokens?team=ops", body, maker)
            .json()
            .at("/data/token/data/token")
            .stringValue();
    assertThat(people.get("/ping?name=nightly&frequency=1D", token).status()).isEqualTo(200);
    assertThat(names("/v1/heartbeats?team=ops", "heartbeats", viewer)).contains("nightly");
    assertThat(names("/v1/heartbeats", "heartbeats", viewer)).isEmpty();
    String gone = "{\"password\":\"" + PASSWORD + "\"}";
    assertThat(people.send("DELETE", "/v1/account", gone, maker).status()).isEqualTo(200);
    assertThat(people.get("/ping?name=nightly&frequency=1D", token).status()).isEqualTo(200);
    assertThat(names("/v1/heartbeats", "heartbeats", token)).contains("nightly");
    assertThat(people.get("/v1/account", token).status()).isEqualTo(403);
    assertThat(people.get("/v1/teams/" + team, token).status()).isEqualTo(403);
    assertThat(people.get("/v1/heartbeats?team=999999", token).status()).isEqualTo(404);
    assertThat(people.send("POST", "/v1/services", SERVICE.formatted("no"), token).status())
        .isEqualTo(403);
    JsonNode tokens = people.get("/v1/tokens?team=ops", owner).json().at("/data/tokens/data");
    long id = tokens.get(0).get("id").asLong();
    assertThat(people.send("DELETE", "/v1/tokens/" + id, "", owner).status()).isEqualTo(404);
    assertThat(people.send("DELETE", "/v1/tokens/" + id + "?team=ops", "", owner).status())
        .isEqualTo(200);
    assertThat(people.get("/ping?name=nightly&frequency=1D", token).status()).isEqualTo(401);
  }

  @Test
  void anInvitationIsUsedOnceByWhoHasIt() {
    String code = invitation("viewer");
    String first = people.registered("first@example.org");
    assertThat(join(first, code).json().at("/data/team/data/name").asString("")).isEqualTo("ops");
    assertThat(join(stranger, code).status()).isEqualTo(403);
    assertThat(join(first, invitation("owner")).status()).as("a member").isEqualTo(409);
    assertThat(join(stranger, "nonsense").status()).isEqualTo(403);
    for (String token : List.of(editor, viewer, stranger)) {
      int refused = token.equals(stranger) ? 404 : 403;
      assertThat(
              people
                  .send("POST", "/v1/invitations?team=ops", "{\"role\":\"owner\"}", token)
                  .status())
          .isEqualTo(refused);
      assertThat(people.get("/v1/invitations?team=ops", token).status()).isEqualTo(refused);
    }
    for (String body :
        List.of("{}", "{\"role\":7}", "{\"role\":\"boss\"}", "{\"role\":\"viewer\",\"days\":0}")) {
      assertThat(people.send("POST", "/v1/invitations?team=ops", body, owner).status())
          .as(body)
          .isEqualTo(400);
    }
    String revoked = invitation("viewer");
    JsonNode open =
        people.get("/v1/invitations?team=ops", owner).json().at("/data/invitations/data");
    assertThat(open.toString()).contains("owner@example.org").doesNotContain(revoked);
    for (JsonNode each : open) {
      String path = "/v1/invitations/" + each.get("id").asLong();
      assertThat(people.send("DELETE", path + "?team=ops", "", owner).status()).isEqualTo(200);
      assertThat(people.send("DELETE", path + "?team=ops", "", owner).status()).isEqualTo(404);
    }
    assertThat(join(stranger, revoked).status()).isEqualTo(403);
  }

  /// Otherwise who has found a token would be a member for good.
  @Test
  void noTokenChangesWhoBelongsToATeam() {
    String body = "{\"name\":\"writes\",\"scopes\":[\"read\",\"write\"]}";
    String token =
        people
            .send("POST", "/v1/tokens", body, owner)
            .json()
            .at("/data/token/data/token")
            .stringValue();
    String role = "{\"role\":\"owner\"}";
    String member = "/v1/teams/" + team + "/members/" + id(viewer);
    assertThat(people.send("POST", "/v1/invitations?team=ops", role, token).status())
        .isEqualTo(403);
    assertThat(people.send("PATCH", member, role, token).status()).isEqualTo(403);
    assertThat(people.send("DELETE", member, "", token).status()).isEqualTo(403);
    assertThat(people.send("DELETE", "/v1/teams/" + team, "", token).status()).isEqualTo(403);
    assertThat(join(token, "any").status()).isEqualTo(403);
    assertThat(people.get("/v1/teams/" + team, token).status()).isEqualTo(200);
  }

  @Test
  void aTeamAlwaysHasAnOwner() {
    String alone = people.registered("alone@example.org");
    long own = team(alone, "alone");
    String me = "/v1/teams/" + own + "/members/" + id(alone);
    assertThat(people.send("DELETE", me, "", alone).status()).isEqualTo(409);
    assertThat(people.send("PATCH", me, "{\"role\":\"viewer\"}", alone).status()).isEqualTo(409);
    String second = people.registered("second@example.org");
    join(second, invitation(alone, "?team=alone", "{\"role\":\"viewer\"}"));
    String password = "{\"password\":\"" + PASSWORD + "\"}";
    assertThat(people.send("DELETE", "/v1/account", password, alone).status()).isEqualTo(409);
    assertThat(people.send("DELETE", me, "", second).status()).isEqualTo(403);
    String other = "/v1/teams/" + own + "/members/" + id(second);
    assertThat(people.send("PATCH", other, "{\"role\":\"owner\"}", second).status()).isEqualTo(403);
    assertThat(people.send("PATCH", other, "{\"role\":\"owner\"}", alone).status()).isEqualTo(200);
    assertThat(people.send("DELETE", me, "", alone).status()).isEqualTo(200);
    assertThat(people.get("/v1/services?team=" + own, alone).status()).isEqualTo(404);
    assertThat(people.get("/v1/teams/" + own, alone).status()).isEqualTo(404);
    assertThat(people.get("/v1/teams/" + own, second).status()).isEqualTo(200);
  }

  @Test
  void aTeamIsDeletedWithAllThatIsItsOwn() {
    String maker = people.registered("deleter@example.org");
    long own = team(maker, "short");
    assertThat(
            people
                .send("POST", "/v1/services?team=short", SERVICE.formatted("goes"), maker)
                .status())
        .isEqualTo(201);
    assertThat(people.get("/ping?name=goes&frequency=1D&team=short", maker).status())
        .isEqualTo(200);
    String code = invitation(maker, "?team=short", "{\"role\":\"viewer\"}");
    assertThat(people.send("DELETE", "/v1/teams/" + own, "", stranger).status()).isEqualTo(404);
    assertThat(people.send("DELETE", "/v1/teams/" + own, "", maker).status()).isEqualTo(200);
    assertThat(join(stranger, code).status()).isEqualTo(403);
    assertThat(people.get("/v1/services?team=short", maker).status()).isEqualTo(404);
    assertThat(people.get("/v1/teams", maker).json().at("/data/teams/data").isEmpty()).isTrue();
    String all = operator();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(names("/v1/services", "services", all)).doesNotContain("goes");
              assertThat(names("/v1/heartbeats", "heartbeats", all)).doesNotContain("goes");
            });
  }

  /// An API token of an operator.
  private String operator() {
    if (operator.isEmpty()) {
      operator = people.operator("op@example.org");
    }
    return operator;
  }

  private String operator = "";

  /// What an open page gets after `then`, until the server ends it.
  private String live(String path, String token, Runnable then) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient();
        ExecutorService reader = Executors.newVirtualThreadPerTaskExecutor()) {
      HttpRequest asked =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + rollcall.port() + path))
              .header("Authorization", token)
              .build();
      HttpResponse<InputStream> stream =
          client.send(asked, HttpResponse.BodyHandlers.ofInputStream());
      assertThat(stream.statusCode()).isEqualTo(200);
      Future<byte[]> all = reader.submit(stream.body()::readAllBytes);
      then.run();
      return new String(all.get(PATIENCE.toSeconds(), TimeUnit.SECONDS), UTF_8);
    }
  }

  @Test
  void openPagesEndWithTheMembershipAndTheSession() throws Exception {
    String leaver = people.registered("leaver@example.org");
    join(leaver, invitation("viewer"));
    String member = "/v1/teams/" + team + "/members/" + id(leaver);
    assertThat(
            live(
                "/live?team=ops",
                leaver,
                () -> {
                  assertThat(people.send("DELETE", member, "", owner).status()).isEqualTo(200);
                  people.send("POST", "/v1/services?team=ops", SERVICE.formatted("unseen"), owner);
                }))
        .doesNotContain("unseen");
    String heartbeat = "/ping?name=unseen&frequency=1D";
    String other = people.token("leaver@example.org");
    assertThat(
            live(
                "/heartbeats/live",
                leaver,
                () -> {
                  assertThat(people.send("POST", "/logout", "", leaver).status()).isEqualTo(200);
                  assertThat(people.get(heartbeat, other).status()).isEqualTo(200);
                }))
        .doesNotContain("unseen");
  }

  @Test
  void anOperatorActsForEveryTeam() {
    assertThat(
            people
                .send("POST", "/v1/services?team=" + team, SERVICE.formatted("by op"), operator())
                .status())
        .isEqualTo(201);
    assertThat(names("/v1/services?team=ops", "services", viewer)).contains("by op");
    assertThat(people.get("/v1/services?team=999999", operator()).status()).isEqualTo(404);
    assertThat(people.get("/v1/teams/" + team, operator()).status()).isEqualTo(200);
  }

  @Test
  void anAccountOwnsSoManyTeamsAndNames() {
    String many = people.registered("many@example.org");
    for (int i = 0; i < 4; i++) {
      team(many, i < 2 ? "same" : "t" + i);
    }
    assertThat(people.send("POST", "/v1/teams", "{\"name\":\"fifth\"}", many).status())
        .isEqualTo(409);
    assertThat(join(many, invitation("owner")).status()).as("one more").isEqualTo(409);
    assertThat(join(many, invitation("viewer")).status()).isEqualTo(200);
    String member = "/v1/teams/" + team + "/members/" + id(many);
    assertThat(people.send("PATCH", member, "{\"role\":\"owner\"}", owner).status()).isEqualTo(409);
    assertThat(people.get("/v1/services?team=same", many).status()).isEqualTo(400);
    for (String name : List.of("", " ", "12", "x".repeat(101))) {
      assertThat(people.send("POST", "/v1/teams", "{\"name\":\"" + name + "\"}", stranger).status())
          .as(name)
          .isEqualTo(400);
    }
  }

  @Test
  void pagesTellTeamsOfOneNameApart() throws Exception {
    String twin = people.registered("twin@example.org");
    long first = team(twin, "twins");
    long second = team(twin, "twins");
    Browser browser = new Browser(rollcall);
    browser.form(
        "/account/login", "&email=twin%40example.org&password=" + PASSWORD.replace(' ', '+'));
    assertThat(browser.page())
        .contains("twins</a>, number " + first, "twins</a>, number " + second);
    assertThat(browser.step("/team?team=" + second).body())
        .contains("Team twins, number " + second);
    assertThat(new Browser(rollcall).get("/accounts").body())
        .contains("twins, number " + first + "</a>", "twins, number " + second + "</a>");
  }

  @Test
  void urlsBelongToTheTeamForWhichARequestActs() {
    String of = "?team=" + team;
    String body = "{\"URL\":\"http://example.invalid/of-the-team\"}";
    assertThat(people.send("POST", "/url" + of, body, viewer).status()).isEqualTo(403);
    Answer made = people.send("POST", "/url" + of, body, editor);
    assertThat(made.status()).isEqualTo(201);
    assertThat(made.json().get("UserID").asLong()).isEqualTo(team);
    String one = "/url/" + made.json().get("ID").asLong();
    assertThat(people.get("/url" + of, viewer).json().toString()).contains("of-the-team");
    assertThat(people.get("/url", editor).json().toString()).doesNotContain("of-the-team");
    assertThat(people.get(one, editor).status()).as("without the team").isEqualTo(404);
    assertThat(people.get(one + "/statuses" + of, viewer).status()).isEqualTo(200);
    assertThat(people.send("PATCH", one + of, "{\"Period\":5}", editor).status()).isEqualTo(200);
    assertThat(people.send("DELETE", one + of, "", viewer).status()).isEqualTo(403);
    for (String path : List.of("/url" + of, one + of, one)) {
      assertThat(people.get(path, stranger).status()).as(path).isEqualTo(404);
    }
    assertThat(people.send("DELETE", one + of, "", editor).status()).isEqualTo(200);
  }

  @Test
  void whoIsNotSignedInIsLedToSignInFromTheAddressesOfATeam() throws Exception {
    Browser browser = new Browser(rollcall);
    for (String path : List.of("/", "/heartbeats", "/heartbeat")) {
      Browser.Page answer =
          browser.step(
              path + "?name=a&team=" + team, "Accept", "text/html", "X-Forwarded-For", "192.0.2.1");
      assertThat(answer.status()).as(path).isEqualTo(401);
      assertThat(answer.body())
          .contains("You are not signed in", "a team is for its members", "href=\"/account\"");
      assertThat(browser.step(path + "?name=a&team=" + team, "Accept", "text/html").status())
          .as("at this machine")
          .isEqualTo(401);
    }
    assertThat(rollcall.get("/v1/services?team=" + team).status()).isEqualTo(401);
  }

  @Test
  void theAuditSaysWhatWasMade() {
    String maker = people.registered("made@example.org");
    long id = team(maker, "recorded");
    String of = "?team=" + id;
    String code = invitation(maker, of, "{\"role\":\"viewer\"}");
    join(people.registered("joins@example.org"), code);
    String forNew = invitation(maker, of, "{\"role\":\"viewer\"}");
    Answer registered =
        rollcall.send(
            "POST",
            "/register",
            People.credentials("new@example.org", PASSWORD)
                .replace("}", ",\"Invitation\":\"" + forNew + "\"}"));
    assertThat(registered.status()).isEqualTo(201);
    long service = made("/v1/services" + of, SERVICE.formatted("r"), "service", maker);
    String channel = "{\"name\":\"rec\",\"type\":\"alert-uri\",\"url\":\"http://example.com/\"}";
    people.send("POST", "/v1/channels" + of, channel, maker);
    String body = "{\"URL\":\"http://example.invalid/\"}";
    long url = people.send("POST", "/url", body, maker).json().get("ID").asLong();
    List<String> audit =
        rollcall
            .get("/v1/audit")
            .json()
            .at("/data/audit/data")
            .valueStream()
            .map(
                row ->
                    row.get("caller").stringValue().replace("@example.org", "")
                        + " "
                        + row.get("action").stringValue()
                        + ": "
                        + row.get("target").stringValue())
            .toList();
    assertThat(audit)
        .contains(
            "made POST /register: ",
            "made POST /v1/teams: /v1/teams/" + id,
            "joins POST /v1/teams/join: /v1/teams/join/" + id,
            "new POST /register: into team " + id,
            "made POST /v1/services: /v1/services/" + service + of,
            "made POST /v1/channels: /v1/channels/rec" + of,
            "made POST /url: /url/" + url)
        .filteredOn(
            row -> row.matches("made POST /v1/invitations: /v1/invitations/\\d+\\?team=" + id))
        .hasSize(2);
  }

  private long made(String path, String body, String kind, String token) {
    Answer made = people.send("POST", path, body, token);
    assertThat(made.status()).as(made.json().toString()).isEqualTo(201);
    return made.json().at("/data/" + kind + "/data/id").asLong();
  }

  @Test
  void manyRequestsAtOncePassNoLimit() throws Exception {
    String greedy = people.registered("greedy@example.org");
    assertThat(madeAtOnce("/v1/services", SERVICE, greedy)).as("services").isEqualTo(20);
    String channel = "{\"name\":\"%s\",\"type\":\"alert-uri\",\"url\":\"http://example.invalid/\"}";
    assertThat(madeAtOnce("/v1/channels", channel, greedy)).as("channels").isEqualTo(20);
    String token = "{\"name\":\"%s\",\"scopes\":[\"read\"]}";
    assertThat(madeAtOnce("/v1/tokens", token, greedy)).as("API tokens").isEqualTo(100);
    assertThat(madeAtOnce("/v1/teams", "{\"name\":\"%s\"}", greedy)).as("teams").isEqualTo(4);
    String maintenance = "{\"title\":\"%s\",\"names\":[\"shop\"],\"for\":\"1h\"}";
    String tooLong = maintenance.formatted("long").replace("shop", "s".repeat(4_096));
    assertThat(people.send("POST", "/v1/maintenance", tooLong, greedy).status()).isEqualTo(400);
    assertThat(madeAtOnce("/v1/maintenance", maintenance, greedy)).as("maintenance").isEqualTo(20);
    assertThat(names("/v1/teams", "teams", greedy)).hasSize(4);
  }

  /// How many of 120 requests that come at once make what they ask for. The others get 409.
  private long madeAtOnce(String path, String body, String token) throws Exception {
    try (ExecutorService clients = Executors.newFixedThreadPool(40)) {
      List<Future<Answer>> sent = new ArrayList<>();
      for (int i = 0; i < 120; i++) {
        String named = body.formatted("n" + i);
        sent.add(clients.submit(() -> people.send("POST", path, named, token)));
      }
      long made = 0;
      for (Future<Answer> each : sent) {
        Answer answer = each.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(answer.status()).as(answer.json().toString()).isIn(201, 409);
        made += answer.status() == 201 ? 1 : 0;
      }
      return made;
    }
  }

  @Test
  void aBrowserInvitesAndJoins() throws Exception {
    String login = "&email=%s%%40example.org&password=" + PASSWORD.replace(' ', '+');
    Browser host = new Browser(rollcall);
    Browser guest = new Browser(rollcall);
    people.registered("host@example.org");
    host.form("/account/login", login.formatted("host"));
    assertThat(host.form("/account/team", "&name=a%00b").status()).isEqualTo(400);
    String page = host.after(host.form("/account/team", "&name=%3Cb%3Enet%26ops"));
    assertThat(page).contains("Team &lt;b&gt;net&amp;ops").doesNotContain("<b>net");
    Matcher address = Pattern.compile("/team/invite(\\?team=\\d+)").matcher(page);
    assertThat(address.find()).isTrue();
    String of = address.group(1);
    String invited = host.form("/team/invite" + of, "&role=viewer").body();
    assertThat(invited).contains(">http://127.0.0.1:" + rollcall.port() + "/invitation?code=");
    assertThat(host.form("/team/invite" + of, "&role=viewer", "X-Forwarded-Proto", "https").body())
        .contains(">https://127.0.0.1:" + rollcall.port() + "/invitation?code=");
    Matcher link = Pattern.compile("/invitation\\?code=([\\w-]+)").matcher(invited);
    assertThat(link.find()).as(invited).isTrue();
    assertThat(guest.step(link.group()).body())
        .contains("host@example.org invites you", "viewer", "Register");
    String register = login.formatted("guest") + "&invitation=" + link.group(1);
    guest.form("/account/register", register);
    assertThat(guest.step("/team" + of).body())
        .contains("guest@example.org", "Leave the team")
        .doesNotContain("Invite", "Delete the team");
    assertThat(guest.after(guest.form("/team/rename" + of, "&name=mine")))
        .contains("only an owner");
    assertThat(guest.step("/" + of).body()).contains("/v1/services" + of);
    String id = Long.toString(memberId(host.step("/team" + of).body(), "guest"));
    assertThat(host.after(host.form("/team/role" + of, "&role=editor&id=" + id)))
        .contains("The role was changed.");
    assertThat(guest.after(guest.form("/team/remove" + of, "&id=" + id)))
        .contains("You have left the team.");
    assertThat(guest.step("/team" + of).status()).isEqualTo(404);
    assertThat(host.after(host.form("/team/delete" + of, "&name=other"))).contains("nothing was");
    assertThat(host.after(host.form("/team/delete" + of, "&name=%3Cb%3Enet%26ops")))
        .contains("The team is being deleted.");
  }

  private static long memberId(String page, String name) {
    Matcher id =
        Pattern.compile("(?s)<strong>" + name + "@.*?name=\"id\" value=\"(\\d+)").matcher(page);
    assertThat(id.find()).as(page).isTrue();
    return Long.parseLong(id.group(1));
  }
}
