package dev.rollcall.server.channel.type;

import dev.rollcall.probes.HttpQuestion;
import dev.rollcall.probes.Resolver;
import dev.rollcall.server.channel.message.AlertText;
import dev.rollcall.server.channel.message.Markup;
import dev.rollcall.server.config.Fields;
import dev.rollcall.server.config.Secret;
import dev.rollcall.server.http.PercentEncoding;
import dev.rollcall.server.outbox.Channel;
import dev.rollcall.server.outbox.Delivery;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `type: jsm`: alerts of Jira Service Management, which are closed there with our incidents. The
/// API is that of Opsgenie.
///
/// Source: "Integration events" of the JSM operations API at developer.atlassian.com.
final class Jsm implements ChannelType {
  private static final String KEY = "key";
  private static final String URL = "url";
  private static final String USUAL = "https://api.atlassian.com/jsm/ops/integration";
  private static final String PATH = "/v2/alerts";
  private static final Pattern KEYS = Pattern.compile("[A-Za-z0-9-]{20,100}");
  private static final int LONGEST_MESSAGE = 130;
  private static final int LONGEST_ENTITY = 512;
  private static final int LONGEST_DESCRIPTION = 15_000;
  private static final int MOST_TAGS = 20;
  private static final int LONGEST_TAG = 50;

  @Override
  public String name() {
    return "jsm";
  }

  @Override
  public Set<String> keys() {
    return Set.of(KEY, URL);
  }

  @Override
  public Set<String> secretKeys() {
    return Set.of(KEY, URL);
  }

  @Override
  public Optional<ChannelSettings> read(Fields fields) {
    Optional<URI> url = HttpKeys.server(fields, URL, Optional.of(USUAL));
    Optional<Secret> key =
        HttpKeys.secret(
            fields,
            KEY,
            KEYS,
            "the API key of an API integration",
            "is no API key: it looks like 01234567-89ab-cdef-0123-456789abcdef");
    return fields.wrong() || url.isEmpty() || key.isEmpty()
        ? Optional.empty()
        : Optional.of(new Settings(url.get(), key.get()));
  }

  /// @param url of the API
  /// @param key of the integration
  record Settings(URI url, Secret key) implements ChannelSettings, HttpChannel.Form {
    @Override
    public Channel open(String name, Resolver resolver) {
      return new HttpChannel(name, HttpKeys.endpoint(url, PATH), List.of(key), this, resolver);
    }

    @Override
    public Optional<Markup> markup() {
      return Optional.of(Markup.plain(LONGEST_DESCRIPTION));
    }

    @Override
    public boolean keepsIncidents() {
      return true;
    }

    @Override
    public HttpQuestion request(URI uri, Delivery delivery, AlertText text) {
      String alias =
          HttpChannel.incidentKey(delivery)
              .orElseGet(() -> "rollcall " + AlertText.cut(delivery.subject(), 200));
      String close = "/" + PercentEncoding.encode(alias) + "/close?identifierType=alias";
      HttpQuestion request =
          text.over()
              ? HttpChannel.json(HttpKeys.below(uri, close), note(text))
              : HttpChannel.json(uri, alert(delivery, text).put("alias", alias));
      return request.header("Authorization", "GenieKey " + key.reveal());
    }

    private static ObjectNode note(AlertText text) {
      return JsonNodeFactory.instance
          .objectNode()
          .put("source", "Rollcall")
          .put(
              "note", AlertText.cut(text.title() + "\n" + text.bodyOrFacts(), LONGEST_DESCRIPTION));
    }

    private static ObjectNode alert(Delivery delivery, AlertText text) {
      ObjectNode alert =
          JsonNodeFactory.instance
              .objectNode()
              .put("message", AlertText.cut(AlertText.line(text.title()), LONGEST_MESSAGE))
              .put("description", AlertText.cut(text.bodyOrFacts(), LONGEST_DESCRIPTION))
              .put("entity", AlertText.cut(AlertText.line(delivery.subject()), LONGEST_ENTITY))
              .put("source", "Rollcall")
              .put("priority", text.urgent() ? "P1" : "P3");
      ArrayNode tags = alert.putArray("tags");
      delivery.message().incident().stream()
          .flatMap(incident -> incident.about().tags().stream())
          .limit(MOST_TAGS)
          .forEach(tag -> tags.add(AlertText.cut(tag, LONGEST_TAG)));
      return alert;
    }
  }
}
