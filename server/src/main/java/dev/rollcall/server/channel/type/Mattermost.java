package dev.rollcall.server.channel.type;

import dev.rollcall.probes.HttpQuestion;
import dev.rollcall.probes.Resolver;
import dev.rollcall.server.channel.message.AlertText;
import dev.rollcall.server.channel.message.Markup;
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

/// `type: mattermost`: messages in a channel of Mattermost, by an incoming webhook.
///
/// Source: "Incoming webhooks" and "Message attachments" at developers.mattermost.com.
final class Mattermost implements ChannelType {
  private static final String URL = "url";
  private static final int LONGEST_TITLE = 250;

  /// Older servers take 8,000 characters of attachments.
  private static final int LONGEST = 7_000;

  private static final int LONGEST_BODY = 5_000;
  private static final String RED = "#E74C3C";
  private static final String GREEN = "#2ECC71";

  @Override
  public String name() {
    return "mattermost";
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

  /// @param url of the incoming webhook
  record Settings(URI url) implements ChannelSettings {
    @Override
    public Channel open(String key, Resolver resolver) {
      return new HttpChannel(key, url, List.of(), Mattermost::request, resolver);
    }

    @Override
    public Optional<Markup> markup() {
      return Optional.of(new Markup(LONGEST_BODY, Mattermost::escaped));
    }
  }

  private static HttpQuestion request(URI uri, Delivery delivery, AlertText text) {
    return HttpChannel.json(
        uri, AlertText.fittingJson(LONGEST, each -> message(text.shortened(LONGEST_TITLE, each))));
  }

  private static ObjectNode message(AlertText text) {
    AlertText escaped = text.each(Mattermost::escaped);
    ObjectNode body = JsonNodeFactory.instance.objectNode().put("username", "Rollcall");
    ObjectNode attachment =
        body.putArray("attachments")
            .addObject()
            .put("fallback", text.title())
            .put("color", text.over() ? GREEN : RED)
            .put(
                "text",
                "**" + escaped.title() + "**" + text.body().map(own -> "\n" + own).orElse(""));
    if (text.body().isPresent()) {
      return body;
    }
    ArrayNode fields = attachment.putArray("fields");
    escaped
        .facts()
        .forEach(
            fact ->
                fields
                    .addObject()
                    .put("short", false)
                    .put("title", fact.label())
                    .put("value", fact.value()));
    return body;
  }

  /// A zero-width space keeps `@channel` from being a mention; a backslash works for Markdown.
  private static String escaped(String text) {
    return text.replaceAll("([\\\\*_~`|<>\\[\\]#!])", "\\\\$1").replace("@", "@\u200b");
  }
}
