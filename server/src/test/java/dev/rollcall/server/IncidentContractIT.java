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
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// The contract of incidents against the running program, on SQLite: one program for all of its
/// lines, which run at once, each with subjects of its own. What needs a start of its own is in
/// [IncidentStartIT].
@Execution(ExecutionMode.CONCURRENT)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IncidentContractIT {
  private Targets targets;
  private Receiver everything;
  private Receiver critical;
  private Receiver named;
  private Receiver escalation;
  private RunningRollcall rollcall;

  /// Where the rows are.
  String database() {
    return "";
  }

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    targets = new Targets();
    everything = new Receiver();
    critical = new Receiver();
    named = new Receiver();
    escalation = new Receiver();
    rollcall =
        Plan.in(folder)
            .asProcess()
            .flags("--database=" + database())
            .yaml(
                """
                incidents: {together: 100ms, flapping: 3, flapping-steady: 2s}
                heartbeat: {startup-grace: 0s}
                channels:
                  - {name: everything, type: webhook, url: '%s'}
                  - {name: critical, type: webhook, url: '%s', route: {severity: critical, tags: prod}}
                  - {name: named, type: webhook, url: '%s', route: {names: nobody}}
                  - {name: escalation, type: webhook, url: '%s', route: {names: 'urgent*', after: 3s}}
                groups:
                  - {name: Pair, rule: any}
                """
                    .formatted(everything.url(), critical.url(), named.url(), escalation.url()))
            .start();
  }

  @AfterAll
  void stop() throws IOException {
    assertThat(rollcall.log()).doesNotContain("ERROR");
    rollcall.close();
    targets.close();
    List.of(everything, critical, named, escalation).forEach(Receiver::close);
  }

  /// Makes a service.
  ///
  /// @param keys more of its keys: `,"confirm":1`
  private void service(String name, String path, String keys) {
    Answer made =
        rollcall.send(
            "POST",
            "/v1/services",
            "{\"name\":\"%s\",\"url\":\"%s\"%s}".formatted(name, targets.url(path), keys));
    assertThat(made.status()).as("%s", made.json()).isEqualTo(201);
  }

  private List<JsonNode> incidents(String query) {
    return rollcall
        .get("/v1/incidents" + query)
        .json()
        .at("/data/incidents/data")
        .valueStream()
        .toList();
  }

  /// Waits for so many incidents of a subject, all in that state.
  ///
  /// @return the newest
  private JsonNode awaitIncident(String subject, String state, int many) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                incidents("?subject=" + subject).size() == many
                    && incidents("?state=" + state + "&subject=" + subject).size() > 0
                    && state(subject).equals(state));
    return incidents("?subject=" + subject).getFirst();
  }

  private String state(String subject) {
    return incidents("?subject=" + subject).getFirst().get("state").stringValue();
  }

  /// The incident with its timeline.
  private JsonNode details(JsonNode incident) {
    return rollcall.get("/v1/incidents/" + incident.get("id")).json().at("/data/incident/data");
  }

  /// What a receiver was told: `NAME open` and `NAME resolved`, in this order.
  private static List<String> told(Receiver receiver) {
    return receiver.messages().stream()
        .map(message -> message.get("data"))
        .flatMap(
            data ->
                data.has("incidents")
                    ? data.get("incidents").valueStream()
                    : List.of(data).stream())
        .map(item -> item.get("name").stringValue() + " " + item.get("state").stringValue())
        .toList();
  }

  private void awaitTold(Receiver receiver, String what) {
    await().atMost(PATIENCE).until(() -> told(receiver).contains(what));
  }

  @Test
  void observationsInARowOpenAndEndAnIncidentWhichIsBackDated() {
    service(
        "rows",
        "/turns/503-200-503-503-200-503-200-200",
        ",\"interval\":\"200ms\",\"confirm\":2,\"recover\":2");
    JsonNode incident = awaitIncident("service:rows", "resolved", 1);
    List<JsonNode> ticks = rollcall.ticks("rows");
    long began = ticks.get(2).get("at").asLong();
    assertThat(incident.get("started_at").asLong()).isEqualTo(began);
    assertThat(incident.get("opened_at").asLong())
        .isGreaterThanOrEqualTo(ticks.get(3).get("at").asLong());
    assertThat(incident.get("resolved_at").asLong())
        .isGreaterThanOrEqualTo(ticks.get(7).get("at").asLong());
    assertThat(incident.get("cause").stringValue()).isEqualTo("status 503 (expected below 400)");
    assertThat(rollcall.rows("/v1/services/" + rollcall.service("rows").get("id") + "/events"))
        .filteredOn(event -> event.get("event").stringValue().equals("downtime"))
        .extracting(event -> event.get("date_started").asLong())
        .contains(began);
  }

  @Test
  void whatConfirmsIsAskedForSoonerThanTheInterval() {
    service(
        "hourly",
        "/turns/503",
        ",\"interval\":\"1h\",\"confirm\":3,\"confirm-interval\":\"200ms\"");
    service("once", "/turns/500", ",\"interval\":\"1h\",\"confirm\":1");
    awaitIncident("service:hourly", "open", 1);
    awaitIncident("service:once", "open", 1);
    assertThat(targets.seen("/turns/503").arrivals()).hasSize(3);
    assertThat(targets.seen("/turns/500").arrivals()).hasSize(1);
  }

  @Test
  void aJobFailsAndIsLateAtOnceUntilItsNextGoodRun() {
    rollcall.get("/ping/job/fail?frequency=1h");
    JsonNode failed = awaitIncident("heartbeat:job", "open", 1);
    assertThat(failed.get("kind").stringValue()).isEqualTo("failed");
    awaitTold(everything, "job open");
    rollcall.get("/ping/job?frequency=1s");
    awaitTold(everything, "job resolved");
    JsonNode late = awaitIncident("heartbeat:job", "open", 2);
    assertThat(late.get("kind").stringValue()).isEqualTo("late");
    rollcall.get("/ping/job?frequency=1h");
    awaitIncident("heartbeat:job", "resolved", 2);
  }

  @Test
  void routesChooseAndASubjectMayNameItsChannelsItself() {
    String down = ",\"interval\":\"1h\",\"confirm\":1";
    service("quiet", "/status/500", down + ",\"notify\":[\"named\"],\"tags\":[\"prod\"]");
    service("minor", "/status/501", down + ",\"severity\":\"warning\",\"tags\":[\"prod\"]");
    service("other", "/status/502", down);
    awaitIncident("service:quiet", "open", 1);
    assertThat(awaitIncident("service:minor", "open", 1).get("severity").stringValue())
        .isEqualTo("warning");
    awaitIncident("service:other", "open", 1);
    service("major", "/status/503", down + ",\"tags\":[\"prod\"]");
    awaitTold(critical, "major open");
    awaitTold(everything, "major open");
    awaitTold(named, "quiet open");
    assertThat(told(critical)).containsExactly("major open");
    assertThat(told(named)).containsExactly("quiet open");
    assertThat(told(everything)).contains("minor open", "other open").doesNotContain("quiet open");
  }

  @Test
  void whoIsToldLaterIsNotToldOfWhatSomebodyHasSeen() {
    String down = ",\"interval\":\"1h\",\"confirm\":1";
    service("urgent one", "/status/500", down);
    JsonNode one = awaitIncident("service:urgent%20one", "open", 1);
    awaitTold(everything, "urgent one open");
    String path = "/v1/incidents/" + one.get("id");
    assertThat(rollcall.send("POST", path + "/acknowledge", "{\"note\":\"on it\"}").status())
        .isEqualTo(200);
    assertThat(rollcall.send("POST", path + "/notes", "{\"text\":\"disk full\"}").status())
        .isEqualTo(200);
    service("urgent two", "/status/501", down);
    awaitTold(escalation, "urgent two open");
    assertThat(told(escalation)).containsExactly("urgent two open");
    JsonNode seen = details(one);
    assertThat(seen.get("acknowledged_by").stringValue()).isEqualTo("this machine");
    assertThat(seen.get("timeline").toString()).contains("on it", "disk full");

    String id = seen.at("/deliveries/0/id").toString();
    await()
        .atMost(PATIENCE)
        .until(() -> rollcall.send("POST", "/v1/deliveries/" + id + "/replay", "").status() == 200);
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                everything.calls().stream()
                        .filter(call -> call.body().contains("\"name\":\"urgent one\""))
                        .map(Receiver.Call::id)
                        .toList()
                        .size()
                    > 1);
    assertThat(rollcall.send("POST", path + "/resolve", "").status()).isEqualTo(200);
    awaitTold(everything, "urgent one resolved");
  }

  @Test
  void whatFlapsStaysOneIncidentUntilItIsSteady() {
    String turns = "/turns/503-200-503-200-503-200-503-200-503-200";
    service("flappy", turns, ",\"interval\":\"200ms\",\"confirm\":1");
    JsonNode last = awaitIncident("service:flappy", "resolved", 3);
    assertThat(last.get("flapping").booleanValue()).isTrue();
    assertThat(details(last).get("timeline").toString()).contains("\"type\":\"flapping\"");
    assertThat(incidents("?subject=service:flappy").getLast().get("flapping").booleanValue())
        .isFalse();
    assertThat(targets.seen(turns).arrivals().size()).isGreaterThan(10);
    awaitTold(everything, "flappy resolved");
  }

  @Test
  void onlyTheCauseIsToldAndItsDependantsWhenItIsWellAgain() {
    targets.set("/set/db", 503);
    targets.set("/set/web", 503);
    service("db", "/set/db", ",\"interval\":\"200ms\"");
    JsonNode db = awaitIncident("service:db", "open", 1);
    service(
        "web",
        "/set/web",
        ",\"interval\":\"1h\",\"confirm-interval\":\"200ms\",\"depends-on\":[\"db\"]");
    await().atMost(PATIENCE).until(() -> details(db).get("behind").toString().equals("[\"web\"]"));
    assertThat(incidents("?subject=service:web")).isEmpty();
    targets.set("/set/db", 200);
    awaitIncident("service:db", "resolved", 1);
    awaitIncident("service:web", "open", 1);
    awaitTold(everything, "web open");
  }

  @Test
  void maintenanceHoldsTheEndOfWhatWasOpenBefore() {
    targets.set("/set/disk", 503);
    service("disk", "/set/disk", ",\"interval\":\"200ms\"");
    awaitIncident("service:disk", "open", 1);
    awaitTold(everything, "disk open");
    Answer made =
        rollcall.send("POST", "/v1/maintenance", "{\"title\":\"disks\",\"names\":\"di*\"}");
    assertThat(made.status()).isEqualTo(201);
    assertThat(made.json().at("/data/maintenance/data").has("hint")).isFalse();
    String one = "/v1/maintenance/" + made.json().at("/data/maintenance/data/id");
    targets.set("/set/disk", 200);
    awaitIncident("service:disk", "resolved", 1);
    service("witness", "/status/503", ",\"interval\":\"1h\",\"confirm\":1");
    awaitTold(everything, "witness open");
    assertThat(told(everything)).doesNotContain("disk resolved");
    assertThat(rollcall.get("/v1/maintenance").json().toString()).contains("\"active\"");
    assertThat(rollcall.send("POST", one + "/end", "").status()).isEqualTo(200);
    awaitTold(everything, "disk resolved");
    assertThat(rollcall.send("DELETE", one, "").status()).isEqualTo(200);
  }

  @Test
  void whoeverMakesMaintenanceIsToldWhatNothingFits() {
    service("covered", "/status/200", ",\"interval\":\"1h\",\"tags\":[\"rack\"]");
    rollcall.get("/ping/covered-job?frequency=1h");
    Answer made =
        rollcall.send(
            "POST",
            "/v1/maintenance",
            "{\"names\":[\"cov*\",\"covered-job\",\"cvd\"],\"tags\":[\"rack\",\"rakc\"]}");
    JsonNode one = made.json().at("/data/maintenance/data");
    assertThat(one.get("hint").stringValue())
        .isEqualTo("no service, heartbeat or group has the name cvd, the tag rakc");
    String path = "/v1/maintenance/" + one.get("id");
    assertThat(rollcall.send("PATCH", path, "{\"names\":null}").json().toString())
        .contains("\"hint\":\"no service, heartbeat or group has the tag rakc\"");
    assertThat(rollcall.send("PATCH", path, "{\"tags\":\"rack\"}").json().toString())
        .doesNotContain("hint");
    assertThat(rollcall.get(path).json().toString()).doesNotContain("hint");
    assertThat(rollcall.send("DELETE", path, "").status()).isEqualTo(200);
  }

  @Test
  void pagesGoOnBelowAnId() {
    for (int i = 0; i < 3; i++) {
      service("page " + i, "/status/503", ",\"interval\":\"1h\",\"confirm\":1");
      awaitIncident("service:page%20" + i, "open", 1);
    }
    List<Long> all = incidents("").stream().map(each -> each.get("id").asLong()).toList();
    assertThat(all).isSortedAccordingTo((a, b) -> Long.compare(b, a));
    long before = all.getFirst();
    for (int i = 1; i < 3; i++) {
      JsonNode page =
          rollcall.get("/v1/incidents?limit=1&before=" + before).json().at("/data/incidents");
      assertThat(page.at("/data/0/id").asLong()).isEqualTo(all.get(i));
      assertThat(page.at("/pagination/before").asLong()).isEqualTo(all.get(i));
      before = all.get(i);
    }
    assertThat(incidents("?kind=late"))
        .allMatch(one -> one.get("kind").stringValue().equals("late"));
    assertThat(rollcall.get("/v1/incidents/999999").status()).isEqualTo(404);
    assertThat(rollcall.health("/metrics").body())
        .containsPattern("rollcall_incidents_opened_total [1-9]")
        .containsPattern("rollcall_incident_told_seconds_count [1-9]");
  }

  @Test
  void aChannelIsMadeTriedChangedAndDeletedWithoutShowingItsSecrets() throws IOException {
    try (Receiver receiver = new Receiver()) {
      Answer made =
          rollcall.send(
              "POST",
              "/v1/channels",
              "{\"name\":\"made\",\"type\":\"webhook\",\"url\":\"%s\",\"route\":{\"names\":\"x\"}}"
                  .formatted(receiver.url()));
      assertThat(made.status()).as("%s", made.json()).isEqualTo(201);
      assertThat(made.json().toString()).contains("\"url\":\"***\"").doesNotContain("127.0.0.1");
      assertThat(
              rollcall
                  .send("POST", "/v1/channels/made/test", "")
                  .json()
                  .at("/data/test/data/result")
                  .stringValue())
          .isEqualTo("sent");
      assertThat(receiver.messages())
          .singleElement()
          .asString()
          .contains("Test")
          .containsPattern("\"timestamp\":\"[-0-9]+T[:0-9]+Z\"");
      assertThat(
              rollcall
                  .send("PATCH", "/v1/channels/made", "{\"route\":{\"names\":\"y\"}}")
                  .json()
                  .toString())
          .contains("\"y\"");
      assertThat(rollcall.send("DELETE", "/v1/channels/made", "").status()).isEqualTo(200);
      assertThat(rollcall.get("/v1/channels/made").status()).isEqualTo(404);
    }
  }

  @Test
  void whatAReceiverRefusesIsSentOnceAndShown() throws IOException {
    try (Receiver refusing = new Receiver()) {
      refusing.answer(400);
      String channel =
          "{\"name\":\"refusing\",\"type\":\"webhook\",\"url\":\"%s\",\"route\":{\"names\":\"refused\"}}"
              .formatted(refusing.url());
      assertThat(rollcall.send("POST", "/v1/channels", channel).status()).isEqualTo(201);
      service("refused", "/status/503", ",\"interval\":\"1h\",\"confirm\":1");
      awaitTold(everything, "refused open");
      await().atMost(PATIENCE).until(() -> delivered("refused", "refusing").equals("failed"));
      assertThat(rollcall.page("/channels")).contains("failed", "status 400");
      assertThat(rollcall.health("/metrics").body())
          .contains("rollcall_deliveries_total{channel=\"refusing\",result=\"failed\"} 1.0");
      assertThat(rollcall.log()).contains("(delivery ", "on channel refusing)");
      assertThat(refusing.calls()).hasSize(1);
      assertThat(rollcall.send("DELETE", "/v1/channels/refusing", "").status()).isEqualTo(200);
    }
  }

  /// What became of the message about the newest incident of a service on a channel.
  private String delivered(String service, String channel) {
    return details(incidents("?subject=service:" + service).getFirst())
        .get("deliveries")
        .valueStream()
        .filter(one -> one.get("channel").stringValue().equals(channel))
        .map(one -> one.get("state").stringValue())
        .findFirst()
        .orElse("");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "state=x",
        "kind=x",
        "subject=shop",
        "subject=service:%00",
        "tag=%00",
        "before=0",
        "limit=x"
      })
  void aWrongQuestionIsToldSo(String query) {
    assertThat(rollcall.get("/v1/incidents?" + query).status()).isEqualTo(400);
  }

  /// Each is refused in its own words, and the last change is the one that closes a circle.
  @Test
  void aCircleIsRefusedWhoeverClosesIt() {
    String hourly = ",\"interval\":\"1h\"";
    refused("POST", "/v1/services", named("self", hourly + dependsOn("self")), "self -> self");

    service("circle-a", "/status/200", hourly);
    service("circle-b", "/status/200", hourly + dependsOn("circle-a"));
    refused("PATCH", of("circle-a"), dependsOnly("circle-b"), "circle-a -> circle-b -> circle-a");

    service("circle-c", "/status/200", hourly + dependsOn("unknown", "circle-b"));
    String three = "circle-a -> circle-c -> circle-b -> circle-a";
    refused("PATCH", of("circle-a"), dependsOnly("circle-c"), three);
    String renamed = "unknown -> circle-c -> unknown";
    refused("POST", "/v1/services", named("unknown", hourly + dependsOn("circle-c")), renamed);
    service("named", "/status/200", hourly + dependsOn("circle-c"));
    refused("PATCH", of("named"), "{\"name\":\"unknown\"}", renamed);

    rollcall.get("/ping/circle-job?frequency=1h");
    assertThat(
            rollcall.send("PATCH", "/v1/heartbeats/circle-job", dependsOnly("circle-c")).status())
        .isEqualTo(200);
    refused(
        "PATCH",
        of("circle-a"),
        dependsOnly("circle-job"),
        "circle-a -> circle-job -> circle-c -> circle-b -> circle-a");
    service("behind", "/status/200", hourly + dependsOn("circle-job"));
    refused(
        "PATCH",
        "/v1/heartbeats/circle-job",
        dependsOnly("behind"),
        "circle-job -> behind -> circle-job");

    refused(
        "POST",
        "/v1/services",
        named("member", hourly + ",\"group\":\"Pair\"" + dependsOn("Pair")),
        "member -> Pair -> member");
    service("outside", "/status/200", hourly + dependsOn("Pair"));
    refused("PATCH", of("outside"), "{\"group\":\"Pair\"}", "outside -> Pair -> outside");
    assertThat(rollcall.send("PATCH", of("circle-a"), "{\"depends-on\":null}").status())
        .isEqualTo(200);
  }

  private String of(String service) {
    return "/v1/services/" + rollcall.service(service).get("id");
  }

  private String named(String name, String keys) {
    return "{\"name\":\"%s\",\"url\":\"%s\"%s}".formatted(name, targets.url("/status/200"), keys);
  }

  private static String dependsOn(String... names) {
    return ",\"depends-on\":[\"" + String.join("\",\"", names) + "\"]";
  }

  private static String dependsOnly(String name) {
    return "{" + dependsOn(name).substring(1) + "}";
  }

  private void refused(String method, String path, String body, String circle) {
    Answer answer = rollcall.send(method, path, body);
    assertThat(answer.status()).as("%s", answer.json()).isEqualTo(400);
    assertThat(answer.json().get("errors").valueStream().map(JsonNode::stringValue))
        .containsExactly("depends-on: makes a circle: " + circle + ": remove one of these");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          channels    | {'name':'a','type':'pigeon','url':'http://h/'}                               | type
          channels    | {'name':'A b','type':'webhook','url':'http://h/'}                            | name
          channels    | {'name':'a','type':'webhook','url':'http://h/','key':'x'}                    | key
          channels    | {'name':'a','type':'webhook'}                                                | url
          channels    | {'name':'a','type':'webhook','url':'nonsense'}                               | url
          channels    | {'name':'a','type':'webhook','url':'http://h/','secret':'x'}                 | secret
          channels    | {'name':'a','type':'pagerduty'}                                              | key
          channels    | {'name':'a','type':'webhook','url':'http://h/','route':{'tag':'x'}}          | route.tag
          channels    | {'name':'a','type':'webhook','url':'http://h/','route':{'hours':'25:00'}}    | route.hours
          channels    | {'name':'a','type':'webhook','url':'http://h/','route':{'hours':'Mon-Fri 09:00-17:00','tz':'Mars'}} | route.tz
          channels    | {'name':'a','type':'webhook','url':'http://h/','route':{'severity':'bad'}}   | route.severity
          channels    | {'name':'a','type':'webhook','url':'http://h/','route':{'kinds':'bad'}}      | route.kinds
          channels    | {'name':'a','type':'webhook','url':'http://h/','route':{'after':'soon'}}     | route.after
          maintenance | {'title':'a'}                                                                |
          maintenance | {'title':'a','all':true,'schedule':'0 25 * * *','for':'1h'}                  | schedule
          maintenance | {'title':'a','all':true,'schedule':'0 3 * * *','tz':'Mars','for':'1h'}       | tz
          maintenance | {'title':'a','all':true,'from':'yesterday'}                                  | from
          maintenance | {'title':'a','all':true,'for':'x'}                                           | for
          services    | {'name':'a','url':'http://h','depends-on':{'b':1}}                           | depends-on
          services    | {'name':'a','url':'http://h','severity':'bad'}                               | severity
          services    | {'name':'a','url':'http://h','confirm':0}                                    | confirm
          services    | {'name':'a','url':'http://h','runbook':'wiki'}                               | runbook
          """)
  void aMistakeIsToldWithItsField(String list, String body, String field) {
    Answer answer = rollcall.send("POST", "/v1/" + list, body.replace('\'', '"'));
    assertThat(answer.status()).as("%s", answer.json()).isEqualTo(400);
    assertThat(answer.json().get("errors").valueStream().map(JsonNode::stringValue))
        .singleElement()
        .asString()
        .startsWith(field == null ? "" : field + ": ");
  }
}
