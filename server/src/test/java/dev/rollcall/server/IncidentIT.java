package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.rollcall.server.RunningRollcall.Answer;
import dev.rollcall.server.RunningRollcall.Plan;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Somebody is told that something is wrong, once, and that it is over, on SQLite: what
/// [IncidentContractIT] leaves out.
///
/// One program, `rollcall`, for all tests. Each of them has a mail server, channels and subjects of
/// its own, and leaves nothing there but past incidents. [IncidentStartIT] has those that need a
/// start of their own.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IncidentIT {
  private RunningRollcall rollcall;
  private MailServer mails;
  private Targets targets;
  private int test;

  /// Where the rows of a start are.
  String database() {
    return "";
  }

  @BeforeAll
  void startAll(@TempDir Path folder) {
    rollcall = plan(folder, database()).yaml("incidents: {together: 100ms}\n").start();
  }

  @AfterAll
  void stopAll() {
    rollcall.close();
  }

  @BeforeEach
  void start() throws IOException {
    test++;
    mails = new MailServer();
    targets = new Targets();
  }

  @AfterEach
  void stop() throws IOException {
    for (JsonNode channel : rollcall.rows("/v1/channels")) {
      rollcall.status("DELETE", "/v1/channels/" + channel.get("name").stringValue());
    }
    for (JsonNode service : rollcall.rows("/v1/services")) {
      rollcall.status("DELETE", "/v1/services/" + service.get("id"));
    }
    rollcall.removeHeartbeats();
    for (JsonNode manual : incidents("?state=open&kind=manual")) {
      rollcall.status("POST", "/v1/incidents/" + manual.get("id") + "/resolve");
    }
    await().atMost(PATIENCE).until(() -> incidents("?state=open").isEmpty());
    mails.close();
    targets.close();
  }

  private static Plan plan(Path folder, String database) {
    return Plan.in(folder).flags("--database=" + database);
  }

  /// Makes a channel to an address of the mail server of the test. Its name is not that of a
  /// channel of a test before, which is told of the ends of what it was told of.
  ///
  /// @param keys more of its keys: `,"route":{"names":"x"}`
  /// @return its name
  private String channel(String address, String keys) {
    String name = address + "-" + test;
    made(
        "/v1/channels",
        """
        {"name":"%s","type":"mail","host":"127.0.0.1","port":%d,"starttls":"never",
         "from":"r@example.org","to":"%s@example.org"%s}\
        """
            .formatted(name, mails.port(), address, keys));
    return name;
  }

  /// Makes a service.
  ///
  /// @param keys more of its keys: `,"confirm":1`
  /// @return its path in the API and among the pages, as `/services/7`
  private String service(String name, String url, String interval, String keys) {
    JsonNode made =
        made(
            "/v1/services",
            "{\"name\":\"%s\",\"url\":\"%s\",\"interval\":\"%s\"%s}"
                .formatted(name, url, interval, keys));
    return "/services/" + made.at("/data/service/data/id");
  }

  /// Makes a service as [#service] does, and a channel that mails all that is wrong in the test.
  private String toldService(String name) {
    channel("ops", "");
    return service(name, targets.url("/set/" + name), "200ms", "");
  }

  private JsonNode made(String path, String body) {
    Answer made = rollcall.send("POST", path, body);
    assertThat(made.status()).as("%s", made.json()).isEqualTo(201);
    return made.json();
  }

  private List<JsonNode> incidents(String query) {
    return rollcall.rows("/v1/incidents" + query);
  }

  /// How many incidents the program has told anybody of.
  private long toldSoFar() {
    Matcher count =
        Pattern.compile("rollcall_incident_told_seconds_count (\\d+)")
            .matcher(rollcall.health("/metrics").body());
    return count.find() ? Long.parseLong(count.group(1)) : 0;
  }

  private void awaitMails(int many) {
    await().atMost(PATIENCE).until(() -> mails.mails().size() >= many);
    assertThat(mails.mails()).hasSize(many);
  }

  @Test
  void aServiceThatIsDownIsToldOnceWithItsReasonAndItsEnd() throws Exception {
    long told = toldSoFar();
    toldService("shop");
    await()
        .atMost(PATIENCE)
        .until(() -> rollcall.get("/v1/services").json().toString().contains("\"up\""));
    assertThat(incidents("?subject=service:shop")).isEmpty();
    targets.set(503);
    awaitMails(1);
    assertThat(mails.mails().getFirst())
        .contains("Subject: [Down] shop", "Why: status 503 (expected below 400)");
    JsonNode open = incidents("?state=open&subject=service:shop&kind=down").getFirst();
    assertThat(open.get("cause").stringValue()).isEqualTo("status 503 (expected below 400)");
    assertThat(open.get("severity").stringValue()).isEqualTo("critical");
    assertThat(open.get("resolved_at").isNull()).isTrue();
    assertThat(open.get("started_at").asLong()).isLessThanOrEqualTo(open.get("opened_at").asLong());
    assertThat(rollcall.health("/metrics").body())
        .contains("rollcall_incidents_open{kind=\"down\",severity=\"critical\"} 1");
    assertThat(toldSoFar()).isEqualTo(told + 1);

    String one = "/v1/incidents/" + open.get("id");
    JsonNode answer = rollcall.get(one).json().at("/data/incident/data/answer");
    assertThat(answer.get("status").asInt()).isEqualTo(503);
    assertThat(answer.get("headers").propertyNames()).contains("Date", "Content-Length");
    assertThat(answer.get("body").stringValue()).isEqualTo("<b>out of order</b>");
    assertThat(rollcall.page("/incidents/" + open.get("id")))
        .contains("What came back", "&lt;b&gt;out of order&lt;/b&gt;");
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
    assertThat(incidents("?state=open")).isEmpty();
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

  @Test
  void whatIsSlowIsAWarningAndIsRaisedWhenItIsDown() throws Exception {
    channel("ops", "");
    channel("pager", ",\"route\":{\"severity\":[\"critical\"]}");
    String page = service("lags", targets.url("/set/lags"), "200ms", ",\"slow\":\"700ms\"");
    await()
        .atMost(PATIENCE)
        .until(() -> rollcall.get("/v1/services").json().toString().contains("\"up\""));
    targets.set(200, Duration.ofMillis(800));
    awaitMails(1);
    assertThat(mails.mails().getFirst())
        .contains("RCPT TO:<ops@example.org>", "Subject: [Slow] lags", "slow above 700 ms");
    JsonNode open = incidents("?state=open&kind=slow").getFirst();
    assertThat(open.get("severity").stringValue()).isEqualTo("warning");
    JsonNode service = rollcall.get("/v1/services").json().at("/data/services/data/0");
    assertThat(service.get("state").stringValue()).isEqualTo("slow");
    assertThat(service.get("since").asLong()).isEqualTo(open.get("started_at").asLong());
    assertThat(service.at("/current_status/event").stringValue()).isEqualTo("uptime");
    assertThat(service.at("/metric/data/down_count").asLong()).isZero();
    assertThat(rollcall.get("/v1" + page + "/ticks").json().at("/data/ticks/data").valueStream())
        .allMatch(tick -> tick.get("state").stringValue().equals("up") && !tick.has("reason"));
    assertThat(rollcall.page("/")).contains("1 of 1 service slow", "<i class=\"mark\"></i>Slow");
    assertThat(rollcall.page(page)).contains("Slow above", "700ms");
    String one = "/v1/incidents/" + open.get("id");
    rollcall.send("POST", one + "/acknowledge", "");

    targets.set(503);
    awaitMails(3);
    assertThat(mails.mails().subList(1, 3))
        .allMatch(mail -> mail.contains("Subject: [Down] lags") && mail.contains("status 503"))
        .anyMatch(mail -> mail.contains("RCPT TO:<pager@example.org>"))
        .anyMatch(mail -> mail.contains("RCPT TO:<ops@example.org>"));
    JsonNode raised = rollcall.get(one).json().at("/data/incident/data");
    assertThat(raised.get("kind").stringValue()).isEqualTo("down");
    assertThat(raised.get("severity").stringValue()).isEqualTo("critical");
    assertThat(raised.get("acknowledged_at").isNull()).isTrue();
    assertThat(raised.get("started_at")).isEqualTo(open.get("started_at"));

    targets.set(200, Duration.ofMillis(800));
    awaitMails(6);
    assertThat(mails.mails().subList(3, 6))
        .anyMatch(mail -> mail.contains("[Up again] lags") && mail.contains("<pager@"))
        .anyMatch(mail -> mail.contains("[Up again] lags") && mail.contains("<ops@"))
        .anyMatch(mail -> mail.contains("[Slow] lags") && mail.contains("<ops@"));
    assertThat(
            rollcall
                .get(one)
                .json()
                .at("/data/incident/data/timeline")
                .valueStream()
                .map(each -> each.get("type").stringValue()))
        .startsWith("opened", "told", "acknowledged", "raised", "told")
        .contains("resolved");
    targets.set(200);
    awaitMails(7);
    assertThat(mails.mails().getLast()).contains("[Ended] lags", "Why: it is no longer slow");
    assertThat(incidents("?state=open")).isEmpty();
  }

  /// A server whose certificate is valid for so many days.
  private static HttpsServer secure(Path folder, int port, int days) throws Exception {
    Path files = Files.createDirectory(folder.resolve("certificate-" + days));
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(SelfSigned.in(files, days).context()));
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, -1);
          }
        });
    server.start();
    return server;
  }

  @Test
  void aCertificateThatEndsSoonIsToldUntilThereIsANewerOne(@TempDir Path folder) throws Exception {
    HttpsServer server = secure(folder, 0, 5);
    int port = server.getAddress().getPort();
    try {
      channel("ops", "");
      service(
          "secure",
          "https://127.0.0.1:" + port + "/",
          "200ms",
          ",\"confirm\":100,\"tls\":{\"verify\":false}");
      awaitMails(1);
      assertThat(mails.mails().getFirst())
          .contains("Subject: [Certificate ends soon] secure", "Why: the certificate ends 20");
      JsonNode open = incidents("?state=open&kind=certificate").getFirst();
      assertThat(open.get("severity").stringValue()).isEqualTo("warning");
      assertThat(
              rollcall.get("/v1/services").json().at("/data/services/data/0/state").stringValue())
          .isEqualTo("up");
      server.stop(0);
      server = secure(folder, port, 90);
      awaitMails(2);
      assertThat(mails.mails().getLast())
          .contains("Subject: [Ended] secure", "Why: the certificate is a newer one");
      assertThat(incidents("?subject=service:secure")).hasSize(1);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aJobIsToldOnceForEachThingThatIsWrong() throws Exception {
    channel("ops", "");
    String job = "?subject=heartbeat:job";
    String printed = "é".repeat(3_000) + "\u0000 disk full";
    rollcall.send("POST", "/ping/job/fail?frequency=1h", printed);
    rollcall.get("/ping/job/fail?frequency=1h");
    awaitMails(1);
    assertThat(mails.mails().getFirst()).contains("Subject: [Failed] job");
    assertThat(
            rollcall
                .get("/v1/incidents/" + incidents(job).getFirst().get("id"))
                .json()
                .at("/data/incident/data/output")
                .stringValue())
        .isEqualTo("é".repeat(1_017) + "\ufffd disk full");
    rollcall.get("/ping/job?frequency=1s");
    awaitMails(2);
    awaitLate();
    awaitMails(3); // it would be told no more once it has failed
    rollcall.get("/ping/job/fail?frequency=1h");
    await().atMost(PATIENCE).until(() -> mails.mails().size() >= 4);
    assertThat(
            mails.mails().stream().map(mail -> mail.replaceFirst("(?s).*Subject: (\\V+).*", "$1")))
        .containsExactly("[Failed] job", "[Up again] job", "[Late] job", "[Failed] job");
    assertThat(incidents(job))
        .extracting(each -> each.get("kind").stringValue() + " " + each.get("state").stringValue())
        .containsExactly("failed open", "late resolved", "failed resolved");
    rollcall.send("DELETE", "/ping/job", "");
    await().atMost(PATIENCE).until(() -> incidents("?state=open").isEmpty());
    assertThat(
            rollcall.get("/v1/incidents/" + incidents(job).getFirst().get("id")).json().toString())
        .contains("it was removed");
  }

  @Test
  void maintenanceHoldsWhatIsWrongUntilItEnds() throws Exception {
    String page = toldService("held");
    rollcall.firstTick("held");
    Answer made =
        rollcall.send("POST", "/v1/maintenance", "{\"title\":\"disks\",\"names\":\"he*\"}");
    assertThat(made.status()).isEqualTo(201);
    JsonNode data = made.json().at("/data/maintenance/data");
    assertThat(data.get("state").stringValue()).isEqualTo("active");
    assertThat(rollcall.send("POST", "/v1/maintenance", "{\"for\":\"x\"}").status()).isEqualTo(400);
    String one = "/v1/maintenance/" + data.get("id");
    assertThat(rollcall.send("PATCH", one, "{\"title\":\"new disks\"}").json().toString())
        .contains("new disks", "he*");
    targets.set(503);
    await()
        .atMost(PATIENCE)
        .until(() -> rollcall.get("/v1/services").json().toString().contains("\"down\""));
    int seen = targets.seen("/set/held").arrivals().size();
    await() // for what confirms it
        .atMost(PATIENCE)
        .until(() -> targets.seen("/set/held").arrivals().size() > seen + 10);
    assertThat(incidents("?subject=service:held")).isEmpty();
    assertThat(rollcall.send("POST", one + "/end", "").status()).isEqualTo(200);
    assertThat(rollcall.send("POST", one + "/end", "").status()).isEqualTo(409);
    awaitMails(1);
    assertThat(mails.mails().getFirst()).contains("Subject: [Down] held");
    assertThat(incidents("?state=open")).hasSize(1);
    assertThat(rollcall.send("DELETE", one, "").status()).isEqualTo(200);
    assertThat(rollcall.get(one).status()).isEqualTo(404);
    JsonNode uptime = rollcall.get("/v1" + page).json().at("/data/service/data/uptime/24h");
    assertThat(uptime.get("percent").asDouble()).isLessThan(100);
    assertThat(uptime.get("without_maintenance")).isNotEqualTo(uptime.get("percent"));
    assertThat(rollcall.page(page)).contains("Without maintenance, 24 h");
  }

  @Test
  void onlyTheCauseIsTold() throws Exception {
    channel("ops", "");
    service("db", targets.url("/set/db"), "300ms", "");
    service("front", targets.url("/set/front"), "200ms", ",\"depends-on\":\"db\"");
    await().atMost(PATIENCE).until(() -> targets.seen("/set/db").arrivals().size() > 1);
    targets.set(503);
    awaitMails(1);
    assertThat(mails.mails().getFirst()).contains("Subject: [Down] db");
    JsonNode db = incidents("?state=open").getFirst();
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                rollcall
                    .get("/v1/incidents/" + db.get("id"))
                    .json()
                    .at("/data/incident/data/behind")
                    .toString()
                    .equals("[\"front\"]"));
    targets.set(200);
    awaitMails(2);
    assertThat(mails.mails().getLast()).contains("Subject: [Up again] db");
    assertThat(incidents("?subject=service:db")).hasSize(1);
    assertThat(incidents("?subject=service:front")).isEmpty();
    await() // the end of what is held is written with its signal
        .atMost(PATIENCE)
        .until(() -> rollcall.service("front").get("state").stringValue().equals("up"));
    JsonNode front =
        rollcall
            .get("/v1/services/" + rollcall.service("front").get("id"))
            .json()
            .at("/data/service/data");
    assertThat(front.at("/metric/data/uptime_percent").asDouble()).isLessThan(100);
    assertThat(front.at("/uptime/24h/percent").asDouble()).isEqualTo(100);
    assertThat(front.at("/uptime/30d/without_maintenance").asDouble()).isEqualTo(100);
  }

  @Test
  void anIncidentIsEndedByHandAndAMessageSentOnceMore() throws Exception {
    targets.set(503);
    toldService("ended");
    awaitMails(1);
    String one = "/v1/incidents/" + incidents("?subject=service:ended").getFirst().get("id");
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
            () -> rollcall.send("POST", "/v1/deliveries/" + sent + "/replay", "").status() == 200);
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
        .contains("Subject: [Ended] ended", "Why: resolved by this machine");
    assertThat(rollcall.send("POST", one + "/resolve", "").status()).isEqualTo(409);
    assertThat(incidents("?state=open")).isEmpty();
  }

  @Test
  void aChannelIsTriedAtOnce() throws Exception {
    String tried = "/v1/channels/" + channel("ops", "") + "/test";
    int before = incidents("").size();
    JsonNode sent = rollcall.send("POST", tried, "").json().at("/data/test/data");
    assertThat(sent.get("result").stringValue()).isEqualTo("sent");
    assertThat(sent.get("answer").stringValue()).isEqualTo("250 taken");
    assertThat(mails.mails())
        .singleElement()
        .asString()
        .contains("Subject: [Test] Rollcall", "nothing is wrong");
    mails.answer("RCPT", "550 no such mailbox");
    JsonNode refused = rollcall.send("POST", tried, "").json().at("/data/test/data");
    assertThat(refused.get("result").stringValue()).isEqualTo("failed");
    assertThat(refused.get("reason").stringValue()).contains("no such mailbox");
    assertThat(rollcall.send("POST", "/v1/channels/none/test", "").status()).isEqualTo(404);
    assertThat(incidents("")).hasSize(before);
  }

  @Test
  void anIncidentIsOpenedByHandToldAndEndedByHand() throws Exception {
    long from = Instant.now().getEpochSecond() + 1; // what was before is of other tests
    await().until(() -> Instant.now().getEpochSecond() >= from);
    channel("ops", "");
    service("slowed", targets.url("/set/slowed"), "200ms", ",\"tags\":[\"prod\"]");
    Answer made =
        rollcall.send(
            "POST",
            "/v1/incidents",
            "{\"title\":\"checkout is slow\",\"subjects\":[\"service:slowed\"],\"told\":true}");
    assertThat(made.status()).isEqualTo(201);
    JsonNode data = made.json().at("/data/incident/data");
    assertThat(data.get("subject").stringValue()).isEqualTo("service:slowed");
    assertThat(data.get("subjects").toString()).isEqualTo("[\"service:slowed\"]");
    assertThat(data.get("kind").stringValue()).isEqualTo("manual");
    awaitMails(1);
    assertThat(mails.mails().getFirst())
        .contains("Subject: [Incident] checkout is slow", "Since:")
        .doesNotContain("Last heard from");
    String one = "/v1/incidents/" + data.get("id");
    JsonNode changed =
        rollcall
            .send("PATCH", one, "{\"title\":\"checkout\",\"phase\":\"monitoring\"}")
            .json()
            .at("/data/incident/data");
    assertThat(changed.get("title").stringValue()).isEqualTo("checkout");
    assertThat(changed.get("phase").stringValue()).isEqualTo("monitoring");
    assertThat(
            rollcall
                .send("POST", one + "/notes", "{\"text\":\"# we know\",\"public\":true}")
                .json()
                .at("/data/incident/data/timeline")
                .toString())
        .contains("\"text\":\"# we know\",\"public\":true");
    assertThat(rollcall.send("POST", one + "/notes", "{\"text\":\"x\",\"public\":1}").status())
        .isEqualTo(400);
    JsonNode none = rollcall.send("POST", "/v1/incidents", "{\"title\":\"quiet\"}").json();
    assertThat(none.at("/data/incident/data/subject").isNull()).isTrue();
    assertThat(none.at("/data/incident/data/subjects")).isEmpty();
    assertThat(incidents("?subject=service:slowed&kind=manual")).hasSize(1);
    assertThat(incidents("?tag=prod")).hasSize(1);
    assertThat(incidents("?tag=web")).isEmpty();
    JsonNode summary =
        rollcall.get("/v1/incidents/summary?from=" + from).json().at("/data/summary/data");
    assertThat(summary.get("incidents").asInt()).isEqualTo(2);
    assertThat(summary.at("/subjects/1/subject").stringValue()).isEqualTo("service:slowed");
    assertThat(summary.at("/repair/mean").isNull()).isTrue();
    String csv = rollcall.page("/v1/incidents/summary?format=csv&from=" + from);
    assertThat(csv)
        .startsWith("subject,incidents,detect_mean,")
        .contains("\r\nservice:slowed,1,,,,,,\r\n");
    for (String bad :
        List.of("?from=x", "?from=-1", "?from=99999999999999", "?from=2&to=1", "?format=xml")) {
      assertThat(rollcall.get("/v1/incidents/summary" + bad).status()).as(bad).isEqualTo(400);
    }
    rollcall.send("POST", one + "/resolve", "");
    awaitMails(2);
    assertThat(mails.mails().getLast())
        .contains("Subject: [Ended] checkout", "Why: resolved by this machine")
        .doesNotContain("Last heard from");
    for (String bad :
        List.of(
            "{}",
            "{\"title\":\"a\\u0000b\"}",
            "{\"title\":\"" + "x".repeat(10_000) + "\"}",
            "{\"title\":\"x\",\"subjects\":[\"service:other\"]}",
            "{\"title\":\"x\",\"subjects\":[\"heartbeat:slowed\"]}",
            "{\"title\":\"x\",\"quiet\":true}")) {
      assertThat(rollcall.send("POST", "/v1/incidents", bad).status()).isEqualTo(400);
    }
    assertThat(rollcall.send("PATCH", "/v1/incidents/999", "{\"title\":\"x\"}").status())
        .isEqualTo(404);
  }

  private void awaitLate() {
    await().atMost(PATIENCE).until(() -> incidents("?state=open&kind=late").size() == 1);
  }

  @Test
  void theIncidentOfAServiceThatIsRemovedEnds() throws Exception {
    targets.set(503);
    channel("ops", "");
    String body =
        "{\"name\":\"gone\",\"url\":\"" + targets.url("/set/x") + "\",\"interval\":\"200ms\"}";
    long id =
        rollcall.send("POST", "/v1/services", body).json().at("/data/service/data/id").asLong();
    awaitMails(1);
    rollcall.send("DELETE", "/v1/services/" + id, "");
    await().atMost(PATIENCE).until(() -> incidents("?state=open").isEmpty());
    JsonNode one =
        rollcall
            .get("/v1/incidents/" + incidents("?subject=service:gone").getFirst().get("id"))
            .json()
            .at("/data/incident/data");
    assertThat(one.get("timeline").get(2).get("text").stringValue()).isEqualTo("it was removed");
    awaitMails(2);
    assertThat(mails.mails().getLast()).contains("Subject: [Ended] gone", "Why: it was removed");
  }
}
