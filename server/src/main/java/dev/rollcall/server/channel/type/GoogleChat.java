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

/// `type: google-chat`: cards in a space of Google Chat, by a webhook. The end of an incident is in
/// the thread of its beginning. A repeated attempt makes no second message.
///
/// Source: "spaces.messages.create" at developers.google.com/workspace/chat.
final class GoogleChat implements ChannelType {
  private static final String URL = "url";
  private static final int LONGEST_TITLE = 250;

  /// A message has 32,000 bytes at most.
  private static final int LONGEST = 28_000;

  /// In characters, each of which may take three bytes.
  private static final int LONGEST_BODY = 6_000;

  @Override
  public String name() {
    return "google-chat";
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
  record Settings(URI url) implements ChannelSettings {
    @Override
    public Channel open(String key, Resolver resolver) {
      return new HttpChannel(key, url, List.of(), GoogleChat::request, resolver);
    }

    @Override
    public Optional<Markup> markup() {
      return Optional.of(Markup.html(LONGEST_BODY));
    }
  }

  private static HttpQuestion request(URI uri, Delivery delivery, AlertText text) {
    ObjectNode body =
        AlertText.fittingJson(LONGEST, each -> message(text.shortened(LONGEST_TITLE, each)));
    HttpChannel.incidentKey(delivery)
        .ifPresent(key -> body.putObject("thread").put("threadKey", key));
    URI once = HttpKeys.with(uri, "requestId", HttpChannel.attemptKey(delivery));
    return HttpChannel.json(
        HttpKeys.with(once, "messageReplyOption", "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD"), body);
  }

  private static ObjectNode message(AlertText text) {
    ObjectNode body =
        JsonNodeFactory.instance.objectNode().put("fallbackText", text.title()); // in notifications
    ObjectNode card =
        body.putArray("cardsV2").addObject().put("cardId", "incident").putObject("card");
    card.putObject("header").put("title", text.title());
    ArrayNode widgets = card.putArray("sections").addObject().putArray("widgets");
    if (text.body().isPresent()) {
      widgets
          .addObject()
          .putObject("textParagraph")
          .put("text", AlertText.htmlLines(text.body().get()));
    } else {
      text.facts()
          .forEach(
              fact ->
                  widgets
                      .addObject()
                      .putObject("decoratedText")
                      .put("topLabel", fact.label())
                      .put("text", AlertText.html(fact.value()))
                      .put("wrapText", true));
    }
    if (!text.links().isEmpty()) {
      ArrayNode buttons = widgets.addObject().putObject("buttonList").putArray("buttons");
      for (AlertText.Fact link : text.links()) {
        buttons
            .addObject()
            .put("text", link.label())
            .putObject("onClick")
            .putObject("openLink")
            .put("url", link.value());
      }
    }
    return body;
  }
}
