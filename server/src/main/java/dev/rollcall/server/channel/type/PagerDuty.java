package dev.rollcall.server.channel.type;

import dev.rollcall.probes.HttpQuestion;
import dev.rollcall.probes.Resolver;
import dev.rollcall.server.channel.message.AlertText;
import dev.rollcall.server.channel.message.Markup;
import dev.rollcall.server.config.Fields;
import dev.rollcall.server.config.Secret;
import dev.rollcall.server.outbox.Channel;
import dev.rollcall.server.outbox.Delivery;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `type: pagerduty`: incidents of PagerDuty, which end there with ours (Events API v2).
///
/// Source: the OpenAPI description of the Events API v2 at developer.pagerduty.com.
final class PagerDuty implements ChannelType {
  private static final String KEY = "key";
  private static final String URL = "url";
  private static final String USUAL = "https://events.pagerduty.com";
  private static final String PATH = "/v2/enqueue";
  private static final Pattern KEYS = Pattern.compile("[A-Za-z0-9]{32}");
  private static final int LONGEST_SUMMARY = 1_024;
  private static final int LONGEST_DETAIL = 10_000;

  @Override
  public String name() {
    return "pagerduty";
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
            "the integration key of a service (Events API v2)",
            "is no integration key: it has 32 letters and digits");
    return fields.wrong() || url.isEmpty() || key.isEmpty()
        ? Optional.empty()
        : Optional.of(new Settings(url.get(), key.get()));
  }

  /// @param key the integration key
  record Settings(URI url, Secret key) implements ChannelSettings, HttpChannel.Form {
    @Override
    public Channel open(String name, Resolver resolver) {
      return new HttpChannel(name, HttpKeys.endpoint(url, PATH), List.of(key), this, resolver);
    }

    @Override
    public Optional<Markup> markup() {
      return Optional.of(Markup.plain(LONGEST_DETAIL));
    }

    @Override
    public boolean keepsIncidents() {
      return true;
    }

    @Override
    public HttpQuestion request(URI uri, Delivery delivery, AlertText text) {
      ObjectNode body =
          JsonNodeFactory.instance
              .objectNode()
              .put("routing_key", key.reveal())
              .put("event_action", text.over() ? "resolve" : "trigger")
              .put("dedup_key", dedup(delivery));
      if (!text.over()) {
        ObjectNode payload =
            body.put("client", "Rollcall")
                .putObject("payload")
                .put("summary", AlertText.cut(AlertText.line(text.title()), LONGEST_SUMMARY))
                .put("source", AlertText.cut(delivery.subject(), LONGEST_SUMMARY))
                .put("severity", text.urgent() ? "critical" : "warning")
                .put("timestamp", delivery.message().at().toString());
        ObjectNode details = payload.putObject("custom_details");
        text.body()
            .ifPresentOrElse(
                own -> details.put("Text", own),
                () ->
                    text.facts()
                        .forEach(
                            fact ->
                                details.put(
                                    fact.label(), AlertText.cut(fact.value(), LONGEST_DETAIL))));
      }
      return HttpChannel.json(uri, body);
    }

    private static String dedup(Delivery delivery) {
      return HttpChannel.incidentKey(delivery)
          .orElseGet(() -> "rollcall " + AlertText.cut(delivery.subject(), 200));
    }
  }
}
