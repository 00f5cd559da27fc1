package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Answer;
import dev.rollcall.server.RunningRollcall.Plan;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// The ping server's contract against the running program, line by line.
class HeartbeatContractIT {
  @TempDir static Path folder;

  private static RunningRollcall rollcall;

  @BeforeAll
  static void start() {
    rollcall = Plan.in(folder).asProcess().flags("--ping-port=0", "--log-level=debug").start();
  }

  @AfterAll
  static void stop() {
    assertThat(rollcall.log()).doesNotContain("ERROR");
    rollcall.close();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }

  private static long now() {
    return Instant.now().getEpochSecond();
  }

  private static JsonNode shown(String name) {
    return rollcall.get("/v1/heartbeats/" + encoded(name)).json().at("/data/heartbeat/data");
  }

  private static void refused(Answer answer, int status, String parameter) {
    assertThat(answer.status()).as("%s", answer.json()).isEqualTo(status);
    assertThat(answer.json().get("status").stringValue()).isEqualTo("error");
    assertThat(answer.json().get("message").stringValue()).contains(parameter);
    assertThat(answer.json().get("parameter").stringValue()).isEqualTo(parameter);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST"})
  void aCallIsAnsweredWithTheMomentOfTheNext(String method) {
    long before = now();
    Answer answer = rollcall.send(method, "/ping?name=by" + method + "&frequency=10m", "");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().get("status").stringValue()).isEqualTo("ok");
    assertThat(answer.json().get("message").stringValue()).isNotEmpty();
    assertThat(answer.json().get("next_ping_at").asLong()).isBetween(before + 600, now() + 600);
  }

