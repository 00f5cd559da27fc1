package dev.rollcall.server.channel;

import dev.rollcall.probes.HttpQuestion;
import dev.rollcall.probes.Resolver;
import dev.rollcall.server.config.Fields;
import dev.rollcall.server.outbox.Channel;
import dev.rollcall.server.outbox.Delivery;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
    return HttpChannel.url(fields, URL, Optional.empty()).map(Settings::new);
  }

  /// @param url of the webhook
  record Settings(URI url) implements ChannelSettings {
    @Override
    public Channel open(String key, Resolver resolver) {
      return new HttpChannel(key, url, List.of(), Discord::request, resolver);
    }
  }

  private static HttpQuestion request(URI uri, Delivery delivery, AlertText text) {
    ObjectNode body = JsonNodeFactory.instance.objectNode().put("username", "Rollcall");
    body.putObject("allowed_mentions").putArray("parse"); // nobody is mentioned by a name
    ObjectNode embed =
        body.putArray("embeds")
            .addObject()
            .put("title", AlertText.cut(escaped(AlertText.line(text.title())), LONGEST_TITLE))
            .put("color", text.over() ? GREEN : RED)
            .put("timestamp", delivery.message().at().toString());
    ArrayNode fields = embed.putArray("fields");
    for (AlertText.Fact fact : text.facts()) {
      fields
          .addObject()
          .put("name", fact.label())
          .put("value", AlertText.cut(escaped(fact.value()), LONGEST_VALUE));
    }
    return HttpChannel.json(uri, body);
  }

  private static String escaped(String text) {
    return text.replaceAll("([\\\\*_~`|>\\[\\]()#])", "\\\\$1");
  }
}
