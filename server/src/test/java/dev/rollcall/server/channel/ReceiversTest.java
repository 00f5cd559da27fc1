package dev.rollcall.server.channel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probes.Resolver;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.http.Json;
import dev.rollcall.server.outbox.Channel;
import dev.rollcall.server.outbox.Channel.Result;
import dev.rollcall.server.outbox.Delivery;
import dev.rollcall.server.outbox.Message;
import dev.rollcall.server.outbox.Notification.Kind;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Each type of channel against a receiver that refuses what the real one refuses.
class ReceiversTest {
  private static final Instant AT = Instant.parse("2026-11-28T12:00:30Z");
  private static final String SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

  /// What a name or reason may contain.
  private static final String HOSTILE =
      "a<b>&\"'`*_~|[x](http://evil.example)#1 @channel <!channel> \\ \n\u2028 \ud83d\ude00";

  private static Delivery delivery(Kind kind, String name, String cause) {
    Message message =
        new Message(
            name,
            AT.minusSeconds(20),
            AT,
            Optional.of(new Message.OfIncident(7, AT.minusSeconds(30), Optional.of(cause))));
    return new Delivery("service:" + name, kind, "service:3:down:1", message, AT, 1);
  }

  private static Delivery down() {
    return delivery(Kind.DOWN, "shop", "status 503 (expected below 400)");
  }

  private static Channel channel(String definition) {
    Mistakes mistakes = new Mistakes();
    return ChannelReader.one(Json.stored(definition.replace('\'', '"')), "", mistakes)
        .orElseThrow(() -> new AssertionError(mistakes.lines()))
        .settings()
        .open("c", Resolver.system());
  }

  private static Result send(String definition, Delivery delivery) throws InterruptedException {
    try (Channel channel = channel(definition)) {
      return channel.send(delivery);
    }
  }

  /// A receiver, with its rules, and the definition of a channel to it.
  private enum Type {
    WEBHOOK("'type':'webhook','url':'%s/in?token=geheim99','secret':'" + SECRET + "'", 204, "") {
      @Override
      Optional<String> refuse(StandIn.Call call) {
        return call.path().equals("/in?token=geheim99")
                && call.header("webhook-id").startsWith("msg_")
                && isSigned(call)
                && call.body().getBytes(UTF_8).length < 20_000
                && call.json().at("/data/name").isString()
            ? Optional.empty()
            : Optional.of("no webhook");
      }
    },
    SLACK("'type':'slack','url':'%s/services/T0/B0/geheim99'", 200, "ok") {
      @Override
      Optional<String> refuse(StandIn.Call call) {
        JsonNode body = call.json();
        boolean texts =
            body.get("text").stringValue().length() <= 4_000
                && body.at("/blocks/0/text/type").stringValue().equals("plain_text")
                && body.at("/blocks/0/text/text").stringValue().length() <= 150
                && !body.at("/blocks/0/text/text").stringValue().isBlank();
        boolean fields =
            body.at("/blocks/1/fields").size() <= 10
                && body.at("/blocks/1/fields")
                    .valueStream()
                    .map(field -> field.get("text").stringValue())
                    .allMatch(text -> text.length() <= 2_000 && !text.contains("<"));
        return texts && fields && !body.get("text").stringValue().contains("<")
            ? Optional.empty()
            : Optional.of("invalid_blocks");
      }
    },
    DISCORD("'type':'discord','url':'%s/api/webhooks/1/geheim99'", 204, "") {
      @Override
      Optional<String> refuse(StandIn.Call call) {
        JsonNode embed = call.json().at("/embeds/0");
        boolean fits =
            embed.get("title").stringValue().length() <= 256
                && embed.get("fields").size() <= 25
                && embed
                    .get("fields")
                    .valueStream()
                    .allMatch(
                        field ->
                            field.get("name").stringValue().length() <= 256
                                && !field.get("value").stringValue().isBlank()
                                && field.get("value").stringValue().length() <= 1_024)
                && embed.toString().length() <= 6_000;
        boolean quiet = call.json().at("/allowed_mentions/parse").isEmpty();
        Instant.parse(embed.get("timestamp").stringValue());
        return fits && quiet ? Optional.empty() : Optional.of("{\"code\":50035}");
      }
    },
    TELEGRAM(
        "'type':'telegram','token':'123456:ABCDEFGHIJKLMNOPQRSTgeheim99','chat-id':-100123,"
            + "'thread-id':4,'url':'%s'",
        200, "{\"ok\":true,\"result\":{\"message_id\":5}}") {
      @Override
      Optional<String> refuse(StandIn.Call call) {
        String text = call.json().get("text").stringValue();
        String bare = text.replaceAll("</?b>", "");
        boolean escaped = !bare.contains("<") && !bare.replaceAll("&(amp|lt|gt);", "").contains("&");
        String shown = bare.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        return call.path().equals("/bot123456:ABCDEFGHIJKLMNOPQRSTgeheim99/sendMessage")
                && call.json().get("parse_mode").stringValue().equals("HTML")
                && call.json().get("message_thread_id").asLong() == 4
                && escaped
                && shown.length() <= 4_096
            ? Optional.empty()
            : Optional.of("{\"ok\":false,\"description\":\"Bad Request: can't parse entities\"}");
      }
    },
    PAGERDUTY(
        "'type':'pagerduty','key':'0123456789abcdef0123456789abcdef','url':'%s/v2/enqueue'",
        202, "{\"status\":\"success\"}") {
      @Override
      Optional<String> refuse(StandIn.Call call) {
        JsonNode body = call.json();
        boolean resolves = body.get("event_action").stringValue().equals("resolve");
        boolean event =
            body.get("routing_key").stringValue().length() == 32
                && body.get("dedup_key").stringValue().length() <= 255;
        boolean payload =
            resolves
                || (body.at("/payload/summary").stringValue().length() <= 1_024
                    && !body.at("/payload/source").stringValue().isEmpty()
                    && List.of("critical", "error", "warning", "info")
                        .contains(body.at("/payload/severity").stringValue()));
        return event && payload && call.body().getBytes(UTF_8).length <= 512_000
            ? Optional.empty()
            : Optional.of("{\"status\":\"invalid event\"}");
      }
    },
    NTFY("'type':'ntfy','topic':'geheim99','token':'tk_geheim99','url':'%s'", 200, "{}") {
      @Override
      Optional<String> refuse(StandIn.Call call) {
        JsonNode body = call.json();
        return call.path().equals("/")
                && call.header("Authorization").equals("Bearer tk_geheim99")
                && body.get("topic").stringValue().equals("geheim99")
                && body.get("message").stringValue().getBytes(UTF_8).length <= 4_096
                && body.get("priority").asInt() >= 1
                && body.get("priority").asInt() <= 5
            ? Optional.empty()
            : Optional.of("{\"code\":40003}");
      }
    };