  @Test
  void headIsACallToo() throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + rollcall.port() + "/ping?name=head&frequency=1m");
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(HttpRequest.newBuilder(uri).HEAD().build(), BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEmpty();
    }
    assertThat(shown("head").get("count").asLong()).isEqualTo(1);
  }

  @Test
  void aStatedTimestampCounts() {
    long at = now() - 30;
    Answer answer = rollcall.get("/ping?name=stated&frequency=10m&timestamp=" + at);
    assertThat(answer.json().get("next_ping_at").asLong()).isEqualTo(at + 600);
    assertThat(shown("stated").get("last_ping_at").asLong()).isEqualTo(at);
  }

  @Test
  void frequenciesChangeOnTheFly() {
    long at = now();
    rollcall.get("/ping?name=fly&frequency=1m&timestamp=" + (at - 30));
    Answer answer = rollcall.get("/ping?name=fly&frequency=10m&timestamp=" + at);
    assertThat(answer.json().get("next_ping_at").asLong()).isEqualTo(at + 600);
    assertThat(shown("fly").get("frequency").stringValue()).isEqualTo("10m");
  }

  @Test
  void anEarlierTimestampChangesNothing() {
    long at = now();
    rollcall.get("/ping?name=earlier&frequency=1m&timestamp=" + at);
    Answer answer = rollcall.get("/ping?name=earlier&frequency=9m&timestamp=" + (at - 1));
    refused(answer, 409, "timestamp");
    assertThat(answer.json().get("last_ping_at").asLong()).isEqualTo(at);
    assertThat(answer.json().get("message").stringValue()).contains(Long.toString(at));
    assertThat(shown("earlier").get("frequency").stringValue()).isEqualTo("1m");
    assertThat(shown("earlier").get("count").asLong()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/ping|name",
        "/ping?frequency=1m|name",
        "/ping?name=&frequency=1m|name",
        "/ping?name=%20&frequency=1m|name",
        "/ping?name=%00&frequency=1m|name",
        "/ping?name=a%0Ab&frequency=1m|name",
        "/ping?name=%FF&frequency=1m|name",
        "/ping?name=a&name=b&frequency=1m|name",
        "/ping?name=a|frequency",
        "/ping?name=a&frequency=|frequency",
        "/ping?name=a&frequency=0m|frequency",
        "/ping?name=a&frequency=-1m|frequency",
        "/ping?name=a&frequency=1|frequency",
        "/ping?name=a&frequency=m|frequency",
        "/ping?name=a&frequency=1.5h|frequency",
        "/ping?name=a&frequency=1d|frequency",
        "/ping?name=a&frequency=1M|frequency",
        "/ping?name=a&frequency=521W|frequency",
        "/ping?name=a&frequency=99999999999999999999s|frequency",
        "/ping?name=a&frequency=9223372036854775807W|frequency",
        "/ping?name=a&frequency=1m&frequency=1m|frequency",
        "/ping?name=a&frequency=1m&timestamp=|timestamp",
        "/ping?name=a&frequency=1m&timestamp=0|timestamp",
        "/ping?name=a&frequency=1m&timestamp=-1|timestamp",
        "/ping?name=a&frequency=1m&timestamp=now|timestamp",
        "/ping?name=a&frequency=1m&timestamp=99999999999999999999|timestamp",
        "/ping?name=a&frequency=1m&timestamp=9999999999|timestamp",
        "/ping?name=a&frequency=1m&timestamp=1&timestamp=2|timestamp",
        "/ping?name=a&schedule=61+3+*+*+*|schedule",
        "/ping?name=a&schedule=0+3+*+*+*&tz=Nowhere|tz",
        "/ping?name=a&frequency=1m&grace=5|grace",
        "/ping?name=a&frequency=1m&rid=a%20b|rid",
      })
  void aMistakeIsRefusedWithTheNameOfItsParameter(String path, String parameter) {
    refused(rollcall.get(path), 400, parameter);
    assertThat(rollcall.get("/v1/heartbeats/a").status()).isEqualTo(404);
  }

  @Test
  void aTimestampMayBeFiveMinutesAhead() {
    assertThat(rollcall.get("/ping?name=ahead&frequency=1m&timestamp=" + (now() + 290)).status())
        .isEqualTo(200);
    refused(
        rollcall.get("/ping?name=ahead&frequency=1m&timestamp=" + (now() + 310)), 400, "timestamp");
  }

  @Test
  void aNameTooLongIsRefused() {
    refused(rollcall.get("/ping?frequency=1m&name=" + encoded("👍".repeat(256))), 400, "name");
    assertThat(rollcall.get("/ping?frequency=1m&name=" + encoded("👍".repeat(255))).status())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "daily digest",
        "a/b/c",
        "../../etc",
        "'; DROP TABLE heartbeat; --",
        "<b>&amp;</b>",
        "\"quoted\"",
        "👩‍👩‍👧",
        "日本語",
        "100%",
        "a+b",
        "?x=1#y",
        ".",
        "..",
        "{name}",
        "remove",
        "start"
      })
  void anyNameIsTakenAndRemoved(String name) {
    assertThat(
            rollcall.get("/ping?frequency=1m&name=" + encoded(name).replace("+", "%2B")).status())
        .isEqualTo(200);
    assertThat(shown(name).get("name").stringValue()).isEqualTo(name);
    Answer removed = rollcall.send("DELETE", "/ping/" + encoded(name), "");
    assertThat(removed.status()).as("%s", removed.json()).isEqualTo(200);
    assertThat(removed.json().get("status").stringValue()).isEqualTo("ok");
    Answer again = rollcall.send("DELETE", "/ping/" + encoded(name), "");
    assertThat(again.status()).isEqualTo(404);
    assertThat(again.json().get("status").stringValue()).isEqualTo("error");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST", "DELETE"})
  void theEarlierFormRemovesToo(String method) {
    rollcall.get("/ping?name=a+b&frequency=1m");
    assertThat(rollcall.send(method, "/ping/remove?name=a%20b", "").status()).isEqualTo(200);
    assertThat(rollcall.send(method, "/ping/remove?name=a%20b", "").status()).isEqualTo(404);
    refused(rollcall.send("GET", "/ping/remove", ""), 400, "name");
  }

  @Test
  void thePortOfItsOwnAnswersHeartbeatsAlone() {
    Matcher port =
        Pattern.compile("port (\\d+) answers GET,POST /ping PING").matcher(rollcall.log());
    int own = 0;
    while (port.find()) {
      int each = Integer.parseInt(port.group(1));
      own = each == rollcall.port() ? own : each;
    }
    assertThat(own).isPositive();
    assertThat(rollcall.on(own, "GET", "/ping?name=own&frequency=1m").status()).isEqualTo(200);
    assertThat(rollcall.on(own, "DELETE", "/ping/own").status()).isEqualTo(200);
    assertThat(rollcall.on(own, "GET", "/v1/services").status()).isEqualTo(404);
    assertThat(rollcall.on(own, "GET", "/v1/heartbeats").status()).isEqualTo(404);
  }

  @Test
  void runsHaveAStartAnEndAndADuration() {
    rollcall.get("/ping/job/start?rid=1&frequency=1h");
    assertThat(shown("job").get("state").stringValue()).isEqualTo("new");
    rollcall.get("/ping/job/start?rid=2");
    assertThat(rollcall.get("/ping/job/3?rid=1").status()).isEqualTo(200);
    assertThat(shown("job").get("state").stringValue()).isEqualTo("failed");
    assertThat(rollcall.get("/ping/job?rid=2").status()).isEqualTo(200);
    JsonNode job = shown("job");
    assertThat(job.get("state").stringValue()).isEqualTo("up");
    assertThat(job.at("/runs/0/rid").stringValue()).isEqualTo("2");
    assertThat(job.at("/runs/0/result").stringValue()).isEqualTo("ok");
    assertThat(job.at("/runs/0/duration_ms").isNumber()).isTrue();
    assertThat(job.at("/runs/1/exit_code").asInt()).isEqualTo(3);
    assertThat(rollcall.get("/ping/job/stop").status()).isEqualTo(404);
    refused(rollcall.get("/ping/stranger"), 400, "frequency");
  }

  /// Windows has 32 bits of them, written with a sign or without.
  @ParameterizedTest
  @ValueSource(longs = {255, 256, 65_536, -1, -1_073_741_819, 3_221_225_477L, -2_147_483_648})
  void everyExitCodeIsOne(long code) {
    assertThat(rollcall.get("/ping/windows/" + code + "?frequency=1h").status()).isEqualTo(200);
    JsonNode job = shown("windows");
    assertThat(job.get("state").stringValue()).isEqualTo("failed");
    assertThat(job.at("/runs/0/exit_code").asLong()).isEqualTo(code);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-2147483649", "4294967296", "-0", "007", "1e3", "99999999999"})
  void anythingElseIsNoExitCode(String code) {
    assertThat(rollcall.get("/ping/windows/" + code + "?frequency=1h").status()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Origin: http://evil.example",
        "Origin: null",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site"
      })
  void aPageOfAnotherSiteChangesNothing(String header) {
    rollcall.get("/ping?name=kept&frequency=1h");
    long calls = shown("kept").get("count").asLong();
    String[] foreign = header.split(": ", -1);
    for (String path :
        List.of("/ping?name=kept&frequency=1s", "/ping/kept/fail", "/ping/remove?name=kept")) {
      assertThat(rollcall.send("GET", path, "", foreign).status()).as(path).isEqualTo(403);
      assertThat(rollcall.send("POST", path, "", foreign).status()).as(path).isEqualTo(403);
    }
    assertThat(rollcall.send("DELETE", "/ping/kept", "", foreign).status()).isEqualTo(403);
    assertThat(rollcall.send("POST", "/hops", "[]", foreign).status()).isEqualTo(403);
    assertThat(shown("kept").get("count").asLong()).isEqualTo(calls);
    assertThat(shown("kept").get("state").stringValue()).isEqualTo("up");
    assertThat(rollcall.send("GET", "/ping/kept", "", "Sec-Fetch-Site", "none").status())
        .isEqualTo(200);
  }

  @Test
  void whoAsksWithHeadRemovesNothing() {
    rollcall.get("/ping?name=looked+at&frequency=1h");
    assertThat(rollcall.status("HEAD", "/ping/remove?name=looked%20at")).isEqualTo(405);
    assertThat(shown("looked at").get("state").stringValue()).isEqualTo("up");
  }

  @Test
  void aLengthWrittenAsOthersDoIsSaidHowItIsMeant() {
    Answer answer = rollcall.get("/ping?name=a&frequency=10d");
    refused(answer, 400, "frequency");
    assertThat(answer.json().get("message").stringValue()).contains("did you mean 10D?");
  }

  @Test
  void theBeginningOfABodyIsKept() {
    Answer whole = rollcall.send("POST", "/ping?name=printing&frequency=1h", "all good\n");
    assertThat(whole.json().has("output")).isFalse();
    assertThat(shown("printing").at("/runs/0/output").stringValue()).isEqualTo("all good\n");
    Answer cut = rollcall.send("POST", "/ping?name=printing&frequency=1h", "x".repeat(1_000_000));
    assertThat(cut.status()).isEqualTo(200);
    assertThat(cut.json().get("output").stringValue()).contains("10000");
    Answer huge =
        rollcall.send("POST", "/ping?name=talkative&frequency=1h", "x".repeat(20_000_000));
    assertThat(huge.status()).isEqualTo(200);
    assertThat(huge.json().get("output").stringValue()).contains("10000");
    assertThat(shown("printing").at("/runs/0/output").stringValue()).hasSize(10_000);
  }

  /// The request is the call, whatever its body is.
  @Test
  void aCallCountsAlsoIfItsBodyCannotBeRead() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (String coding : List.of("br", "gzip", "x, gzip")) {
        URI uri =
            URI.create(
                "http://127.0.0.1:" + rollcall.port() + "/ping?name=unreadable&frequency=1h");
        HttpRequest request =
            HttpRequest.newBuilder(uri)
                .header("Content-Encoding", coding)
                .POST(BodyPublishers.ofString("no such coding"))
                .build();
        HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(coding).isEqualTo(200);
        assertThat(answer.body()).contains("\"recorded\"", "\"output\":\"not kept: ");
      }
    }
    assertThat(shown("unreadable").get("count").asLong()).isEqualTo(3);
    assertThat(shown("unreadable").at("/runs/0").has("output")).isFalse();
  }

  @Test
  void aScheduleSaysWhenTheNextIsExpected() {
    Answer answer = rollcall.get("/ping?name=nightly&schedule=0+3+*+*+*&tz=Europe/Berlin&grace=5m");
    long next = answer.json().get("next_ping_at").asLong();
    assertThat(next).isBetween(now(), now() + 25 * 3_600);
    assertThat(Instant.ofEpochSecond(next).atZone(ZoneId.of("Europe/Berlin")).getHour())
        .isEqualTo(3);
    assertThat(shown("nightly").get("schedule").stringValue()).isEqualTo("0 3 * * *");
    assertThat(shown("nightly").get("tz").stringValue()).isEqualTo("Europe/Berlin");
    assertThat(shown("nightly").get("grace").stringValue()).isEqualTo("5m");
  }

  @Test
  void whoIsLateIsShownWithinASecond() {
    long next = rollcall.get("/ping?name=late&frequency=1s").json().get("next_ping_at").asLong();
    await().atMost(PATIENCE).until(() -> shown("late").get("state").stringValue().equals("late"));
    assertThat(shown("late").get("late_since").asLong()).isEqualTo(next);
    assertThat(rollcall.rows("/v1/heartbeats?state=late"))
        .extracting(row -> row.get("name").stringValue())
        .contains("late");
    assertThat(rollcall.health("/metrics").body())
        .contains("rollcall_heartbeat_late{heartbeat=\"late\"} 1.0")
        .contains("rollcall_heartbeat_last_timestamp_seconds{heartbeat=\"late\"} ")
        .contains("rollcall_heartbeats{state=\"late\"} ");
  }

  @Test
  void nothingIsExpectedWhilePaused() {
    rollcall.get("/ping?name=paused&frequency=1h");
    assertThat(rollcall.send("POST", "/v1/heartbeats/paused/pause", "").status()).isEqualTo(200);
    assertThat(shown("paused").get("state").stringValue()).isEqualTo("paused");
    assertThat(rollcall.get("/ping?name=paused&frequency=1h").status()).isEqualTo(200);
    assertThat(rollcall.send("POST", "/v1/heartbeats/paused/resume", "").status()).isEqualTo(200);
    assertThat(shown("paused").get("state").stringValue()).isEqualTo("up");
    assertThat(rollcall.send("POST", "/v1/heartbeats/nobody/pause", "").status()).isEqualTo(404);
  }

  @Test
  void theListComesInPages() {
    for (int i = 0; i < 5; i++) {
      rollcall.get("/ping?name=page" + i + "&frequency=1h");
    }
    JsonNode block =
        rollcall.get("/v1/heartbeats?limit=2&page=2&state=up").json().at("/data/heartbeats");
    assertThat(block.get("data")).hasSize(2);
    assertThat(block.at("/pagination/page").asInt()).isEqualTo(2);
    assertThat(block.at("/pagination/total").asInt()).isGreaterThanOrEqualTo(5);
    assertThat(rollcall.get("/v1/heartbeats?state=lost").status()).isEqualTo(400);
  }

  @Test
  void withoutAnAlertUriItSaysOnceThatLatenessIsOnlyShown() {
    assertThat(rollcall.log().split("what is down or late is shown, but nobody is told", -1))
        .hasSize(2);
  }
}
