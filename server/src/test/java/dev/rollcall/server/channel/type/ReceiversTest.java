package dev.rollcall.server.channel.type;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probes.Resolver;
import dev.rollcall.server.channel.definition.ChannelDefinition;
import dev.rollcall.server.channel.definition.ChannelReader;
import dev.rollcall.server.channel.message.AlertText;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.http.Json;
import dev.rollcall.server.outbox.Channel;
import dev.rollcall.server.outbox.Channel.Result;
import dev.rollcall.server.outbox.Delivery;
import dev.rollcall.server.outbox.Message;
import dev.rollcall.server.outbox.Notification.Kind;
import dev.rollcall.server.signal.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Each type of channel against a receiver that refuses what the real one refuses.
class ReceiversTest {
  private static final Instant AT = Instant.parse("2026-11-28T12:00:30Z");
  static final String SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

  /// What a name or reason may contain.
  private static final String HOSTILE =
      "a<b>&\"'`*_~|[x](http://evil.example)#1 @channel <!channel> \\ \n\u2028 \ud83d\ude00";

  private static final String PAGE = "https://status.example.org/incidents/7";
  private static final Message.About ABOUT =
      new Message.About(
          Severity.CRITICAL,
          List.of("prod", "web"),
          Optional.of("Shop"),
          Optional.of("https://shop.example.org/"));
  private static final String ACKNOWLEDGE = PAGE + "/acknowledge?channel=ops&key=0123456789abcdef";

  private static Delivery delivery(Kind kind, String name, String cause) {
    return delivery(kind, name, cause, Optional.empty());
  }

  private static Delivery delivery(Kind kind, String name, String cause, Optional<String> first) {
    Message message =
        new Message(
            name,
            AT.minusSeconds(20),
            AT,
            Optional.of(
                new Message.OfIncident(
                    7,
                    Optional.of(Kind.DOWN),
                    AT.minusSeconds(30),
                    Optional.of(cause),
                    Optional.empty(),
                    false,
                    false,
                    Optional.empty(),
                    Optional.of(new Message.Links(PAGE, Optional.of(ACKNOWLEDGE))),
                    ABOUT)));
    return new Delivery("service:" + name, kind, "service:3:" + kind, message, AT, 1, first);
  }

  private static Delivery down() {
    return delivery(Kind.DOWN, "shop", "status 503 (expected below 400)");
  }

  private static Channel channel(String definition) {
    Mistakes mistakes = new Mistakes();
    ChannelDefinition read =
        ChannelReader.one(Json.stored(definition.replace('\'', '"')), "", mistakes)
            .orElseThrow(() -> new AssertionError(mistakes.lines()));
    return read.templates()
        .over(read.settings().open("c", Resolver.system()), read.settings().markup());
  }

  private static Result send(String definition, Delivery delivery) throws InterruptedException {
    try (Channel channel = channel(definition)) {
      return channel.send(delivery);
    }
  }

