package dev.rollcall.server.channel.type;

import dev.rollcall.probes.HttpAnswer;
import dev.rollcall.probes.HttpQuestion;
import dev.rollcall.probes.Resolver;
import dev.rollcall.server.channel.message.AlertText;
import dev.rollcall.server.channel.message.Markup;
import dev.rollcall.server.config.Fields;
import dev.rollcall.server.outbox.Channel;
import dev.rollcall.server.outbox.Channel.Result;
import dev.rollcall.server.outbox.Delivery;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `type: discord`: messages in a channel of Discord, by a webhook.
///
/// Source: the documentation of webhooks and of the message resource at discord.com/developers.
final class Discord implements ChannelType {
  private static final String URL = "url";
  private static final int LONGEST_TITLE = 256;
  private static final int LONGEST_VALUE = 1_024;
  private static final int LONGEST_BODY = 4_096;

  /// An embed has 6,000 characters at most.
  private static final int LONGEST_VALUES = 5_000;

  private static final int RED = 0xE74C3C;
  private static final int GREEN = 0x2ECC71;

  @Override
  public String name() {
    return "discord";
  }

  @Override
  public Set<String> keys() {
    return Set.of(URL);
  }

  @Override
  public Set<String> secretKeys() {
    return keys();
  }

  @Override
  public Optional<ChannelSettings> read(Fields fields) {
    return HttpKeys.url(fields, URL, Optional.empty()).map(Settings::new);
  }

  /// @param url of the webhook
  record Settings(URI url) implements ChannelSettings, HttpChannel.Form {
    @Override
    public Channel open(String key, Resolver resolver) {
      return new HttpChannel(key, url, List.of(), this, resolver);
    }

    @Override
    public Optional<Markup> markup() {
      return Optional.of(new Markup(LONGEST_BODY, Discord::escaped));
    }

    /// With `wait=true`, the answer is the message.
    @Override
    public HttpQuestion request(URI uri, Delivery delivery, AlertText text) {
      return HttpChannel.json(
          HttpKeys.with(uri, "wait", "true"), message(delivery, text).put("username", "Rollcall"));
    }

    @Override
    public Result accepted(HttpAnswer answer, String said) {
      return new Result.Sent(said, HttpChannel.receipt(answer, "/id"));
    }

    @Override
    public Optional<Duration> pause(JsonNode body) {
      return HttpChannel.pause(body.path("retry_after"), 1_000);
    }

    /// The first message becomes green, and says what the end says.
    @Override
    public Optional<HttpQuestion> edit(URI uri, Delivery delivery, AlertText text, String first) {
      if (!first.matches("\\d{1,20}")) {
        return Optional.empty();
      }
      String[] parts = uri.toString().split("\\?", 2);
      URI at =
          URI.create(parts[0] + "/messages/" + first + (parts.length > 1 ? "?" + parts[1] : ""));
      return Optional.of(HttpChannel.json(at, message(delivery, text)).method("PATCH"));
    }
  }

  private static ObjectNode message(Delivery delivery, AlertText text) {
    int each = Math.min(LONGEST_VALUE, LONGEST_VALUES / text.facts().size());
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.putObject("allowed_mentions").putArray("parse"); // nobody is mentioned by a name
    ObjectNode embed =
        body.putArray("embeds")
            .addObject()
            .put("title", AlertText.cut(escaped(AlertText.line(text.title())), LONGEST_TITLE))
            .put("color", text.over() ? GREEN : RED)
            .put("timestamp", delivery.message().at().toString());
    if (text.body().isPresent()) {
      embed.put("description", text.body().get());
      return body;
    }
    ArrayNode fields = embed.putArray("fields");
    for (AlertText.Fact fact : text.facts()) {
      fields
          .addObject()
          .put("name", fact.label())
          .put("value", AlertText.cut(escaped(fact.value()), each));
    }
    return body;
  }

  private static String escaped(String text) {
    return text.replaceAll("([\\\\*_~`|>\\[\\]()#])", "\\\\$1");
  }
}
