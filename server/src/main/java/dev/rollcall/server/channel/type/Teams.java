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
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `type: teams`: cards in a channel of Microsoft Teams, by a workflow ("Post to a channel when a
/// webhook request is received").
///
/// Source: "Create incoming webhooks with Workflows for Microsoft Teams" at support.microsoft.com,
/// and the schema of Adaptive Cards 1.2.
final class Teams implements ChannelType {
  private static final String URL = "url";
  private static final int LONGEST_TITLE = 500;

  /// A message of about 28 KB is refused.
  private static final int LONGEST = 20_000;

  /// In characters, each of which may take three bytes.
  private static final int LONGEST_BODY = 5_000;

  @Override
  public String name() {
    return "teams";
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
    Optional<URI> url = HttpKeys.url(fields, URL, Optional.empty());
    url.filter(Teams::isConnector)
        .ifPresent(
            _ ->
                fields.mistake(
                    URL,
                    "is that of a connector of Office 365, which Microsoft has switched off: in"
                        + " Teams, add the workflow \"Post to a channel when a webhook request is"
                        + " received\", and give its URL"));
    return fields.wrong() ? Optional.empty() : url.map(Settings::new);
  }

  private static boolean isConnector(URI url) {
    String host = url.getHost().toLowerCase(Locale.ROOT);
    return host.endsWith("webhook.office.com")
        || host.equals("outlook.office.com")
        || host.equals("outlook.office365.com");
  }

  /// @param url of the workflow
  record Settings(URI url) implements ChannelSettings, HttpChannel.Form {
    @Override
    public Channel open(String key, Resolver resolver) {
      return new HttpChannel(key, url, List.of(), this, resolver);
    }

    @Override
    public Optional<Markup> markup() {
      return Optional.of(new Markup(LONGEST_BODY, Teams::escaped));
    }

    @Override
    public HttpQuestion request(URI uri, Delivery delivery, AlertText text) {
      return HttpChannel.json(
          uri, AlertText.fittingJson(LONGEST, each -> card(text.shortened(LONGEST_TITLE, each))));
    }

    @Override
    public Result accepted(HttpAnswer answer, String said) {
      return new Result.Sent(
          said + " (queued: look whether it appears in Teams)", Optional.empty());
    }
  }

  private static ObjectNode card(AlertText text) {
    ObjectNode message = JsonNodeFactory.instance.objectNode().put("type", "message");
    ObjectNode attachment =
        message
            .putArray("attachments")
            .addObject()
            .put("contentType", "application/vnd.microsoft.card.adaptive")
            .putNull("contentUrl");
    ObjectNode card =
        attachment
            .putObject("content")
            .put("$schema", "http://adaptivecards.io/schemas/adaptive-card.json")
            .put("type", "AdaptiveCard")
            .put("version", "1.2")
            .put("fallbackText", text.title());
    card.putObject("msteams").put("width", "Full");
    ArrayNode parts = card.putArray("body");
    parts
        .addObject()
        .put("type", "TextBlock")
        .put("text", escaped(text.title()))
        .put("weight", "Bolder")
        .put("size", "Medium")
        .put("wrap", true)
        .put("color", text.over() ? "Good" : "Attention");
    if (!text.links().isEmpty()) {
      ArrayNode actions = card.putArray("actions");
      for (AlertText.Fact link : text.links()) {
        actions
            .addObject()
            .put("type", "Action.OpenUrl")
            .put("title", link.label())
            .put("url", link.value());
      }
    }
    if (text.body().isPresent()) {
      parts.addObject().put("type", "TextBlock").put("text", text.body().get()).put("wrap", true);
      return message;
    }
    ArrayNode facts = parts.addObject().put("type", "FactSet").putArray("facts");
    text.facts()
        .forEach(
            fact ->
                facts.addObject().put("title", fact.label()).put("value", escaped(fact.value())));
    return message;
  }

  /// The Markdown of cards: emphasis and links.
  private static String escaped(String text) {
    return text.replaceAll("([\\\\*_~`\\[\\]])", "\\\\$1");
  }
}
