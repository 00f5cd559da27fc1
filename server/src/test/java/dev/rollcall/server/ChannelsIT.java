package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Answer;
import dev.rollcall.server.RunningRollcall.Plan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Channels of the file and of the API: who is told, how they are changed, and what is shown.
class ChannelsIT {
  private static final String LATE = "/ping?name=%s&frequency=1s";

  @TempDir Path folder;

  @Test
  void channelsOfTheApiTellUntilTheyAreDeletedAndOutliveARestart() throws Exception {
    try (Receiver receiver = new Receiver();
        Receiver changed = new Receiver()) {
      Plan plan = Plan.in(folder).yaml("heartbeat: {startup-grace: 0s}\n");
      try (RunningRollcall rollcall = plan.start()) {
        Answer made =
            rollcall.send(
                "POST",
                "/v1/channels",
                "{\"name\":\"ops\",\"type\":\"alert-uri\",\"url\":\"" + receiver.url() + "\"}");
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.json().at("/data/channel/data").toString())
            .isEqualTo(
                "{\"name\":\"ops\",\"type\":\"alert-uri\",\"url\":\"***\",\"origin\":\"api\"}");
        assertThat(rollcall.get(LATE.formatted("first")).status()).isEqualTo(200);
        await().atMost(PATIENCE).until(() -> receiver.about("first").size() == 1);

        // Another URL, from now on; a value of *** changes nothing.
        assertThat(
                rollcall
                    .send("PATCH", "/v1/channels/ops", "{\"url\":\"" + changed.url() + "\"}")
                    .status())
            .isEqualTo(200);
        assertThat(rollcall.send("PATCH", "/v1/channels/ops", "{\"url\":\"***\"}").status())
            .isEqualTo(200);
        rollcall.get(LATE.formatted("second"));
        await().atMost(PATIENCE).until(() -> changed.about("second").size() == 1);
        assertThat(receiver.about("second")).isEmpty();
        assertThat(rollcall.stop()).isZero();
      }
      assertThat(stored()).startsWith("v1:").doesNotContain("127.0.0.1");
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(folder.resolve("rollcall-data/secret.key"))))
          .isEqualTo("rw-------");
      int before = changed.about("third").size();
      try (RunningRollcall again = plan.start()) {
        again.get(LATE.formatted("third"));
        await().atMost(PATIENCE).until(() -> changed.about("third").size() > before);
        assertThat(again.send("DELETE", "/v1/channels/ops", "").status()).isEqualTo(200);
        assertThat(channels(again)).isEmpty();
        assertThat(again.get("/v1/channels/ops").status()).isEqualTo(404);
        assertThat(again.log()).doesNotContain("team=7");
      }
    }
  }

  @Test
  void aKeyThatWasLostIsSaidAndTheChannelCanBeDefinedAgain() throws Exception {
    try (Receiver receiver = new Receiver()) {
      Plan plan = Plan.in(folder).yaml("heartbeat: {startup-grace: 0s}\n");
      try (RunningRollcall rollcall = plan.start()) {
        rollcall.send(
            "POST",
            "/v1/channels",
            "{\"name\":\"ops\",\"type\":\"alert-uri\",\"url\":\"" + receiver.url() + "\"}");
        rollcall.stop();
      }
      Files.delete(folder.resolve("rollcall-data/secret.key"));
      try (RunningRollcall again = plan.start()) {
        await()
            .atMost(PATIENCE)
            .until(() -> again.log().contains("channel ops sends nothing: its definition cannot"));
        assertThat(
                again
                    .send("PATCH", "/v1/channels/ops", "{\"url\":\"" + receiver.url() + "\"}")
                    .status())
            .isEqualTo(200);
        again.get(LATE.formatted("later"));
        await().atMost(PATIENCE).until(() -> receiver.about("later").size() == 1);
      }
    }
  }

  @Test
  void channelsOfTheFileChangeWithIt() throws Exception {
    try (Receiver one = new Receiver();
        Receiver other = new Receiver()) {
      Plan plan =
          Plan.in(folder)
              .variable("ONE", one.url())
              .yaml("heartbeat: {startup-grace: 0s}\n" + channel("one", "'${ONE}'"));
      try (RunningRollcall rollcall = plan.start()) {
        assertThat(channels(rollcall))
            .containsExactly(
                "{\"name\":\"one\",\"type\":\"alert-uri\",\"url\":\"***\",\"origin\":\"file\"}");
        assertThat(rollcall.send("DELETE", "/v1/channels/one", "").status()).isEqualTo(409);
        rollcall.get(LATE.formatted("first"));
        await().atMost(PATIENCE).until(() -> one.about("first").size() == 1);
        plan.yaml("heartbeat: {startup-grace: 0s}\n" + channel("other", other.url()));
        await().atMost(PATIENCE).until(() -> channels(rollcall).toString().contains("other"));
        rollcall.get(LATE.formatted("second"));
        await().atMost(PATIENCE).until(() -> other.about("second").size() == 1);
        assertThat(one.about("second")).isEmpty();
      }
    }
  }

  @Test
  void whatIsProbablyNotMeantIsAHintToWhoWroteIt() throws Exception {
    Plan plan =
        Plan.in(folder)
            .yaml(
                """
                channels:
                  - {name: filed, type: ntfy, topic: t, url: 'http://127.0.0.1:1/', body: '$NAME'}
                """);
    String dollar = "line 1: $NAME is of healthchecks, and stays as it is: write {{name}}";
    try (RunningRollcall rollcall = plan.start()) {
      await().atMost(PATIENCE).until(() -> rollcall.log().contains("filed: body, " + dollar));
      Answer made =
          rollcall.send(
              "POST",
              "/v1/channels",
              """
              {"name": "made", "type": "ntfy", "topic": "t", "url": "http://127.0.0.1:1/",
               "title": "$NAME", "body": "{{name}}\\n[RESULT_ERRORS]", "route": {"tags": "prdo"}}
              """);
      assertThat(made.status()).isEqualTo(201);
      assertThat(hint(made))
          .isEqualTo(
              "title, %s; body, line 2: [RESULT_ERRORS] is of Gatus, and stays as it is: write"
                      .formatted(dollar)
                  + " {{cause}}; route: no service, heartbeat or group has the tag prdo");
      assertThat(rollcall.get("/v1/channels/made").json().toString()).doesNotContain("hint");
      assertThat(rollcall.get("/v1/channels").json().toString()).doesNotContain("hint");
      assertThat(rollcall.page("/channels"))
          .contains("body, " + dollar, "[RESULT_ERRORS] is of Gatus");
      Answer changed =
          rollcall.send("PATCH", "/v1/channels/made", "{\"title\": \"{{name}}\", \"route\": null}");
      assertThat(hint(changed)).startsWith("body, line 2: [RESULT_ERRORS]").doesNotContain(";");
      changed = rollcall.send("PATCH", "/v1/channels/made", "{\"body\": null}");
      assertThat(changed.json().toString()).doesNotContain("hint", "body", "route", "null");
    }
  }

  private static String hint(Answer answer) {
    return answer.json().at("/data/channel/data/hint").asString("");
  }

  @Test
  void everyMistakeIsALineOfItsOwn() {
    RunningRollcall.Ended ended =
        Plan.in(folder)
            .yaml(
                """
                channels:
                  - {name: Ops, type: alert-uri, url: https://a.example/}
                  - {name: ops, type: pigeon}
                  - {name: pager, type: alert-uri, url: ftp://secret.example/}
                  - {name: pager, type: alert-uri, url: https://a.example/, key: x}
                  - {type: alert-uri, url: https://a.example/}
                  - {name: last, type: alert-uri}
                  - name: chat
                    type: slack
                    url: https://a.example/
                    title: '{{#name}}'
                    body: |
                      *{{name}}*
                      {{cuase}}
                  - {name: hook, type: webhook, url: https://a.example/, secret: swordfish}
                  - {name: call, type: pagerduty}
                  - {name: late, type: alert-uri, url: https://a.example/, route: {hours: 'Mon-Fri 25:00-26:00'}}
                  - {name: far, type: alert-uri, url: https://a.example/, route: {hours: 'Sun', tz: Mars/Base}}
                  - {name: typo, type: alert-uri, url: https://a.example/, route: {tag: prod, after: soon}}
                maintenance:
                  - {title: disks, all: true, schedule: '0 25 * * *', for: 1h}
                  - {title: whom, from: 2026-12-05T20:00:00+01:00, to: 2026-12-05T19:00:00+01:00}
                heartbeats:
                  - {name: backup, schedule: '61 * * * *'}
                services:
                  - {name: a, url: 'http://a.example/', depends-on: b}
                  - {name: b, url: 'http://a.example/', depends-on: a}
                  - {name: c, url: 'http://a.example/', depends-on: d, confirm: 0, severity: bad}
                """)
            .refused();
    assertThat(ended.status()).as(ended.said()).isEqualTo(2);
    assertThat(ended.said())
        .contains(
            "rollcall.yaml:2: channels[0].name: \"Ops\" is no name for a channel",
            "rollcall.yaml:3: channels[1].type: \"pigeon\" is no type of channel: use one of",
            "rollcall.yaml:4: channels[2].url: is no URL to call",
            "rollcall.yaml:5: channels[3].key: unknown key",
            "rollcall.yaml:5: channels[3].name: \"pager\" is the name of channels[2] too",
            "rollcall.yaml:6: channels[4].name: is missing",
            "rollcall.yaml:7: channels[5].url: is missing",
            "rollcall.yaml:11: channels[6].title: line 1: Section missing close tag 'name'",
            "rollcall.yaml:12: channels[6].body: line 2: {{cuase}} is no name, did you mean"
                + " cause?",
            "rollcall.yaml:15: channels[7].secret: is no key",
            "rollcall.yaml:16: channels[8].key: is missing",
            "rollcall.yaml:17: channels[9].route.hours: \"Mon-Fri 25:00-26:00\" ",
            "rollcall.yaml:18: channels[10].route.tz: \"Mars/Base\" is no time zone",
            "rollcall.yaml:19: channels[11].route.tag: unknown key, did you mean tags?",
            "rollcall.yaml:19: channels[11].route.after: \"soon\" is no duration",
            "rollcall.yaml:21: maintenance[0].schedule: ",
            "rollcall.yaml:22: maintenance[1].to: ",
            "rollcall.yaml:24: heartbeats[0].schedule: is no schedule",
            "rollcall.yaml:26: services[0].depends-on: \"b\" makes a circle: a -> b -> a",
            "rollcall.yaml:27: services[1].depends-on: \"a\" makes a circle: b -> a -> b",
            "rollcall.yaml:28: services[2].depends-on: \"d\" is no service",
            "rollcall.yaml:28: services[2].confirm: \"0\" ",
            "rollcall.yaml:28: services[2].severity: \"bad\" is no severity")
        .doesNotContain("secret.example", "swordfish");
    assertThat(ended.said().lines().filter(line -> line.startsWith("rollcall.yaml:")))
        .hasSizeGreaterThanOrEqualTo(23);
  }

  @Test
  void requestsThatMakeNoSenseAreRefused() {
    try (RunningRollcall rollcall = Plan.in(folder).start()) {
      String good = "{\"name\":\"a\",\"type\":\"alert-uri\",\"url\":\"http://127.0.0.1:9/\"}";
      assertThat(rollcall.send("POST", "/v1/channels", good).status()).isEqualTo(201);
      assertThat(rollcall.send("POST", "/v1/channels", good).status()).isEqualTo(409);
      for (String bad :
          List.of("[]", "{}", "{\"name\":1}", good.replace("alert-uri", "x"), "{\"name\":\"b")) {
        assertThat(rollcall.send("POST", "/v1/channels", bad).status()).as(bad).isEqualTo(400);
      }
      for (String bad : List.of("{\"name\":\"b\"}", "{\"type\":\"mail\"}", "{\"url\":7}", "3")) {
        assertThat(rollcall.send("PATCH", "/v1/channels/a", bad).status()).as(bad).isEqualTo(400);
      }
      assertThat(rollcall.send("PATCH", "/v1/channels/b", "{}").status()).isEqualTo(404);
      assertThat(rollcall.send("DELETE", "/v1/channels/b", "").status()).isEqualTo(404);
    }
  }

  private static String channel(String name, String url) {
    return "channels:\n  - {name: %s, type: alert-uri, url: %s}\n"
        .formatted(name, url.startsWith("'") ? url : "'" + url + "'");
  }

  private static List<String> channels(RunningRollcall rollcall) {
    return rollcall.rows("/v1/channels").stream().map(JsonNode::toString).toList();
  }

  private String stored() throws SQLException {
    try (Connection database =
            RunningRollcall.database(folder.resolve("rollcall-data/rollcall.db"));
        Statement statement = database.createStatement();
        ResultSet row = statement.executeQuery("SELECT definition FROM channel")) {
      row.next();
      return row.getString(1);
    }
  }
}
