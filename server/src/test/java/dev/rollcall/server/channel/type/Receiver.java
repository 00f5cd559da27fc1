package dev.rollcall.server.channel.type;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.JsonNode;

/// A receiver, with its rules from its own documentation, and the definition of a channel to it.
enum Receiver {
  WEBHOOK(
      "'type':'webhook','url':'%s/in?token=geheim99','secret':'" + ReceiversTest.SECRET + "'",
      204,
      "") {
    @Override
    Optional<String> refuse(StandIn.Call call) {
      return call.path().equals("/in?token=geheim99")
              && call.header("webhook-id").startsWith("msg_")
              && isSigned(call)
              && (call.body().getBytes(UTF_8).length < 20_000 || !call.json().has("type"))
              && (call.json().at("/data/name").isString()
                  || call.json().at("/data/incidents/0/name").isString())
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
          body.get("blocks").size() <= 50
              && body.get("blocks")
                  .valueStream()
                  .map(block -> block.path("fields"))
                  .allMatch(
                      some ->
                          some.size() <= 10
                              && some.valueStream()
                                  .map(field -> field.get("text").stringValue())
                                  .allMatch(one -> one.length() <= 2_000 && !one.contains("<")))
              && body.get("blocks").toString().length() <= 13_000;
      String text = body.at("/blocks/1/text/text").asString("x");
      fields = fields && !text.isEmpty() && text.length() <= 3_000 && !text.contains("<");
      return texts && fields && !body.get("text").stringValue().contains("<")
          ? Optional.empty()
          : Optional.of("invalid_blocks");
    }
  },
  DISCORD(
      "'type':'discord','url':'%s/api/webhooks/1/geheim99?thread_id=4'",
      200, "{\"id\":\"1155\",\"content\":\"\"}") {
    @Override
    boolean takes(String method) {
      return method.equals("POST") || method.equals("PATCH");
    }

    @Override
    Optional<String> refuse(StandIn.Call call) {
      JsonNode embed = call.json().at("/embeds/0");
      boolean fits =
          embed.get("title").stringValue().length() <= 256
              && embed.path("description").asString("").length() <= 4_096
              && embed.path("fields").size() <= 25
              && embed
                  .path("fields")
                  .valueStream()
                  .allMatch(
                      field ->
                          field.get("name").stringValue().length() <= 256
                              && !field.get("value").stringValue().isBlank()
                              && field.get("value").stringValue().length() <= 1_024)
              && embed.toString().length() <= 6_000;
      boolean quiet = call.json().at("/allowed_mentions/parse").isEmpty();
      Instant.parse(embed.get("timestamp").stringValue());
      boolean path =
          call.method().equals("PATCH")
              ? call.path().equals("/api/webhooks/1/geheim99/messages/1155?thread_id=4")
              : call.path().startsWith("/api/webhooks/1/geheim99?thread_id=4");
      return fits && quiet && path ? Optional.empty() : Optional.of("{\"code\":50035}");
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
      String shown =
          bare.replace("&lt;", "<")
              .replace("&gt;", ">")
              .replace("&quot;", "\"")
              .replace("&amp;", "&");
      return call.path().equals("/bot123456:ABCDEFGHIJKLMNOPQRSTgeheim99/sendMessage")
              && call.json().get("parse_mode").stringValue().equals("HTML")
              && call.json().get("message_thread_id").asLong() == 4
              && isEscaped(bare)
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
  },
  SLACK_BOT(
      "'type':'slack','token':'xoxb-1234567890-geheim99','channel':'#ops','url':'%s/api'",
      200, "{\"ok\":true,\"channel\":\"C024BE91L\",\"ts\":\"1503435956.000247\"}") {
    @Override
    Optional<String> refuse(StandIn.Call call) {
      boolean posts = call.path().equals("/api/chat.postMessage");
      boolean updates =
          call.path().equals("/api/chat.update")
              && call.json().get("channel").stringValue().matches("C[A-Z0-9]+")
              && call.json().has("ts");
      return (posts || updates)
              && call.header("Authorization").equals("Bearer xoxb-1234567890-geheim99")
              && call.json().has("channel")
              && (!call.json().has("thread_ts")
                  || call.json().get("thread_ts").stringValue().matches("\\d+\\.\\d{6}"))
          ? SLACK.refuse(call)
          : Optional.of("{\"ok\":false,\"error\":\"invalid_arguments\"}");
    }
  },
  TEAMS("'type':'teams','url':'%s/workflows/0a1b/triggers/manual/run?sig=geheim99'", 202, "") {
    @Override
    Optional<String> refuse(StandIn.Call call) {
      JsonNode attachment = call.json().at("/attachments/0");
      JsonNode card = attachment.get("content");
      boolean message =
          call.json().get("type").stringValue().equals("message")
              && attachment
                  .get("contentType")
                  .stringValue()
                  .equals("application/vnd.microsoft.card.adaptive")
              && card.get("type").stringValue().equals("AdaptiveCard")
              && List.of("1.0", "1.2", "1.4").contains(card.get("version").stringValue());
      boolean parts =
          card.get("body")
              .valueStream()
              .allMatch(
                  part ->
                      switch (part.get("type").stringValue()) {
                        case "TextBlock" ->
                            !part.get("text").stringValue().isBlank()
                                && isPlain(part.get("text").stringValue());
                        case "FactSet" ->
                            part.get("facts")
                                .valueStream()
                                .allMatch(
                                    fact ->
                                        isPlain(fact.get("title").stringValue())
                                            && isPlain(fact.get("value").stringValue()));
                        default -> false;
                      });
      boolean fits = call.body().getBytes(UTF_8).length <= 28 * 1024;
      return message && parts && fits ? Optional.empty() : Optional.of("no card");
    }

    /// Whether the subset of Markdown of cards has no link and no emphasis in it.
    private static boolean isPlain(String text) {
      String bare = text.replaceAll("\\\\[\\\\*_~`\\[\\]]", "");
      return !bare.matches("(?s).*[*_\\[\\]].*");
    }
  },
  JSM(
      "'type':'jsm','key':'01234567-89ab-cdef-0123-456789geheim','url':'%s/v2/alerts'",
      202, "{\"result\":\"Request will be processed\",\"took\":0.1,\"requestId\":\"43a29c5c\"}") {
    @Override
    Optional<String> refuse(StandIn.Call call) {
      JsonNode body = call.json();
      boolean creates =
          call.path().equals("/v2/alerts")
              && !body.get("message").stringValue().isBlank()
              && body.get("message").stringValue().length() <= 130
              && body.get("alias").stringValue().length() <= 512
              && body.get("description").stringValue().length() <= 15_000
              && body.get("entity").stringValue().length() <= 512
              && body.get("priority").stringValue().matches("P[1-5]")
              && body.get("tags").size() <= 20
              && body.get("tags").valueStream().allMatch(tag -> tag.stringValue().length() <= 50);
      boolean closes =
          call.path().matches("/v2/alerts/[^/]{1,512}/close\\?identifierType=alias")
              && body.get("note").stringValue().length() <= 25_000;
      return call.header("Authorization").equals("GenieKey 01234567-89ab-cdef-0123-456789geheim")
              && body.get("source").stringValue().length() <= 100
              && (closes || creates)
          ? Optional.empty()
          : Optional.of("{\"message\":\"Request body is not processable\"}");
    }
  },
  GOTIFY("'type':'gotify','token':'Ageheim99','url':'%s/push/'", 200, "{\"id\":25,\"appid\":5}") {
    @Override
    Optional<String> refuse(StandIn.Call call) {
      return call.path().equals("/push/message")
              && call.header("X-Gotify-Key").equals("Ageheim99")
              && !call.json().get("message").stringValue().isEmpty()
              && call.json().get("priority").isIntegralNumber()
              && call.json()
                  .at("/extras/client::display/contentType")
                  .stringValue()
                  .equals("text/plain")
          ? Optional.empty()
          : Optional.of("{\"error\":\"Bad Request\",\"errorCode\":400}");
    }
  },
  PUSHOVER(
      "'type':'pushover','token':'azGDORePK8gMaC0QOYAMyEgeheim99','user':"
          + "'uQiRzpo4DXghDmr9QzzfQu27cmVRsG','device':'droid2,desk','url':'%s/1/messages.json'",
      200, "{\"status\":1,\"request\":\"647d2300\"}") {
    @Override
    Optional<String> refuse(StandIn.Call call) {
      JsonNode body = call.json();
      String message = body.get("message").stringValue();
      String title = body.get("title").stringValue();
      int priority = body.get("priority").asInt();
      return call.path().equals("/1/messages.json")
              && body.get("token").stringValue().matches("[A-Za-z0-9]{30}")
              && body.get("user").stringValue().matches("[A-Za-z0-9]{30}")
              && body.get("device").stringValue().equals("droid2,desk")
              && !message.isBlank()
              && message.codePointCount(0, message.length()) <= 1_024
              && title.codePointCount(0, title.length()) <= 250
              && priority >= -2
              && priority <= 1 // 2 needs more
          ? Optional.empty()
          : Optional.of("{\"errors\":[\"message cannot be blank\"],\"status\":0}");
    }
  },
  MATRIX(
      "'type':'matrix','url':'%s','room':'!OuWk/x:example.org','token':'syt_geheim99'",
      200, "{\"event_id\":\"$YUwRidLecu:example.org\"}") {
    @Override
    boolean takes(String method) {
      return method.equals("PUT");
    }

    @Override
    Optional<String> refuse(StandIn.Call call) {
      JsonNode body = call.json();
      String html = body.get("formatted_body").stringValue();
      boolean path =
          call.path()
              .matches(
                  "/_matrix/client/v3/rooms/%21OuWk%2Fx%3Aexample.org/send/m.room.message/[^/]+");
      boolean content =
          body.get("msgtype").stringValue().equals("m.text")
              && !body.get("body").stringValue().isEmpty()
              && body.get("format").stringValue().equals("org.matrix.custom.html")
              && !html.replaceAll("</?strong>|<br>", "").contains("<")
              && body.get("m.mentions").isEmpty();
      JsonNode relation = body.path("m.relates_to");
      boolean related =
          relation.isMissingNode()
              || (relation.get("rel_type").stringValue().equals("m.thread")
                  && relation.get("event_id").stringValue().startsWith("$"));
      return path
              && call.header("Authorization").equals("Bearer syt_geheim99")
              && content
              && related
              && call.body().getBytes(UTF_8).length <= 65_536 - 1_000
          ? Optional.empty()
          : Optional.of("{\"errcode\":\"M_BAD_JSON\"}");
    }
  },
  MATTERMOST("'type':'mattermost','url':'%s/hooks/geheim99'", 200, "ok") {
    @Override
    Optional<String> refuse(StandIn.Call call) {
      JsonNode attachment = call.json().at("/attachments/0");
      String shown =
          attachment.get("text").stringValue()
              + attachment
                  .path("fields")
                  .valueStream()
                  .map(field -> field.get("title").stringValue() + field.get("value").stringValue())
                  .collect(Collectors.joining());
      boolean quiet = !shown.matches("(?s).*(@(channel|all|here)\\b|<!).*");
      return !attachment.get("fallback").stringValue().isBlank()
              && quiet
              && !shown.replaceAll("\\\\.", "").contains("](")
              && call.json().get("attachments").toString().length() <= 8_000
          ? Optional.empty()
          : Optional.of("{\"message\":\"Unable to parse incoming data\"}");
    }
  },
  GOOGLE_CHAT(
      "'type':'google-chat','url':'%s/v1/spaces/AAA/messages?key=AIza&token=geheim99'",
      200,
      "{\"name\":\"spaces/AAA/messages/BBB\",\"thread\":{\"name\":\"spaces/AAA/threads/C\"}}") {
    @Override
    Optional<String> refuse(StandIn.Call call) {
      JsonNode body = call.json();
      JsonNode card = body.at("/cardsV2/0/card");
      boolean known =
          List.of("text", "cardsV2", "thread", "fallbackText").containsAll(body.propertyNames());
      boolean shown =
          !card.at("/header/title").stringValue().isBlank()
              && card.at("/sections/0/widgets").size() <= 100
              && card.at("/sections/0/widgets")
                  .valueStream()
                  .filter(widget -> !widget.at("/buttonList/buttons/0/onClick/openLink").has("url"))
                  .map(
                      widget ->
                          widget
                              .at("/decoratedText/text")
                              .asString(widget.at("/textParagraph/text").asString("")))
                  .allMatch(text -> !text.isEmpty() && isEscaped(text));
      return call.path().startsWith("/v1/spaces/AAA/messages?key=AIza&token=geheim99&")
              && call.path().matches(".*[?&]requestId=[^&]+(&.*)?")
              && call.path().endsWith("messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD")
              && body.at("/thread/threadKey").asString("").length() <= 4_000
              && known
              && shown
              && call.body().getBytes(UTF_8).length <= 32_000
          ? Optional.empty()
          : Optional.of("{\"error\":{\"status\":\"INVALID_ARGUMENT\"}}");
    }
  },
  ALERTMANAGER("'type':'alertmanager','url':'%s/geheim99'", 200, "") {
    @Override
    Optional<String> refuse(StandIn.Call call) {
      boolean alerts =
          call.json().isArray()
              && call.json()
                  .valueStream()
                  .allMatch(
                      alert ->
                          alert.get("labels").properties().stream()
                                  .allMatch(
                                      label ->
                                          label.getKey().matches("[a-zA-Z_][a-zA-Z0-9_]*")
                                              && label.getValue().isString())
                              && alert.get("labels").has("alertname")
                              && alert.get("annotations").valueStream().allMatch(JsonNode::isString)
                              && !Instant.parse(alert.get("endsAt").stringValue())
                                  .isBefore(Instant.parse(alert.get("startsAt").stringValue())));
      return call.path().equals("/geheim99/api/v2/alerts") && alerts
          ? Optional.empty()
          : Optional.of("\"bad request\"");
    }
  };

  private final String keys;
  private final int status;
  private final String body;

  /// The longest secret of the definition.
  private final String secret;

  Receiver(String keys, int status, String body) {
    this.secret =
        switch (name()) {
          case "TELEGRAM" -> "123456:ABCDEFGHIJKLMNOPQRSTgeheim99";
          case "PAGERDUTY" -> "0123456789abcdef0123456789abcdef";
          case "NTFY" -> "tk_geheim99";
          case "SLACK_BOT" -> "xoxb-1234567890-geheim99";
          case "JSM" -> "01234567-89ab-cdef-0123-456789geheim";
          case "GOTIFY" -> "Ageheim99";
          case "PUSHOVER" -> "azGDORePK8gMaC0QOYAMyEgeheim99";
          case "MATRIX" -> "syt_geheim99";
          default -> "geheim99";
        };
    this.keys = keys;
    this.status = status;
    this.body = body;
  }

  /// What is wrong with a request; empty if the receiver accepts it.
  abstract Optional<String> refuse(StandIn.Call call);

  boolean takes(String method) {
    return method.equals("POST");
  }

  /// What is never shown.
  String secret() {
    return secret;
  }

  StandIn started() throws IOException {
    return new StandIn(
        status,
        body,
        call ->
            call.header("Content-Type").startsWith("application/json") && takes(call.method())
                ? refuse(call)
                : Optional.of("no JSON"));
  }

  String definition(StandIn receiver) {
    return "{'name':'c'," + keys.formatted(receiver.url()) + "}";
  }

  /// Whether a text contains no markup but entities and line breaks.
  private static boolean isEscaped(String text) {
    return !text.replace("<br>", "").contains("<")
        && !text.replaceAll("&(amp|lt|gt|quot);", "").contains("&");
  }

  private static boolean isSigned(StandIn.Call call) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      byte[] key = Base64.getDecoder().decode(ReceiversTest.SECRET.substring("whsec_".length()));
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
