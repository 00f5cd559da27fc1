package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Answer;
import dev.rollcall.server.RunningRollcall.Plan;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Somebody is told that something is wrong, once, and that it is over.
class IncidentIT {
  @TempDir Path folder;

  private MailServer mails;
  private Targets targets;

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

  private Plan plan(String services) {
    return Plan.in(folder)
        .yaml(
            """
            incidents: {together: 100ms}
            channels:
              - {name: ops, type: mail, host: 127.0.0.1, port: %d, starttls: never, from: r@example.org,
                 to: ops@example.org, route: {absences: true}}
            services: %s
            """
                .formatted(mails.port(), services));
  }

  private String shop() {
    return "[{name: shop, url: '%s', interval: 200ms}]".formatted(targets.url("/set/shop"));
  }

  private static List<JsonNode> incidents(RunningRollcall rollcall, String query) {
    return rollcall
        .get("/v1/incidents" + query)
        .json()
        .at("/data/incidents/data")
        .valueStream()
        .toList();
  }

  private void awaitMails(int many) {
    await().atMost(PATIENCE).until(() -> mails.mails().size() >= many);
    assertThat(mails.mails()).hasSize(many);
  }

  @Test
  void aServiceThatIsDownIsToldOnceWithItsReasonAndItsEnd() throws Exception {
    try (RunningRollcall rollcall = plan(shop()).start()) {
      await()
          .atMost(PATIENCE)
          .until(() -> rollcall.get("/v1/services").json().toString().contains("\"up\""));
      assertThat(incidents(rollcall, "")).isEmpty();
      targets.set(503);
      awaitMails(1);
      assertThat(mails.mails().getFirst())
          .contains("Subject: [Down] shop", "Why: status 503 (expected below 400)");
      JsonNode open = incidents(rollcall, "?state=open&subject=service:shop&kind=down").getFirst();
      assertThat(open.get("cause").stringValue()).isEqualTo("status 503 (expected below 400)");
      assertThat(open.get("severity").stringValue()).isEqualTo("critical");
      assertThat(open.get("resolved_at").isNull()).isTrue();
      assertThat(open.get("started_at").asLong())
          .isLessThanOrEqualTo(open.get("opened_at").asLong());
      assertThat(rollcall.health("/metrics").body())
          .contains(
              "rollcall_incidents_open{kind=\"down\",severity=\"critical\"} 1",
              "rollcall_incident_told_seconds_count 1");

      String one = "/v1/incidents/" + open.get("id");
      assertThat(rollcall.send("POST", one + "/acknowledge", "{\"note\":\"on it\"}").status())
          .isEqualTo(200);
      rollcall.send("POST", one + "/acknowledge", "");
      rollcall.send("DELETE", one + "/acknowledge", "");
      rollcall.send("POST", one + "/acknowledge", "");
      rollcall.send("POST", one + "/notes", "{\"text\":\"disk full\"}");
      assertThat(rollcall.send("POST", one + "/notes", "{\"text\":\" \"}").status()).isEqualTo(400);
      targets.set(200);
      awaitMails(2);
      assertThat(mails.mails().getLast()).contains("Subject: [Up again] shop", "It took:");
      assertThat(incidents(rollcall, "?state=open")).isEmpty();
      JsonNode over = rollcall.get(one).json().at("/data/incident/data");
      assertThat(over.get("state").stringValue()).isEqualTo("resolved");
      assertThat(over.get("acknowledged_by").stringValue()).isEqualTo("this machine");
      assertThat(over.get("timeline").valueStream().map(each -> each.get("type").stringValue()))
          .containsExactly(
              "opened",
              "told",
              "acknowledged",
              "unacknowledged",
              "acknowledged",
              "note",
              "resolved",
              "told");
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  rollcall
                      .get(one)
                      .json()
                      .at("/data/incident/data/deliveries")
                      .valueStream()
                      .allMatch(each -> each.get("state").stringValue().equals("delivered")));
      assertThat(
              rollcall
                  .get(one)
                  .json()
                  .at("/data/incident/data/deliveries")
                  .valueStream()
                  .map(each -> each.get("kind").stringValue()))
          .containsExactly("down", "recovered");
      assertThat(rollcall.send("POST", one + "/acknowledge", "").status()).isEqualTo(409);
      assertThat(rollcall.send("DELETE", "/v1/incidents/999/acknowledge", "").status())
          .isEqualTo(404);
    }
  }

  @Test
  void aJobIsToldOnceForEachThingThatIsWrong() throws Exception {
    try (RunningRollcall rollcall = plan("[]").start()) {
      rollcall.get("/ping/job/fail?frequency=1h");
      rollcall.get("/ping/job/fail?frequency=1h");
      awaitMails(1);
      assertThat(mails.mails().getFirst()).contains("Subject: [Failed] job");
      rollcall.get("/ping/job?frequency=1s");
      awaitMails(2);
      awaitLate(rollcall);
      awaitMails(3); // it would be told no more once it has failed
      rollcall.get("/ping/job/fail?frequency=1h");
      await().atMost(PATIENCE).until(() -> mails.mails().size() >= 4);
      assertThat(
              mails.mails().stream()
                  .map(mail -> mail.replaceFirst("(?s).*Subject: (\\V+).*", "$1")))
          .containsExactly("[Failed] job", "[Up again] job", "[Late] job", "[Failed] job");
      assertThat(incidents(rollcall, "?subject=heartbeat:job"))
          .extracting(
              each -> each.get("kind").stringValue() + " " + each.get("state").stringValue())
          .containsExactly("failed open", "late resolved", "failed resolved");
      rollcall.send("DELETE", "/ping/job", "");
      await().atMost(PATIENCE).until(() -> incidents(rollcall, "?state=open").isEmpty());
      assertThat(
              rollcall
                  .get("/v1/incidents/" + incidents(rollcall, "").getFirst().get("id"))
                  .json()
                  .toString())
          .contains("it was removed");
    }
  }

  @Test
  void maintenanceHoldsWhatIsWrongUntilItEnds() throws Exception {
    try (RunningRollcall rollcall = plan(shop()).start()) {
      Answer made =
          rollcall.send("POST", "/v1/maintenance", "{\"title\":\"disks\",\"names\":\"sh*\"}");
      assertThat(made.status()).isEqualTo(201);
      JsonNode data = made.json().at("/data/maintenance/data");
      assertThat(data.get("state").stringValue()).isEqualTo("active");
      assertThat(rollcall.send("POST", "/v1/maintenance", "{\"for\":\"x\"}").status())
          .isEqualTo(400);
      String one = "/v1/maintenance/" + data.get("id");
      assertThat(rollcall.send("PATCH", one, "{\"title\":\"new disks\"}").json().toString())
          .contains("new disks", "sh*");
      targets.set(503);
      await()
          .atMost(PATIENCE)
          .until(() -> rollcall.get("/v1/services").json().toString().contains("\"down\""));
      int seen = targets.seen("/set/shop").arrivals().size();
      await() // for what confirms it
          .atMost(PATIENCE)
          .until(() -> targets.seen("/set/shop").arrivals().size() > seen + 10);
      assertThat(incidents(rollcall, "")).isEmpty();
      assertThat(rollcall.send("POST", one + "/end", "").status()).isEqualTo(200);
      assertThat(rollcall.send("POST", one + "/end", "").status()).isEqualTo(409);
      awaitMails(1);
      assertThat(mails.mails().getFirst()).contains("Subject: [Down] shop");
      assertThat(incidents(rollcall, "?state=open")).hasSize(1);
      assertThat(rollcall.send("DELETE", one, "").status()).isEqualTo(200);
      assertThat(rollcall.get(one).status()).isEqualTo(404);
    }
  }

  @Test
  void onlyTheCauseIsTold() throws Exception {
    String both =
        """
        [{name: shop, url: '%s', interval: 200ms, depends-on: db},
         {name: db, url: '%s', interval: 300ms}]"""
            .formatted(targets.url("/set/shop"), targets.url("/set/db"));
    try (RunningRollcall rollcall = plan(both).start()) {
      await().atMost(PATIENCE).until(() -> targets.seen("/set/db").arrivals().size() > 1);
      targets.set(503);
      awaitMails(1);
      assertThat(mails.mails().getFirst()).contains("Subject: [Down] db");
      JsonNode db = incidents(rollcall, "?state=open").getFirst();
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  rollcall
                      .get("/v1/incidents/" + db.get("id"))
                      .json()
                      .at("/data/incident/data/behind")
                      .toString()
                      .equals("[\"shop\"]"));
      targets.set(200);
      awaitMails(2);
      assertThat(mails.mails().getLast()).contains("Subject: [Up again] db");
      assertThat(incidents(rollcall, "")).hasSize(1);
    }
  }

  @Test
  void anIncidentIsEndedByHandAndAMessageSentOnceMore() throws Exception {
    targets.set(503);
    try (RunningRollcall rollcall = plan(shop()).start()) {
      awaitMails(1);
      String one = "/v1/incidents/" + incidents(rollcall, "").getFirst().get("id");
      assertThat(
              rollcall
                  .send("PATCH", one, "{\"severity\":\"warning\"}")
                  .json()
                  .at("/data/incident/data/severity")
                  .stringValue())
          .isEqualTo("warning");
      assertThat(rollcall.send("PATCH", one, "{\"severity\":\"bad\"}").status()).isEqualTo(400);
      long sent = rollcall.get(one).json().at("/data/incident/data/deliveries/0/id").asLong();
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  rollcall.send("POST", "/v1/deliveries/" + sent + "/replay", "").status() == 200);
      awaitMails(2);
      assertThat(rollcall.send("POST", "/v1/deliveries/999/replay", "").status()).isEqualTo(404);
      assertThat(
              rollcall
                  .send("POST", one + "/resolve", "")
                  .json()
                  .at("/data/incident/data/state")
                  .stringValue())
          .isEqualTo("resolved");
      awaitMails(3);
      assertThat(mails.mails().getLast())
          .contains("Subject: [Ended] shop", "Why: resolved by this machine");
      assertThat(rollcall.send("POST", one + "/resolve", "").status()).isEqualTo(409);
      assertThat(incidents(rollcall, "?state=open")).isEmpty();
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
      Plan plan =
          Plan.in(folder)
              .yaml("incidents: {together: 100ms}\n" + yaml + "services: " + shop() + "\n");
      try (RunningRollcall rollcall = plan.start()) {
        JsonNode sample = preview(rollcall, "hook");
        assertThat(sample.get("real").booleanValue()).isFalse();
        assertThat(sample.get("messages").valueStream())
            .extracting(message -> message.get("kind").stringValue())
            .containsExactly("down", "recovered");
        assertThat(sample.at("/messages/0/title").stringValue()).isEqualTo("Shop news: shop");
        assertThat(sample.at("/messages/0/body").stringValue())
            .isEqualTo(
                "{\"what\": \"Down: shop\", \"over\": false, \"why\": \"status 503 (expected below"
                    + " 400)\", \"at\": \"https://shop.example.org/\"}");
        assertThat(rollcall.get("/v1/channels/none/preview").status()).isEqualTo(404);
        rollcall.send(
            "POST",
            "/v1/channels",
            "{\"name\":\"calls\",\"type\":\"alert-uri\",\"url\":\"http://127.0.0.1:9/\"}");
        assertThat(rollcall.get("/v1/channels/calls/preview").status()).isEqualTo(409);
        assertThat(
                rollcall
                    .send(
                        "POST",
                        "/v1/channels",
                        "{\"name\":\"a\",\"type\":\"slack\",\"url\":\"http://127.0.0.1:9/\",\"body\":\"a\\n"
                            + "{{nmae}}\"}")
                    .json()
                    .toString())
            .contains("body: line 2: {{nmae}} is no name, did you mean name?");

        targets.set(500);
        await().atMost(PATIENCE).until(() -> preview(rollcall, "hook").get("real").booleanValue());
        JsonNode real = preview(rollcall, "hook").get("messages");
        assertThat(real.size()).isEqualTo(1);
        assertThat(real.at("/0/body").stringValue())
            .isEqualTo(
                "{\"what\": \"Down: shop\", \"over\": false, \"why\": \"status 500 (expected below"
                    + " 400)\", \"at\": \""
                    + targets.url("/set/shop")
                    + "\"}");
        targets.set(200);
        await().atMost(PATIENCE).until(() -> preview(rollcall, "hook").get("messages").size() == 2);
        assertThat(preview(rollcall, "hook").at("/messages/1/body").stringValue())
            .contains("Up again: shop", "true");
      }
    }
  }

  private static JsonNode preview(RunningRollcall rollcall, String channel) {
    return rollcall.get("/v1/channels/" + channel + "/preview").json().at("/data/preview/data");
  }

  @Test
  void aChannelIsTriedAtOnce() throws Exception {
    try (RunningRollcall rollcall = plan("[]").start()) {
      JsonNode sent =
          rollcall.send("POST", "/v1/channels/ops/test", "").json().at("/data/test/data");
      assertThat(sent.get("result").stringValue()).isEqualTo("sent");
      assertThat(sent.get("answer").stringValue()).isEqualTo("250 taken");
      assertThat(mails.mails())
          .singleElement()
          .asString()
          .contains("Subject: [Test] Rollcall", "nothing is wrong");
      mails.answer("RCPT", "550 no such mailbox");
      JsonNode refused =
          rollcall.send("POST", "/v1/channels/ops/test", "").json().at("/data/test/data");
      assertThat(refused.get("result").stringValue()).isEqualTo("failed");
      assertThat(refused.get("reason").stringValue()).contains("no such mailbox");
      assertThat(rollcall.send("POST", "/v1/channels/none/test", "").status()).isEqualTo(404);
      assertThat(incidents(rollcall, "")).isEmpty();
    }
  }

  private static void awaitLate(RunningRollcall rollcall) {
    await().atMost(PATIENCE).until(() -> incidents(rollcall, "?state=open&kind=late").size() == 1);
  }

  @Test
  void aKillLosesNoIncidentAndTellsNoneTwice() throws Exception {
    mails.answer("MAIL", "421 come back later");
    long id;
    try (RunningRollcall rollcall = plan(shop()).start()) {
      targets.set(503);
      await().atMost(PATIENCE).until(() -> !incidents(rollcall, "?state=open").isEmpty());
      id = incidents(rollcall, "").getFirst().get("id").asLong();
      rollcall.kill();
    }
    stoppedTwoMinutesAgo();
    mails.answer("MAIL", "250 ok");
    try (RunningRollcall rollcall = plan(shop()).start()) {
      await().atMost(PATIENCE.multipliedBy(2)).until(() -> mails.mails().size() >= 2);
      assertThat(incidents(rollcall, ""))
          .singleElement()
          .satisfies(one -> assertThat(one.get("id").asLong()).isEqualTo(id));
      targets.set(200);
      await().atMost(PATIENCE).until(() -> incidents(rollcall, "?state=open").isEmpty());
      awaitMails(3);
      assertThat(mails.mails())
          .filteredOn(mail -> mail.contains("Subject: [Away] Rollcall"))
          .singleElement()
          .asString()
          .contains("From: ", "To: ", "It took: 2m");
      assertThat(rollcall.log()).contains("nobody looked from ");
    }
  }

  private void stoppedTwoMinutesAgo() throws SQLException {
    try (Connection database =
            DriverManager.getConnection(
                "jdbc:sqlite:" + folder.resolve("rollcall-data/rollcall.db"));
        Statement statement = database.createStatement()) {
      assertThat(statement.executeUpdate("UPDATE alive SET at = at - 120000")).isEqualTo(1);
    }
  }

  @Test
  void theIncidentOfAServiceThatIsRemovedEnds() throws Exception {
    targets.set(503);
    try (RunningRollcall rollcall = plan("[]").start()) {
      String body =
          "{\"name\":\"gone\",\"url\":\"" + targets.url("/set/x") + "\",\"interval\":\"200ms\"}";
      long id =
          rollcall.send("POST", "/v1/services", body).json().at("/data/service/data/id").asLong();
      awaitMails(1);
      rollcall.send("DELETE", "/v1/services/" + id, "");
      await().atMost(PATIENCE).until(() -> incidents(rollcall, "?state=open").isEmpty());
      JsonNode one =
          rollcall
              .get("/v1/incidents/" + incidents(rollcall, "").getFirst().get("id"))
              .json()
              .at("/data/incident/data");
      assertThat(one.get("timeline").get(2).get("text").stringValue()).isEqualTo("it was removed");
      awaitMails(2);
      assertThat(mails.mails().getLast()).contains("Subject: [Ended] gone", "Why: it was removed");
    }
  }

  @Test
  void wrongQuestionsAreToldSo() throws Exception {
    try (RunningRollcall rollcall = plan("[]").start()) {
      for (String bad : List.of("?state=x", "?kind=x", "?subject=shop", "?before=0", "?limit=x")) {
        Answer answer = rollcall.get("/v1/incidents" + bad);
        assertThat(answer.status()).as(bad).isEqualTo(400);
      }
    }
  }
}
