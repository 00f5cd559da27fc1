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
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `type: telegram`: messages of a bot in a chat of Telegram.
///
/// Source: core.telegram.org/bots/api, "sendMessage" and "Formatting options".
final class Telegram implements ChannelType {
  private static final String TOKEN = "token";
  private static final String CHAT = "chat-id";
  private static final String THREAD = "thread-id";
  private static final String URL = "url";
  private static final String USUAL = "https://api.telegram.org";
  private static final Pattern TOKENS = Pattern.compile("\\d{1,20}:[A-Za-z0-9_-]{20,100}");
  private static final Pattern CHATS = Pattern.compile("-?\\d{1,18}|@[A-Za-z0-9_]{3,64}");

  /// 4,096 after the entities are parsed: the markup and its escapes do not count.
  private static final int LONGEST = 4_000;

  @Override
  public String name() {
    return "telegram";
  }

  @Override
  public Set<String> keys() {
    return Set.of(TOKEN, CHAT, THREAD, URL);
  }

  @Override
  public Set<String> secretKeys() {
    return Set.of(TOKEN, URL);
  }

  @Override
  public Optional<ChannelSettings> read(Fields fields) {
    Optional<URI> url = HttpKeys.server(fields, URL, Optional.of(USUAL));
    Optional<Secret> token =
        HttpKeys.secret(
            fields,
            TOKEN,
            TOKENS,
            "the token that @BotFather has given you",
            "is no token of a bot: it looks like 123456:ABC-DEF...");
    Optional<String> chat = fields.scalar(CHAT);
    if (!fields.has(CHAT)) {
      fields.mistake(CHAT, "is missing: give the id of the chat, or @name of a channel");
    }
    chat.filter(text -> !CHATS.matcher(text).matches())
        .ifPresent(text -> fields.mistake(CHAT, text, "is no chat: give its number, or @name"));
    Optional<String> thread = fields.scalar(THREAD);
    thread
        .filter(text -> !text.matches("\\d{1,18}"))
        .ifPresent(text -> fields.mistake(THREAD, text, "is no topic: give its number"));
    return fields.wrong() || url.isEmpty() || token.isEmpty() || chat.isEmpty()
        ? Optional.empty()
        : Optional.of(new Settings(url.get(), token.get(), chat.get(), thread));
  }

  /// @param url of the server of the Bot API
  /// @param thread the topic in a forum
  record Settings(URI url, Secret token, String chat, Optional<String> thread)
      implements ChannelSettings, HttpChannel.Form {
    @Override
    public Channel open(String key, Resolver resolver) {
      URI method = HttpKeys.below(url, "/bot" + token.reveal() + "/sendMessage");
      return new HttpChannel(key, method, List.of(token), this, resolver);
    }

    @Override
    public Optional<Markup> markup() {
      return Optional.of(Markup.html(LONGEST * 3 / 4));
    }

    @Override
    public Result accepted(HttpAnswer answer, String said) {
      return new Result.Sent(said, HttpChannel.receipt(answer, "/result/message_id"));
    }

    @Override
    public Optional<Duration> pause(JsonNode body) {
      return HttpChannel.pause(body.at("/parameters/retry_after"), 1_000);
    }

    /// The end is a reply to the beginning.
    @Override
    public HttpQuestion request(URI uri, Delivery delivery, AlertText text) {
      StringBuilder html =
          new StringBuilder(
              "<b>" + AlertText.html(AlertText.cut(text.title(), LONGEST / 4)) + "</b>");
      html.append('\n').append(text.body().orElseGet(() -> facts(text)));
      ObjectNode body =
          JsonNodeFactory.instance
              .objectNode()
              .put("chat_id", chat)
              .put("text", html.toString())
              .put("parse_mode", "HTML");
      thread.ifPresent(id -> body.put("message_thread_id", Long.parseLong(id)));
      body.putObject("link_preview_options").put("is_disabled", true);
      delivery
          .first()
          .filter(id -> id.matches("\\d{1,18}"))
          .ifPresent(
              id ->
                  body.putObject("reply_parameters")
                      .put("message_id", Long.parseLong(id))
                      .put("allow_sending_without_reply", true));
      return HttpChannel.json(uri, body);
    }

    private static String facts(AlertText text) {
      return text.fitting(LONGEST / 2).facts().stream()
          .map(fact -> AlertText.html(fact.label()) + ": " + AlertText.html(fact.value()))
          .collect(Collectors.joining("\n"));
    }
  }
}
