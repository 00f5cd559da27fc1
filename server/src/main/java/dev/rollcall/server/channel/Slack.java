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

/// `type: slack`: messages in a channel of Slack, by an incoming webhook.
///
/// Source: the documentation of incoming webhooks and of Block Kit at api.slack.com.
final class Slack implements ChannelType {
  private static final String URL = "url";
  private static final int LONGEST_HEADER = 150;
  private static final int LONGEST_FIELD = 2_000;
  private static final int LONGEST_TEXT = 3_000;

  @Override
  public String name() {
    return "slack";
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

  /// @param url of the incoming webhook
  record Settings(URI url) implements ChannelSettings {
    @Override
    public Channel open(String key, Resolver resolver) {
      return new HttpChannel(key, url, List.of(), Slack::request, resolver);
    }
  }

  private static HttpQuestion request(URI uri, Delivery delivery, AlertText text) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("text", AlertText.cut(escaped(text.lines()), LONGEST_TEXT)); // for notifications
    ArrayNode blocks = body.putArray("blocks");
    blocks
        .addObject()
        .put("type", "header")
        .putObject("text")
        .put("type", "plain_text")
        .put("text", AlertText.cut(AlertText.line(text.title()), LONGEST_HEADER));
    ArrayNode fields = blocks.addObject().put("type", "section").putArray("fields");
    for (AlertText.Fact fact : text.facts()) {
      String label = "*" + fact.label() + "*\n";
      fields
          .addObject()
          .put("type", "mrkdwn")
          .put(
              "text", label + AlertText.cut(escaped(fact.value()), LONGEST_FIELD - label.length()));
    }
    return HttpChannel.json(uri, body);
  }

  /// `<!channel>` and links begin with `<`. A zero-width space keeps other markup from being one.
  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replaceAll("([*_~`])", "\u200b$1");
  }
}
