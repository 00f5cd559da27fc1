package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Plan;
import dev.rollcall.server.sql.TestDatabases;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;

/// What [IncidentIT] is about, where a test needs a start of its own: for a configuration file that
/// changes, or for a kill.
@Execution(ExecutionMode.CONCURRENT)
class IncidentStartIT {
  @TempDir Path folder;

  private MailServer mails;
  private Targets targets;

  /// Where the rows of a start are.
  String database() {
    return "";
  }

  @BeforeEach
  void start() throws IOException {
    mails = new MailServer();
    targets = new Targets();
  }

  @AfterEach
  void stop() throws IOException {
    mails.close();
    targets.close();
  }

  private static Plan plan(Path folder, String database) {
    return Plan.in(folder).flags("--database=" + database);
  }

  private void awaitMails(int many) {
    await().atMost(PATIENCE).until(() -> mails.mails().size() >= many);
    assertThat(mails.mails()).hasSize(many);
  }

  private String jobs(String heartbeats) {
    return """
    incidents: {together: 100ms}
    heartbeat: {startup-grace: 0s}
    channels:
      - {name: ops, type: mail, host: 127.0.0.1, port: %d, starttls: never, from: r@example.org,
         to: ops@example.org, route: {tags: nightly}}
    services:
      - {name: db, url: '%s', interval: 200ms}
    heartbeats: %s
    """
        .formatted(mails.port(), targets.url("/set/db"), heartbeats);
  }

  private static JsonNode heartbeat(RunningRollcall rollcall, String name) {
    return rollcall.get("/v1/heartbeats/" + name).json().at("/data/heartbeat/data");
  }

