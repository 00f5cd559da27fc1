package dev.rollcall.server.channel.type;

import dev.rollcall.probes.HttpAnswer;
import dev.rollcall.probes.HttpQuestion;
import dev.rollcall.probes.Resolver;
import dev.rollcall.server.channel.message.AlertText;
import dev.rollcall.server.channel.message.Markup;
import dev.rollcall.server.config.Fields;
import dev.rollcall.server.config.Secret;
import dev.rollcall.server.outbox.Channel;
import dev.rollcall.server.outbox.Channel.Result;
import dev.rollcall.server.outbox.Delivery;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `type: slack`: messages in a channel of Slack, by an incoming webhook, or by the token of a bot.
/// Only a bot learns which message it has sent, so only then is the end a reply to the beginning,
/// which changes too.
///
/// Source: the documentation of incoming webhooks, Block Kit, `chat.postMessage` and `chat.update`
/// at docs.slack.dev.
final class Slack implements ChannelType {
  private static final String URL = "url";
  private static final String TOKEN = "token";
  private static final String CHANNEL = "channel";
  private static final String USUAL = "https://slack.com/api";
  private static final Pattern TOKENS = Pattern.compile("xox[a-z]-[A-Za-z0-9-]{10,250}");
  private static final Pattern CHANNELS = Pattern.compile("#?[\\p{L}\\p{N}_-]{1,80}");
  private static final int LONGEST_HEADER = 150;

  /// Of one section.
  private static final int MOST_FIELDS = 10;

  private static final int LONGEST_FIELD = 2_000;

  /// A message of about 13,000 characters is refused.
  private static final int LONGEST_FIELDS = 8_000;

  private static final int LONGEST_TEXT = 3_000;
  private static final Markup MARKUP = new Markup(LONGEST_TEXT, Slack::escaped);

  @Override
  public String name() {
    return "slack";
  }

  @Override
  public Set<String> keys() {
    return Set.of(URL, TOKEN, CHANNEL);
  }

  @Override
  public Set<String> secretKeys() {
    return Set.of(URL, TOKEN);
  }

  @Override
  public Optional<ChannelSettings> read(Fields fields) {
    if (!fields.has(TOKEN)) {
      fields.refuse(Set.of(CHANNEL), "needs the token of a bot: a webhook has its own channel");
      Optional<URI> url = HttpKeys.url(fields, URL, Optional.empty());
      return fields.wrong() ? Optional.empty() : url.map(Webhook::new);
    }
    Optional<URI> api = HttpKeys.server(fields, URL, Optional.of(USUAL));
    Optional<Secret> token =
        HttpKeys.secret(
            fields, TOKEN, TOKENS, "the token of the bot", "is no token: it looks like xoxb-...");
    Optional<String> channel =
        fields.required(CHANNEL, "the id of the channel, such as C0123456789, or its #name");
    channel
        .filter(text -> !CHANNELS.matcher(text).matches())
        .ifPresent(text -> fields.mistake(CHANNEL, text, "is no channel: give its id or its name"));
    return fields.wrong() || api.isEmpty() || token.isEmpty() || channel.isEmpty()
        ? Optional.empty()
        : Optional.of(new Bot(api.get(), token.get(), channel.get()));
  }

  /// @param url of the incoming webhook
  record Webhook(URI url) implements ChannelSettings {
    @Override
    public Channel open(String key, Resolver resolver) {
      return new HttpChannel(
          key, url, List.of(), (uri, _, text) -> HttpChannel.json(uri, message(text)), resolver);
    }

    @Override
    public Optional<Markup> markup() {
      return Optional.of(MARKUP);
    }
  }

  /// @param api where the methods are
  /// @param channel its id or name
  record Bot(URI api, Secret token, String channel) implements ChannelSettings, HttpChannel.Form {
    /// Errors of Slack's own.
    private static final Set<String> PASSING =
        Set.of(
            "internal_error",
            "fatal_error",
            "service_unavailable",
            "request_timeout",
            "ratelimited");