  @ParameterizedTest
  @EnumSource
  void getsNothingThatAnotherProcessSendsByNow(Receiver type) throws Exception {
    try (StandIn receiver = type.started()) {
      Delivery down = down();
      AtomicInteger asked = new AtomicInteger();
      Delivery lost =
          new Delivery(
              down.subject(),
              down.kind(),
              down.key(),
              down.message(),
              down.written(),
              1,
              Optional.empty(),
              () -> asked.incrementAndGet() == 0);
      assertThat(send(type.definition(receiver), lost)).isEqualTo(new Result.Withheld(false));
      assertThat(asked).hasValue(1);
      assertThat(receiver.accepted()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void takesWhatItIsTold(Receiver type) throws Exception {
    try (StandIn receiver = type.started()) {
      assertThat(send(type.definition(receiver), down())).isInstanceOf(Result.Sent.class);
      assertThat(receiver.accepted().getFirst().body().replace("\\\\", ""))
          .contains("shop", "status 503 (expected below 400)", PAGE)
          .contains("critical", "Shop", "prod", "web", "https://shop.example.org/")
          .containsPattern(
              "\\Q" + PAGE + "/acknowledge?channel=ops\\E&(amp;)?key=0123456789abcdef");
      if (type != Receiver.WEBHOOK) { // which is for programs
        assertThat(receiver.accepted().getFirst().body())
            .contains("Since", "Confirmed")
            .doesNotContain("Last heard from");
      }
      assertThat(
              send(
                  type.definition(receiver),
                  delivery(Kind.RECOVERED, "shop", "status 503 (expected below 400)")))
          .isInstanceOf(Result.Sent.class);
      assertThat(receiver.accepted()).hasSize(2);
      if (type != Receiver.PAGERDUTY) { // where it is enough to name the incident
        assertThat(receiver.accepted().getLast().body())
            .contains("critical", "Shop", "prod", "web", "https://shop.example.org/")
            .doesNotContain("Why", "Confirmed");
      }
    }
  }

  /// The message has a line for each, and the link to the others.
  @ParameterizedTest
  @EnumSource
  void takesTwentyOfSeveral(Receiver type) throws Exception {
    for (String more : List.of("", HOSTILE, "€".repeat(300))) {
      List<Message.Item> items =
          IntStream.rangeClosed(1, 20)
              .mapToObj(
                  n ->
                      new Message.Item(
                          n,
                          n < 3 ? Kind.RECOVERED : Kind.SLOW,
                          Optional.of(Kind.SLOW),
                          "s" + n + " " + more,
                          AT,
                          AT,
                          Optional.of("took 2 s " + more),
                          ABOUT))
              .toList();
      Message message =
          new Message(
              "30 incidents: 30 down",
              AT,
              AT,
              Optional.empty(),
              Optional.of(
                  new Message.Several(30, items, Optional.of("group Shop"), Optional.of(PAGE))));
      try (StandIn receiver = type.started()) {
        assertThat(
                send(
                    type.definition(receiver),
                    new Delivery("incidents", Kind.SEVERAL, "incidents:3:4", message, AT, 1)))
            .as("%s %s", type, more)
            .isInstanceOf(Result.Sent.class);
        assertThat(receiver.accepted().getFirst().body())
            .as("%s", type)
            .contains("s20 ", "Shop", PAGE);
        if (type == Receiver.WEBHOOK) {
          assertThat(receiver.accepted().getFirst().json().at("/data/incidents").valueStream())
              .filteredOn(item -> item.has("ended_at"))
              .hasSize(2)
              .allMatch(item -> item.get("state").stringValue().equals("resolved"));
        }
        if (more.isEmpty()) {
          assertThat(receiver.accepted().getFirst().body()).as("%s", type).contains("critical");
        }
      }
    }
  }

  @Test
  void aWebhookHasWhatAnIncidentIsAboutAlsoAtItsEnd() throws Exception {
    try (StandIn receiver = Receiver.WEBHOOK.started()) {
      JsonNode end = end(Receiver.WEBHOOK, receiver).getFirst().json();
      assertThat(end.get("type").stringValue()).isEqualTo("incident.resolved");
      assertThat(end.at("/data/kind").stringValue()).isEqualTo("down");
      assertThat(end.at("/data/severity").stringValue()).isEqualTo("critical");
      assertThat(end.at("/data/tags").toString()).isEqualTo("[\"prod\",\"web\"]");
      assertThat(end.at("/data/group").stringValue()).isEqualTo("Shop");
      assertThat(end.at("/data/address").stringValue()).isEqualTo("https://shop.example.org/");
      assertThat(end.at("/data/ended_at").stringValue()).isEqualTo(AT.toString());
    }
  }

  @Test
  void anAlertOfJsmHasTheTagsOfItsSubject() throws Exception {
    try (StandIn receiver = Receiver.JSM.started()) {
      send(Receiver.JSM.definition(receiver), down());
      assertThat(receiver.accepted().getFirst().json().get("tags").toString())
          .isEqualTo("[\"prod\",\"web\"]");
    }
  }

  @ParameterizedTest
  @EnumSource
  void takesAnyNameAndReason(Receiver type) throws Exception {
    try (StandIn receiver = type.started()) {
      for (Kind kind : Kind.values()) {
        for (String text :
            List.of(HOSTILE, "x".repeat(20_000), "€".repeat(20_000), " ", "😀".repeat(9_000))) {
          assertThat(send(type.definition(receiver), delivery(kind, text, text)))
              .as("%s %s %s", type, kind, AlertText.cut(text, 50))
              .isInstanceOf(Result.Sent.class);
        }
      }
    }
  }

  /// The texts that the receiver has not taken are not there: it has taken the first ones.
  @ParameterizedTest
  @EnumSource
  void takesAnyNameAndReasonInATextOfItsOwn(Receiver type) throws Exception {
    String body =
        type == Receiver.WEBHOOK
            ? "'{\\\"data\\\": {\\\"name\\\": \\\"{{name}}\\\", \\\"why\\\": \\\"{{{cause}}}\\\"}}'"
            : "'own: {{name}} {{&name}} {{{cause}}}'";
    try (StandIn receiver = type.started()) {
      String definition =
          type.definition(receiver).replaceFirst("}$", ",'title':'own {{name}}','body':")
              + body
              + "}";
      for (Kind kind : Kind.values()) {
        for (String text :
            List.of(HOSTILE, "€".repeat(20_000), "<".repeat(9_000), "😀".repeat(9_000))) {
          assertThat(send(definition, delivery(kind, text, text)))
              .as("%s %s %s", type, kind, AlertText.cut(text, 50))
              .isInstanceOfSatisfying(
                  Result.Sent.class, sent -> assertThat(sent.remark()).isEmpty());
        }
      }
      assertThat(send(definition, down())).isInstanceOf(Result.Sent.class);
      assertThat(receiver.accepted().getLast().body())
          .contains(type == Receiver.WEBHOOK ? "why" : "own: shop shop status 503");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "WEBHOOK, '/why', 'a<b>&\"`*_ @channel'",
    "SLACK, '/blocks/1/text/text', '*Look:* a&lt;b&gt;&amp;\"\u200b`\u200b*\u200b_ @channel'",
    "DISCORD, '/embeds/0/description', '*Look:* a<b\\>&\"\\`\\*\\_ @channel'",
    "TELEGRAM, '/text', '<b>it</b>\n*Look:* a&lt;b&gt;&amp;&quot;`*_ @channel'",
    "PAGERDUTY, '/payload/custom_details/Text', '*Look:* a<b>&\"`*_ @channel'",
    "NTFY, '/message', '*Look:* a<b>&\"`*_ @channel'",
    "TEAMS, '/attachments/0/content/body/1/text', '*Look:* a<b>&\"\\`\\*\\_ @channel'",
    "JSM, '/description', '*Look:* a<b>&\"`*_ @channel'",
    "GOTIFY, '/message', '*Look:* a<b>&\"`*_ @channel'",
    "PUSHOVER, '/message', '*Look:* a<b>&\"`*_ @channel'",
    "MATRIX, '/formatted_body', '<strong>it</strong><br>*Look:* a&lt;b&gt;&amp;&quot;`*_ @channel'",
    "MATTERMOST, '/attachments/0/text', '**it**\n*Look:* a\\<b\\>&\"\\`\\*\\_ @\u200bchannel'",
    "GOOGLE_CHAT, '/cardsV2/0/card/sections/0/widgets/0/textParagraph/text', '*Look:*"
        + " a&lt;b&gt;&amp;&quot;`*_ @channel'",
    "ALERTMANAGER, '/0/annotations/description', '*Look:* a<b>&\"`*_ @channel'",
  })
  void escapesTheValuesOfATextOfItsOwn(Receiver type, String at, String expected) throws Exception {
    try (StandIn receiver = new StandIn(200, "{\"ok\":true}", _ -> Optional.empty())) {
      String body =
          type == Receiver.WEBHOOK ? "{\\\"why\\\": \\\"{{name}}\\\"}" : "*Look:* {{name}}";
      String definition =
          type.definition(receiver).replaceFirst("}$", ",'title':'it','body':'") + body + "'}";
      send(definition, delivery(Kind.DOWN, "a<b>&\"`*_ @channel", "x"));
      assertThat(receiver.accepted().getFirst().json().at(at).asString()).isEqualTo(expected);
    }
  }

  @Test
  void aRefusedTextOfItsOwnIsReplacedByOursAndThatIsRemarked() throws Exception {
    try (StandIn receiver = Receiver.TELEGRAM.started()) {
      String definition =
          Receiver.TELEGRAM.definition(receiver).replaceFirst("}$", ",'body':'<i>{{name}}</b>'}");
      assertThat(send(definition, down()))
          .isInstanceOfSatisfying(
              Result.Sent.class,
              sent ->
                  assertThat(sent.remark().orElse(""))
                      .startsWith("the template failed, so the usual text was sent: status 400")
                      .contains("can't parse entities"));
      assertThat(receiver.accepted().getFirst().json().get("text").stringValue())
          .startsWith("<b>Down: shop</b>\nWhy: status 503");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "application/json, '{\"n\": \"{{name}}\"}', '{\"n\": \"a<\\\"&\\n\"}'",
    "application/json, '{\"all\": {{{json}}}}', '{\"all\": {\"type\":\"incident.opened\"'",
    "text/plain; charset=utf-8, '{{name}}!', 'a<\"&\n!'",
    "application/x-www-form-urlencoded, 'n={{name}}&k=1', 'n=a%3C%22%26%0A&k=1'",
    "application/xml, '<n v=\"{{name}}\"/>', '<n v=\"a&lt;&quot;&amp;\n\"/>'",
  })
  void aWebhookHasABodyOfItsOwn(String type, String body, String expected) throws Exception {
    try (StandIn receiver = new StandIn(200, "", _ -> Optional.empty())) {
      String definition =
          Json.stored("{}")
              .put("name", "c")
              .put("type", "webhook")
              .put("url", receiver.url())
              .put("body", body)
              .set("headers", Json.stored("{}").put("content-type", type))
              .toString();
      send(definition, delivery(Kind.DOWN, "a<\"&\n", "x"));
      assertThat(receiver.accepted().getFirst().header("Content-Type")).isEqualTo(type);
      assertThat(receiver.accepted().getFirst().body()).startsWith(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "400, , , REFUSED",
    "401, , , REFUSED",
    "404, , , REFUSED",
    "410, , , REFUSED",
    "413, , , REFUSED",
    "302, Location, http://127.0.0.1:1/, REFUSED",
    "408, , , RETRY",
    "429, Retry-After, 7, RETRY",
    "500, , , RETRY",
    "503, Retry-After, 7, RETRY",
  })
  void saysWhatTheReceiverSays(int status, String header, String value, String expected)
      throws Exception {
    for (Receiver type : Receiver.values()) {
      try (StandIn receiver = type.started()) {
        receiver.say(
            status,
            "no such\nroom " + type.secret(),
            header == null ? "X-Nothing" : header,
            value == null ? "" : value);
        Result result = send(type.definition(receiver), down());
        assertThat(result)
            .as("%s", type)
            .isInstanceOf(expected.equals("RETRY") ? Result.Retry.class : Result.Refused.class);
        assertThat(result.toString()).as("%s", type).contains("status " + status);
        if (status != 302) {
          assertThat(result.toString()).as("%s", type).contains("no such room");
        }
        if (result instanceof Result.Retry retry && header != null) {
          assertThat(retry.after()).contains(Duration.ofSeconds(7));
        }
        assertThat(result.toString()).as("no secret of %s", type).doesNotContain(type.secret());
      }
    }
  }

  /// What was sent for the end of an incident whose beginning the receiver has taken.
  private static List<StandIn.Call> end(Receiver type, StandIn receiver) throws Exception {
    Result began = send(type.definition(receiver), down());
    assertThat(began).isInstanceOf(Result.Sent.class);
    Optional<String> first = ((Result.Sent) began).receipt();
    int before = receiver.accepted().size();
    assertThat(send(type.definition(receiver), delivery(Kind.RECOVERED, "shop", "x", first)))
        .isInstanceOf(Result.Sent.class);
    return receiver.accepted().subList(before, receiver.accepted().size());
  }

  @ParameterizedTest
  @CsvSource({
    "TELEGRAM, /reply_parameters/message_id, 5",
    "SLACK_BOT, /thread_ts, 1503435956.000247",
    "MATRIX, /m.relates_to/event_id, $YUwRidLecu:example.org",
    "NTFY, /sequence_id, rollcall-7-1795867200",
    "GOOGLE_CHAT, /thread/threadKey, rollcall-7-1795867200",
    "PAGERDUTY, /dedup_key, rollcall-7-1795867200",
  })
  void theEndOfAnIncidentRefersToItsBeginning(Receiver type, String at, String reference)
      throws Exception {
    try (StandIn receiver = type.started()) {
      StandIn.Call end = end(type, receiver).getFirst();
      assertThat(end.json().at(at).asString()).isEqualTo(reference);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "NTFY, /click, " + PAGE,
    "NTFY, /actions/1/url, " + ACKNOWLEDGE,
    "TEAMS, /attachments/0/content/actions/0/url, " + PAGE,
    "TEAMS, /attachments/0/content/actions/1/url, " + ACKNOWLEDGE,
    "GOOGLE_CHAT, /cardsV2/0/card/sections/0/widgets/9/buttonList/buttons/0/onClick/openLink/url, "
        + PAGE,
    "GOOGLE_CHAT, /cardsV2/0/card/sections/0/widgets/9/buttonList/buttons/1/onClick/openLink/url, "
        + ACKNOWLEDGE,
  })
  void aReceiverWithButtonsHasThoseOfTheLinks(Receiver type, String at, String url)
      throws Exception {
    try (StandIn receiver = type.started()) {
      send(type.definition(receiver), down());
      assertThat(receiver.accepted().getFirst().json().at(at).asString()).isEqualTo(url);
    }
  }

  @ParameterizedTest
  @CsvSource({"DISCORD, /embeds/0/title", "SLACK_BOT, /blocks/0/text/text"})
  void theEndOfAnIncidentChangesTheFirstMessage(Receiver type, String title) throws Exception {
    try (StandIn receiver = type.started()) {
      List<StandIn.Call> calls = end(type, receiver);
      assertThat(calls).hasSize(2);
      StandIn.Call edit = calls.getLast();
      assertThat(edit.method() + " " + edit.path())
          .isIn(
              "PATCH /api/webhooks/1/geheim99/messages/1155?thread_id=4", "POST /api/chat.update");
      assertThat(edit.json().at(title).asString()).isEqualTo("Up again: shop");
    }
  }

  /// The channel may have had another type, and the first message may be gone.
  @ParameterizedTest
  @EnumSource
  void theEndIsToldWhateverTheReceiptIs(Receiver type) throws Exception {
    try (StandIn receiver = type.started()) {
      for (String first : List.of("no such message", "7", "../x", "$x y")) {
        assertThat(
                send(
                    type.definition(receiver),
                    delivery(Kind.RECOVERED, "shop", "x", Optional.of(first))))
            .isInstanceOf(Result.Sent.class);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DISCORD | {\"message\":\"limited\",\"retry_after\":6.457,\"global\":false} | 6457",
        "TELEGRAM | {\"ok\":false,\"parameters\":{\"retry_after\":9}} | 9000",
        "MATRIX | {\"errcode\":\"M_LIMIT_EXCEEDED\",\"retry_after_ms\":2000} | 2000",
      })
  void waitsAsLongAsTheReceiverSaysInItsOwnWords(Receiver type, String body, long millis)
      throws Exception {
    try (StandIn receiver = type.started()) {
      receiver.say(429, body, "X-Nothing", "");
      assertThat(send(type.definition(receiver), down()))
          .isInstanceOfSatisfying(
              Result.Retry.class,
              retry -> assertThat(retry.after()).contains(Duration.ofMillis(millis)));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "channel_not_found, REFUSED",
    "not_in_channel, REFUSED",
    "invalid_auth, REFUSED",
    "internal_error, RETRY",
    "ratelimited, RETRY",
  })
  void slackRefusesABotWithAStatusOf200(String error, String expected) throws Exception {
    try (StandIn receiver = Receiver.SLACK_BOT.started()) {
      receiver.say(200, "{\"ok\":false,\"error\":\"%s\"}".formatted(error), "X-Nothing", "");
      Result result = send(Receiver.SLACK_BOT.definition(receiver), down());
      assertThat(result)
          .isInstanceOf(expected.equals("RETRY") ? Result.Retry.class : Result.Refused.class);
      assertThat(result.toString()).contains(error);
    }
  }

  @ParameterizedTest
  @EnumSource
  void showsNoSecretOfAnAnswerThatIsTaken(Receiver type) throws Exception {
    try (StandIn receiver = type.started()) {
      receiver.say(
          200,
          "{\"ok\":true,\"channel\":\"C1\",\"ts\":\"1.2\",\"x\":\"" + type.secret() + "\"}",
          "X-Nothing",
          "");
      Result result = send(type.definition(receiver), down());
      assertThat(result).isInstanceOf(Result.Sent.class);
      assertThat(result.toString()).contains("status 200").doesNotContain(type.secret());
    }
  }

  @Test
  void jsmClosesTheAlertOfTheBeginning() throws Exception {
    try (StandIn receiver = Receiver.JSM.started()) {
      StandIn.Call end = end(Receiver.JSM, receiver).getFirst();
      String alias = receiver.accepted().getFirst().json().get("alias").stringValue();
      assertThat(end.path()).isEqualTo("/v2/alerts/" + alias + "/close?identifierType=alias");
    }
  }

  @Test
  void aRepeatedAttemptHasTheSameIdWhereTheReceiverKnowsRepetitions() throws Exception {
    for (Receiver type : List.of(Receiver.MATRIX, Receiver.GOOGLE_CHAT)) {
      try (StandIn receiver = type.started()) {
        send(type.definition(receiver), down());
        send(type.definition(receiver), down());
        send(type.definition(receiver), delivery(Kind.RECOVERED, "shop", "x"));
        assertThat(receiver.accepted().stream().map(StandIn.Call::path).distinct()).hasSize(2);
      }
    }
  }

  @Test
  void saysThatTeamsMayStillShowNothing() throws Exception {
    try (StandIn receiver = Receiver.TEAMS.started()) {
      assertThat(send(Receiver.TEAMS.definition(receiver), down()).toString())
          .contains("status 202 (queued: look whether it appears in Teams)");
    }
  }

  @Test
  void oneOfSeveralAlertmanagersIsEnough() throws Exception {
    try (StandIn one = Receiver.ALERTMANAGER.started();
        StandIn two = Receiver.ALERTMANAGER.started()) {
      String definition =
          "{'name':'c','type':'alertmanager','url':['%s/geheim99','%s/geheim99']}"
              .formatted(one.url(), two.url());
      assertThat(send(definition, down())).isInstanceOf(Result.Sent.class);
      assertThat(one.accepted()).hasSize(1);
      assertThat(two.accepted()).hasSize(1);
      one.say(503, "starting", "X-Nothing", "");
      assertThat(send(definition, down())).isInstanceOf(Result.Sent.class);
      assertThat(two.accepted()).hasSize(2);
      two.say(400, "bad", "X-Nothing", "");
      assertThat(send(definition, down())).isInstanceOf(Result.Retry.class);
      one.say(400, "bad", "X-Nothing", "");
      assertThat(send(definition, down())).isInstanceOf(Result.Refused.class);
    }
  }

  /// The URL of the server, that of a server behind a proxy, and that of the place itself.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'type':'alertmanager' | /api/v2/alerts",
        "'type':'pagerduty','key':'0123456789abcdef0123456789abcdef' | /v2/enqueue",
        "'type':'jsm','key':'01234567-89ab-cdef-0123-456789geheim' | /v2/alerts",
        "'type':'gotify','token':'Ageheim99' | /message",
      })
  void aServerMayBeBelowAPath(String keys, String path) throws Exception {
    try (StandIn receiver = new StandIn(202, "{}", _ -> Optional.empty())) {
      for (String url : List.of("", "/", "/proxy/am", "/proxy/am/", path, "/proxy" + path + "/")) {
        String definition = "{'name':'c',%s,'url':'%s'}".formatted(keys, receiver.url() + url);
        assertThat(send(definition, down())).isInstanceOf(Result.Sent.class);
        assertThat(send(definition, delivery(Kind.RECOVERED, "shop", "x")))
            .isInstanceOf(Result.Sent.class);
      }
      assertThat(receiver.accepted().stream().map(StandIn.Call::path))
          .allMatch(to -> to.matches("(/proxy(/am)?)?\\Q" + path + "\\E(/[^/]+/close.*)?"))
          .hasSize(12);
    }
  }

  @Test
  void anAlertHasTheLabelsOfItsBeginningAtItsEnd() throws Exception {
    try (StandIn receiver = Receiver.ALERTMANAGER.started()) {
      JsonNode end = end(Receiver.ALERTMANAGER, receiver).getFirst().json().get(0);
      JsonNode began = receiver.accepted().getFirst().json().get(0);
      assertThat(end.get("labels")).isEqualTo(began.get("labels"));
      assertThat(end.get("startsAt")).isEqualTo(began.get("startsAt"));
      assertThat(end.get("endsAt").stringValue()).isEqualTo("2026-11-28T12:00:30Z");
      assertThat(Instant.parse(began.get("endsAt").stringValue()))
          .isAfter(AT.plus(Duration.ofDays(7)));
    }
  }

  @Test
  void theEndOfAnIncidentHasTheKeyOfItsBeginning() throws Exception {
    try (StandIn receiver = Receiver.PAGERDUTY.started()) {
      send(Receiver.PAGERDUTY.definition(receiver), down());
      send(Receiver.PAGERDUTY.definition(receiver), delivery(Kind.RECOVERED, "shop", "x"));
      assertThat(receiver.accepted())
          .extracting(call -> call.json().get("event_action").stringValue())
          .containsExactly("trigger", "resolve");
      assertThat(receiver.accepted())
          .extracting(call -> call.json().get("dedup_key").stringValue())
          .containsOnly("rollcall-7-1795867200");
    }
  }

  @Test
  void aWebhookHasItsMethodAndHeadersAndTheSameIdEachTime() throws Exception {
    try (StandIn receiver = new StandIn(200, "", _ -> Optional.empty())) {
      String definition =
          "{'name':'c','type':'webhook','url':'%s','method':'put','headers':{'X-Key':'k'}}"
              .formatted(receiver.url());
      send(definition, down());
      send(definition, down());
      assertThat(receiver.accepted()).extracting(StandIn.Call::method).containsOnly("PUT");
      assertThat(receiver.accepted()).extracting(call -> call.header("X-Key")).containsOnly("k");
      assertThat(receiver.accepted())
          .extracting(call -> call.header("webhook-id"))
          .containsOnly(receiver.accepted().getFirst().header("webhook-id"));
      assertThat(receiver.accepted().getFirst().header("webhook-signature")).isEqualTo("null");
      assertThat(receiver.accepted().getFirst().json().toString())
          .isEqualTo(
              "{\"type\":\"incident.opened\",\"timestamp\":\"2026-11-28T12:00:30Z\",\"data\":{"
                  + "\"incident\":7,\"subject\":\"service:shop\",\"name\":\"shop\",\"state\":\"open\",\"title\":\"Down:"
                  + " shop\",\"kind\":\"down\",\"severity\":\"critical\",\"tags\":[\"prod\",\"web\"],\"group\":\"Shop\",\"address\":\"https://shop.example.org/\",\"started_at\":\"2026-11-28T12:00:00Z\",\"cause\":\"status"
                  + " 503 (expected below 400)\",\"url\":\""
                  + PAGE
                  + "\",\"acknowledge_url\":\""
                  + ACKNOWLEDGE
                  + "\"}}");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'name':'c','type':'webhok'} | type: \"webhok\" is no type of channel",
        "{'name':'c','type':'webhok','route':{'hours':'x'}} | route.hours: \"x\" is not understood",
        "{'name':'c','type':'webhook'} | url: is missing",
        "{'name':'c','type':'webhook','url':'x'} | url: is no URL",
        "{'name':'c','type':'webhook','url':'http://h','secret':'abc'} | secret: is no key",
        "{'name':'c','type':'webhook','url':'http://h','method':'GET'} | method: \"GET\" is none"
            + " of",
        "{'name':'c','type':'webhook','url':'http://h','headers':{'Host':'x'}} | headers: \"Host\"",
        "{'name':'c','type':'slack'} | url: is missing",
        "{'name':'c','type':'discord','url':1} | url: is no text",
        "{'name':'c','type':'telegram'} | token: is missing",
        "{'name':'c','type':'telegram','token':'x','chat-id':'y'} | token: is no token of a bot",
        "{'name':'c','type':'telegram','token':'x','chat-id':'y z'} | chat-id: \"y z\" is no chat",
        "{'name':'c','type':'pagerduty'} | key: is missing",
        "{'name':'c','type':'pagerduty','url':'https://h?x=1'} | url: has a query",
        "{'name':'c','type':'pagerduty','key':'x'} | key: is no integration key",
        "{'name':'c','type':'ntfy'} | topic: is missing",
        "{'name':'c','type':'ntfy','topic':'a/b'} | topic: is no topic",
        "{'name':'c','type':'ntfy','topic':'a','url':'https://h/a'} | url: has a path",
        "{'name':'c','type':'ntfy','topic':'a','url':'https://h?x=1'} | url: has a query",
        "{'name':'c','type':'slack','url':'http://h','key':'x'} | key: unknown key",
        "{'name':'c','type':'slack','url':'http://h','channel':'x'} | channel: needs the token",
        "{'name':'c','type':'slack','token':'xoxb-1234567890'} | channel: is missing",
        "{'name':'c','type':'slack','token':'abc','channel':'x'} | token: is no token",
        "{'name':'c','type':'slack','token':'xoxb-1234567890','channel':'a b'} | channel: \"a b\"",
        "{'name':'c','type':'teams'} | url: is missing",
        "{'name':'c','type':'teams','url':'https://acme.webhook.office.com/webhookb2/x'} | url: is"
            + " that of a connector",
        "{'name':'c','type':'teams','url':'https://outlook.office.com/webhook/x'} | url: is that"
            + " of",
        "{'name':'c','type':'jsm'} | key: is missing",
        "{'name':'c','type':'jsm','key':'a b'} | key: is no API key",
        "{'name':'c','type':'gotify','url':'http://h'} | token: is missing",
        "{'name':'c','type':'gotify','token':'Abcdefg'} | url: is missing",
        "{'name':'c','type':'pushover','token':'x'} | token: is no API token",
        "{'name':'c','type':'pushover'} | user: is missing",
        "{'name':'c','type':'pushover','device':'a b'} | device: \"a b\" is no device",
        "{'name':'c','type':'matrix','url':'http://h','token':'abcdef'} | room: is missing",
        "{'name':'c','type':'matrix','room':'#ops:h'} | room: \"#ops:h\" is no id of a room",
        "{'name':'c','type':'mattermost'} | url: is missing",
        "{'name':'c','type':'google-chat','url':'x'} | url: is no URL",
        "{'name':'c','type':'alertmanager'} | url: is missing: give the URL of Alertmanager",
        "{'name':'c','type':'alertmanager','url':['http://h','x']} | url: is no URL",
        "{'name':'c','type':'alertmanager','url':[]} | url: is neither",
        "{'name':'c','type':'alertmanager','url':['http://a','http://b','http://c','http://d',"
            + "'http://e','http://f']} | url: has more than 5",
      })
  void saysWhatIsWrongWithADefinition(String line) {
    String[] parts = line.split(" \\| ", 2);
    Mistakes mistakes = new Mistakes();
    assertThat(ChannelReader.one(Json.stored(parts[0].replace('\'', '"')), "", mistakes)).isEmpty();
    assertThat(mistakes.lines()).anySatisfy(one -> assertThat(one).startsWith(parts[1]));
  }
}