  @Test
  void aDeclaredJobIsToldAsItsKeysSay() throws Exception {
    targets.set(503);
    String report = "{name: report, frequency: 2s, tags: nightly, depends-on: db}";
    String backup =
        "{name: backup, frequency: 1s, tags: nightly, severity: warning,"
            + " runbook: 'https://wiki.example/backup'}";
    Plan plan = plan(folder, database()).yaml(jobs("[%s, %s]".formatted(backup, report)));
    try (RunningRollcall own = plan.start()) {
      awaitMails(1);
      assertThat(mails.mails().getFirst())
          .contains("Subject: [Late] backup", "https://wiki.example/backup");
      JsonNode late = own.rows("/v1/incidents?state=open&kind=late").getFirst();
      assertThat(late.get("severity").stringValue()).isEqualTo("warning");
      JsonNode db = own.rows("/v1/incidents?subject=service:db").getFirst();
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  own.get("/v1/incidents/" + db.get("id"))
                      .json()
                      .at("/data/incident/data/behind")
                      .toString()
                      .equals("[\"report\"]"));
      assertThat(heartbeat(own, "report").get("state").stringValue()).isEqualTo("late");
      assertThat(mails.mails()).hasSize(1);
      targets.set(200);
      awaitMails(2);
      assertThat(mails.mails().getLast()).contains("Subject: [Late] report");

      assertThat(own.get("/ping/backup?frequency=1h&grace=1h").status()).isEqualTo(200);
      JsonNode declared = heartbeat(own, "backup");
      assertThat(declared.get("frequency").stringValue()).isEqualTo("1s");
      assertThat(declared.get("count").asInt()).isEqualTo(1);
      assertThat(declared.get("origin").stringValue()).isEqualTo("file");
      assertThat(declared.get("runbook").stringValue()).isEqualTo("https://wiki.example/backup");
      assertThat(own.send("DELETE", "/ping/backup", "").status()).isEqualTo(409);
      assertThat(own.send("PATCH", "/v1/heartbeats/backup", "{\"tags\":\"x\"}").status())
          .isEqualTo(409);

      own.configure(jobs("[%s]".formatted(report)));
      await()
          .atMost(PATIENCE)
          .until(() -> heartbeat(own, "backup").get("origin").stringValue().equals("ping"));
      assertThat(heartbeat(own, "backup").has("runbook")).isFalse();
      assertThat(own.get("/ping/backup?frequency=1h").status()).isEqualTo(200);
      assertThat(heartbeat(own, "backup").get("frequency").stringValue()).isEqualTo("1h");

      own.configure(jobs("[]"));
      await().atMost(PATIENCE).until(() -> own.log().contains("would no longer be declared"));
      assertThat(own.health("/ready").body()).contains("1 of 1 heartbeats");
      assertThat(heartbeat(own, "report").get("origin").stringValue()).isEqualTo("file");
    }
  }

  /// Three services, each with its own answer, and a job that depends on their group.
  private String grouped(String groups) {
    String services =
        IntStream.rangeClosed(1, 3)
            .mapToObj(
                i ->
                    "{name: shop-%d, url: '%s', interval: 200ms, group: Shop}"
                        .formatted(i, targets.url("/set/shop-" + i)))
            .collect(Collectors.joining(", "));
    return """
    incidents: {together: 100ms}
    heartbeat: {startup-grace: 0s}
    channels:
      - {name: ops, type: mail, host: 127.0.0.1, port: %d, starttls: never, from: r@example.org,
         to: ops@example.org, route: {names: [Shop, report]}}
    services: [%s]
    heartbeats:
      - {name: report, frequency: 1h, depends-on: Shop}
    groups: %s
    """
        .formatted(mails.port(), services, groups);
  }

  private static JsonNode group(RunningRollcall rollcall) {
    return rollcall.get("/v1/groups").json().at("/data/groups/data/0");
  }

  private static void awaitGroup(RunningRollcall rollcall, String state) {
    await().atMost(PATIENCE).until(() -> group(rollcall).path("state").asString("").equals(state));
  }

  @Test
  void aGroupIsToldWhenTooFewOfItsMembersAreUp() throws Exception {
    String shop = "{name: Shop, rule: 2 of 3, runbook: 'https://wiki.example/shop'}";
    try (RunningRollcall own = plan(folder, database()).yaml(grouped("[" + shop + "]")).start()) {
      awaitGroup(own, "up");
      targets.set("/set/shop-1", 503);
      await()
          .atMost(PATIENCE)
          .until(() -> own.rows("/v1/incidents?state=open&subject=service:shop-1").size() == 1);
      targets.set("/set/shop-3", 503);
      awaitGroup(own, "down");
      awaitMails(1);
      assertThat(mails.mails().getFirst())
          .contains(
              "Subject: [Down] Shop",
              "Why: 1 of 3 up, 2 needed; down: shop-1, shop-3",
              "https://wiki.example/shop");
      JsonNode open = own.rows("/v1/incidents?state=open&subject=group:Shop").getFirst();
      own.get("/ping/report/fail");
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  own.get("/v1/incidents/" + open.get("id"))
                      .json()
                      .at("/data/incident/data/behind")
                      .toString()
                      .equals("[\"report\"]"));
      JsonNode now = group(own);
      assertThat(now.get("up").asInt()).isEqualTo(1);
      assertThat(now.get("members").get(0).toString())
          .isEqualTo("{\"subject\":\"service:shop-1\",\"state\":\"down\"}");
      assertThat(now.at("/uptime/24h/percent").asDouble()).isBetween(0.0, 100.0);
      assertThat(own.page("/groups"))
          .contains("Shop", "Have to be up: 2 of 3", "1 of 3 up", "shop-1: Down");
      assertThat(own.page("/incidents")).contains("href=\"/groups\"");
      assertThat(mails.mails()).hasSize(1);

      own.get("/ping/report");
      targets.set("/set/shop-1", 200);
      awaitMails(2);
      assertThat(mails.mails().getLast()).contains("Subject: [Up again] Shop");

      JsonNode disks =
          own.send("POST", "/v1/maintenance", "{\"groups\":\"Shop\"}")
              .json()
              .at("/data/maintenance/data/id");
      targets.set("/set/shop-1", 503);
      awaitGroup(own, "down");
      assertThat(own.rows("/v1/incidents?state=open&subject=group:Shop")).isEmpty();
      own.send("POST", "/v1/maintenance/" + disks + "/end", "");
      awaitMails(3);
      assertThat(mails.mails().getLast()).contains("Subject: [Down] Shop");
      JsonNode uptime = group(own).at("/uptime/30d");
      assertThat(uptime.get("without_maintenance").asDouble())
          .isBetween(0.0, 100.0)
          .isNotEqualTo(uptime.get("percent").asDouble());
      assertThat(own.page("/groups")).contains("without maintenance");
      own.configure(grouped("[]").replace(", depends-on: Shop", ""));
      await()
          .atMost(PATIENCE)
          .until(() -> own.rows("/v1/incidents?state=open&subject=group:Shop").isEmpty());
      assertThat(own.get("/v1/groups").json().at("/data/groups/data").size()).isZero();
    }
  }

  /// What a receiver does with a text is not known before it is sent.
  @Test
  void aChannelHasTextsOfItsOwnAndShowsThemBeforehand() throws Exception {
    try (Targets receiver = new Targets()) {
      String yaml =
          """
          channels:
            - name: hook
              type: webhook
              url: '%s'
              title: 'Shop news: {{name}}'
              body: >-
                {"what": "{{title}}", "over": {{resolved}}, "why": "{{{cause}}}",
                "at": "{{address}}"}
              headers: {Content-Type: application/json}
          """
              .formatted(receiver.url("/set/hook"));
      String shop =
          "services: [{name: shop, url: '%s', interval: 200ms}]\n"
              .formatted(targets.url("/set/shop"));
      Plan plan = plan(folder, database()).yaml("incidents: {together: 100ms}\n" + yaml + shop);
      try (RunningRollcall own = plan.start()) {
        JsonNode sample = preview(own);
        assertThat(sample.get("real").booleanValue()).isFalse();
        assertThat(sample.get("messages").valueStream())
            .extracting(message -> message.get("kind").stringValue())
            .containsExactly("down", "recovered");
        assertThat(sample.at("/messages/0/title").stringValue()).isEqualTo("Shop news: shop");
        assertThat(sample.at("/messages/0/body").stringValue())
            .isEqualTo(
                "{\"what\": \"Down: shop\", \"over\": false, \"why\": \"status 503 (expected below"
                    + " 400)\", \"at\": \"https://shop.example.org/\"}");
        assertThat(own.get("/v1/channels/none/preview").status()).isEqualTo(404);
        own.send(
            "POST",
            "/v1/channels",
            "{\"name\":\"calls\",\"type\":\"alert-uri\",\"url\":\"http://127.0.0.1:9/\"}");
        assertThat(own.get("/v1/channels/calls/preview").status()).isEqualTo(409);
        assertThat(
                own.send(
                        "POST",
                        "/v1/channels",
                        "{\"name\":\"a\",\"type\":\"slack\",\"url\":\"http://127.0.0.1:9/\",\"body\":\"a\\n"
                            + "{{nmae}}\"}")
                    .json()
                    .toString())
            .contains("body: line 2: {{nmae}} is no name, did you mean name?");

        targets.set(500);
        await().atMost(PATIENCE).until(() -> preview(own).get("real").booleanValue());
        JsonNode real = preview(own).get("messages");
        assertThat(real.size()).isEqualTo(1);
        assertThat(real.at("/0/body").stringValue())
            .isEqualTo(
                "{\"what\": \"Down: shop\", \"over\": false, \"why\": \"status 500 (expected below"
                    + " 400)\", \"at\": \""
                    + targets.url("/set/shop")
                    + "\"}");
        targets.set(200);
        await().atMost(PATIENCE).until(() -> preview(own).get("messages").size() == 2);
        assertThat(preview(own).at("/messages/1/body").stringValue())
            .contains("Up again: shop", "true");
      }
    }
  }

  private static JsonNode preview(RunningRollcall rollcall) {
    return rollcall.get("/v1/channels/hook/preview").json().at("/data/preview/data");
  }

  @Test
  void aKillLosesNoIncidentAndTellsNoneTwice() throws Exception {
    String database = database();
    Plan plan =
        plan(folder, database)
            .asProcess()
            .yaml(
                """
                incidents: {together: 100ms}
                channels:
                  - {name: ops, type: mail, host: 127.0.0.1, port: %d, starttls: never, from: r@example.org,
                     to: ops@example.org, route: {absences: true}}
                services: [{name: shop, url: '%s', interval: 200ms, tags: [prod]}]
                """
                    .formatted(mails.port(), targets.url("/set/shop")));
    mails.answer("MAIL", "421 come back later");
    long id;
    try (RunningRollcall own = plan.start()) {
      targets.set(503);
      await().atMost(PATIENCE).until(() -> !own.rows("/v1/incidents?state=open").isEmpty());
      id = own.rows("/v1/incidents").getFirst().get("id").asLong();
      await().atMost(PATIENCE).until(() -> isNotedAsAlive(folder, database));
      own.kill();
    }
    stoppedTwoMinutesAgo(folder, database);
    mails.answer("MAIL", "250 ok");
    try (RunningRollcall own = plan.start()) {
      await().atMost(PATIENCE.multipliedBy(2)).until(() -> mails.mails().size() >= 2);
      assertThat(own.rows("/v1/incidents"))
          .singleElement()
          .satisfies(one -> assertThat(one.get("id").asLong()).isEqualTo(id));
      targets.set(200);
      await().atMost(PATIENCE).until(() -> own.rows("/v1/incidents?state=open").isEmpty());
      awaitMails(3);
      assertThat(mails.mails())
          .filteredOn(mail -> mail.contains("Subject: [Away] Rollcall"))
          .singleElement()
          .asString()
          .contains("From: ", "To: ", "It took: 2m");
      assertThat(own.log())
          .containsPattern("nobody looked from [-0-9]+T[:0-9]+Z to [-0-9]+T[:0-9]+Z: ");
    }
  }

  private static boolean isNotedAsAlive(Path folder, String database) throws SQLException {
    try (Connection rows = rows(folder, database);
        Statement statement = rows.createStatement();
        ResultSet alive = statement.executeQuery("SELECT 1 FROM alive")) {
      return alive.next();
    }
  }

  private static void stoppedTwoMinutesAgo(Path folder, String database) throws SQLException {
    try (Connection rows = rows(folder, database);
        Statement statement = rows.createStatement()) {
      assertThat(statement.executeUpdate("UPDATE alive SET at = at - 120000")).isEqualTo(1);
    }
  }

  private static Connection rows(Path folder, String database) throws SQLException {
    return database.isEmpty()
        ? DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("rollcall-data/rollcall.db"))
        : TestDatabases.connection(database);
  }
}