    @Override
    public Channel open(String key, Resolver resolver) {
      return new HttpChannel(key, api, List.of(token), this, resolver);
    }

    @Override
    public Optional<Markup> markup() {
      return Optional.of(MARKUP);
    }

    @Override
    public HttpQuestion request(URI uri, Delivery delivery, AlertText text) {
      ObjectNode body = message(text).put("channel", channel);
      delivery
          .first()
          .flatMap(Posted::of)
          .ifPresent(first -> body.put("thread_ts", first.ts()).put("reply_broadcast", true));
      return call("chat.postMessage", body);
    }

    /// Errors have a status of 200 too.
    @Override
    public Result accepted(HttpAnswer answer, String said) {
      JsonNode body = HttpChannel.body(answer);
      if (body.path("ok").asBoolean(false)) {
        Posted posted = new Posted(body.path("channel").asString(""), body.path("ts").asString(""));
        return new Result.Sent(said, Optional.of(posted.text()));
      }
      return PASSING.contains(body.path("error").asString(""))
          ? new Result.Retry(said, Optional.empty(), true)
          : new Result.Refused(said);
    }

    @Override
    public Optional<HttpQuestion> edit(URI uri, Delivery delivery, AlertText text, String first) {
      return Posted.of(first)
          .map(
              posted ->
                  call(
                      "chat.update",
                      message(text).put("channel", posted.channel()).put("ts", posted.ts())));
    }

    private HttpQuestion call(String method, ObjectNode body) {
      return HttpChannel.json(HttpKeys.below(api, "/" + method), body)
          .header("Content-Type", "application/json; charset=utf-8")
          .header("Authorization", "Bearer " + token.reveal());
    }
  }

  /// A message of a bot.
  ///
  /// @param channel its id: a name is not enough to change the message
  private record Posted(String channel, String ts) {
    private static final Pattern TEXT = Pattern.compile("([A-Z0-9]{1,30})/(\\d{1,15}\\.\\d{1,10})");

    String text() {
      return channel + "/" + ts;
    }

    static Optional<Posted> of(String text) {
      return TEXT.matcher(text)
          .results()
          .filter(found -> found.group().equals(text))
          .map(found -> new Posted(found.group(1), found.group(2)))
          .findFirst();
    }
  }

  private static ObjectNode message(AlertText text) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    String lines = text.body().isPresent() ? text.title() : text.lines();
    body.put("text", AlertText.cut(escaped(lines), LONGEST_TEXT)); // for notifications
    ArrayNode blocks = body.putArray("blocks");
    blocks
        .addObject()
        .put("type", "header")
        .putObject("text")
        .put("type", "plain_text")
        .put("text", AlertText.cut(AlertText.line(text.title()), LONGEST_HEADER));
    if (text.body().isPresent()) {
      blocks
          .addObject()
          .put("type", "section")
          .putObject("text")
          .put("type", "mrkdwn")
          .put("text", text.body().get());
      return body;
    }
    List<AlertText.Fact> facts = text.facts();
    int each = Math.min(LONGEST_FIELD, LONGEST_FIELDS / facts.size());
    for (int from = 0; from < facts.size(); from += MOST_FIELDS) {
      ArrayNode fields = blocks.addObject().put("type", "section").putArray("fields");
      for (AlertText.Fact fact : facts.subList(from, Math.min(from + MOST_FIELDS, facts.size()))) {
        String label = "*" + fact.label() + "*\n";
        fields
            .addObject()
            .put("type", "mrkdwn")
            .put("text", label + AlertText.cut(escaped(fact.value()), each - label.length()));
      }
    }
    return body;
  }

  /// `<!channel>` and links begin with `<`. A zero-width space keeps other markup from being one.
  private static String escaped(String text) {
    return AlertText.html(text).replaceAll("([*_~`])", "\u200b$1");
  }
}
