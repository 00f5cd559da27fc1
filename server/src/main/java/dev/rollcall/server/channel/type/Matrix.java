package dev.rollcall.server.channel.type;

import dev.rollcall.probes.HttpAnswer;
import dev.rollcall.probes.HttpQuestion;
import dev.rollcall.probes.Resolver;
import dev.rollcall.server.channel.message.AlertText;
import dev.rollcall.server.channel.message.Markup;
import dev.rollcall.server.config.Fields;
import dev.rollcall.server.config.Secret;
import dev.rollcall.server.http.PercentEncoding;
import dev.rollcall.server.outbox.Channel;
import dev.rollcall.server.outbox.Channel.Result;
import dev.rollcall.server.outbox.Delivery;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `type: matrix`: messages in a room of Matrix. The end of an incident is in the thread of its
/// beginning. A repeated attempt makes no second message.
///
/// Source: the client-server API at spec.matrix.org, "Sending events to a room", "Threading" and
/// "User and room mentions".
final class Matrix implements ChannelType {
  private static final String URL = "url";
  private static final String ROOM = "room";
  private static final String TOKEN = "token";
  private static final Pattern ROOMS = Pattern.compile("![!-~]{1,254}");
  private static final Pattern TOKENS = Pattern.compile("[!-~]{5,2000}");
  private static final Pattern EVENTS = Pattern.compile("\\$[!-~]{1,254}");
  private static final int LONGEST_TITLE = 500;

  /// An event has 64 KiB at most, with what servers add.
  private static final int LONGEST = 40_000;

  /// In characters, each of which may take three bytes.
  private static final int LONGEST_BODY = 8_000;

  @Override
  public String name() {
    return "matrix";
  }

  @Override
  public Set<String> keys() {
    return Set.of(URL, ROOM, TOKEN);
  }

  @Override
  public Set<String> secretKeys() {
    return Set.of(TOKEN);
  }

  @Override
  public Optional<ChannelSettings> read(Fields fields) {
    Optional<URI> url = HttpKeys.server(fields, URL, Optional.empty());
    Optional<String> room = fields.required(ROOM, "the internal id of the room");
    room.filter(text -> !ROOMS.matcher(text).matches())
        .ifPresent(
            text ->
                fields.mistake(
                    ROOM,
                    text,
                    "is no id of a room: give the internal one, which begins with ! (settings of"
                        + " the room, \"Advanced\")"));
    Optional<Secret> token =
        HttpKeys.secret(
            fields, TOKEN, TOKENS, "the access token of the bot's account", "is no access token");
    return fields.wrong() || url.isEmpty() || room.isEmpty() || token.isEmpty()
        ? Optional.empty()
        : Optional.of(new Settings(url.get(), room.get(), token.get()));
  }

  /// @param url of the homeserver
  /// @param room its id
  record Settings(URI url, String room, Secret token) implements ChannelSettings, HttpChannel.Form {
    @Override
    public Channel open(String key, Resolver resolver) {
      return new HttpChannel(key, url, List.of(token), this, resolver);
    }

    @Override
    public Optional<Markup> markup() {
      return Optional.of(Markup.html(LONGEST_BODY));
    }

    @Override
    public HttpQuestion request(URI uri, Delivery delivery, AlertText text) {
      String path =
          "/_matrix/client/v3/rooms/"
              + PercentEncoding.encode(room)
              + "/send/m.room.message/"
              + HttpChannel.attemptKey(delivery);
      ObjectNode body =
          AlertText.fittingJson(LONGEST, each -> message(text.shortened(LONGEST_TITLE, each)));
      delivery
          .first()
          .filter(event -> EVENTS.matcher(event).matches())
          .ifPresent(event -> inThread(body, event));
      return HttpChannel.json(HttpKeys.below(uri, path), body)
          .method("PUT")
          .header("Authorization", "Bearer " + token.reveal());
    }

    @Override
    public Result accepted(HttpAnswer answer, String said) {
      return new Result.Sent(said, HttpChannel.receipt(answer, "/event_id"));
    }

    @Override
    public Optional<Duration> pause(JsonNode body) {
      return HttpChannel.pause(body.path("retry_after_ms"), 1);
    }
  }

  private static ObjectNode message(AlertText text) {
    AlertText html = text.each(value -> AlertText.html(value).replaceAll("\\R", "<br>"));
    StringBuilder formatted = new StringBuilder("<strong>" + html.title() + "</strong>");
    text.body()
        .ifPresentOrElse(
            body -> formatted.append("<br>").append(AlertText.htmlLines(body)),
            () ->
                html.facts()
                    .forEach(
                        fact ->
                            formatted
                                .append("<br>")
                                .append(fact.label())
                                .append(": ")
                                .append(fact.value())));
    ObjectNode body =
        JsonNodeFactory.instance
            .objectNode()
            .put("msgtype", "m.text")
            .put("body", text.lines())
            .put("format", "org.matrix.custom.html")
            .put("formatted_body", formatted.toString());
    body.putObject("m.mentions"); // nobody, whatever the text contains
    return body;
  }

  private static void inThread(ObjectNode body, String root) {
    ObjectNode relation =
        body.putObject("m.relates_to")
            .put("rel_type", "m.thread")
            .put("event_id", root)
            .put("is_falling_back", true);
    relation.putObject("m.in_reply_to").put("event_id", root);
  }
}