    private final String keys;
    private final int status;
    private final String body;

    /// The longest secret of the definition.
    private final String secret;

    Type(String keys, int status, String body) {
      this.secret =
          switch (name()) {
            case "TELEGRAM" -> "123456:ABCDEFGHIJKLMNOPQRSTgeheim99";
            case "PAGERDUTY" -> "0123456789abcdef0123456789abcdef";
            case "NTFY" -> "tk_geheim99";
            default -> "geheim99";
          };
      this.keys = keys;
      this.status = status;
      this.body = body;
    }

    /// What is wrong with a request; empty if the receiver accepts it.
    abstract Optional<String> refuse(StandIn.Call call);

    StandIn receiver() throws IOException {
      return new StandIn(
          status,
          body,
          call ->
              call.header("Content-Type").equals("application/json") && call.method().equals("POST")
                  ? refuse(call)
                  : Optional.of("no JSON"));
    }

    String definition(StandIn receiver) {
      return "{'name':'c'," + keys.formatted(receiver.url()) + "}";
    }

    private static boolean isSigned(StandIn.Call call) {
      try {
        Mac mac = Mac.getInstance("HmacSHA256");
        byte[] key = Base64.getDecoder().decode(SECRET.substring("whsec_".length()));
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        String signed =
            call.header("webhook-id") + "." + call.header("webhook-timestamp") + "." + call.body();
        String expected =
            "v1," + Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(UTF_8)));
        return call.header("webhook-signature").equals(expected);
      } catch (java.security.GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void takesWhatItIsTold(Type type) throws Exception {
    try (StandIn receiver = type.receiver()) {
      assertThat(send(type.definition(receiver), down())).isEqualTo(new Result.Sent());
      assertThat(receiver.accepted().getFirst().body().replace("\\\\", ""))
          .contains("shop", "status 503 (expected below 400)");
      assertThat(
              send(
                  type.definition(receiver),
                  delivery(Kind.RECOVERED, "shop", "status 503 (expected below 400)")))
          .isEqualTo(new Result.Sent());
      assertThat(receiver.accepted()).hasSize(2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void takesAnyNameAndReason(Type type) throws Exception {
    try (StandIn receiver = type.receiver()) {
      for (Kind kind : Kind.values()) {
        for (String text :
            List.of(HOSTILE, "x".repeat(20_000), "€".repeat(20_000), " ", "😀".repeat(9_000))) {
          assertThat(send(type.definition(receiver), delivery(kind, text, text)))
              .as("%s %s %s", type, kind, AlertText.cut(text, 50))
              .isEqualTo(new Result.Sent());
        }
      }
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
    for (Type type : Type.values()) {
      try (StandIn receiver = type.receiver()) {
        receiver.say(
            status,
            "no such\nroom " + type.secret,
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
        assertThat(result.toString()).as("no secret of %s", type).doesNotContain(type.secret);
      }
    }
  }

  @Test
  void theEndOfAnIncidentHasTheKeyOfItsBeginning() throws Exception {
    try (StandIn receiver = Type.PAGERDUTY.receiver()) {
      send(Type.PAGERDUTY.definition(receiver), down());
      send(Type.PAGERDUTY.definition(receiver), delivery(Kind.RECOVERED, "shop", "x"));
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
                  + " shop\",\"kind\":\"down\",\"severity\":\"critical\",\"started_at\":\"2026-11-28T12:00:00Z\",\"cause\":\"status"
                  + " 503 (expected below 400)\"}}");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
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
        "{'name':'c','type':'pagerduty','key':'x'} | key: is no integration key",
        "{'name':'c','type':'ntfy'} | topic: is missing",
        "{'name':'c','type':'ntfy','topic':'a/b'} | topic: is no topic",
        "{'name':'c','type':'ntfy','topic':'a','url':'https://h/a'} | url: has a path",
        "{'name':'c','type':'slack','url':'http://h','key':'x'} | key: unknown key",
      })
  void saysWhatIsWrongWithADefinition(String line) {
    String[] parts = line.split(" \\| ", 2);
    Mistakes mistakes = new Mistakes();
    assertThat(ChannelReader.one(Json.stored(parts[0].replace('\'', '"')), "", mistakes)).isEmpty();
    assertThat(mistakes.lines()).anySatisfy(one -> assertThat(one).startsWith(parts[1]));
  }
}
