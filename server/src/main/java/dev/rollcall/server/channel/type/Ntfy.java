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
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `type: ntfy`: push messages to telephones by ntfy.sh or a server of your own.
///
/// Source: docs.ntfy.sh/publish, "Publish as JSON".
final class Ntfy implements ChannelType {
  private static final String URL = "url";
  private static final String TOPIC = "topic";
  private static final String TOKEN = "token";
  private static final String USUAL = "https://ntfy.sh/";
  private static final Pattern TOPICS = Pattern.compile("[-_A-Za-z0-9]{1,64}");
  private static final int LONGEST_TITLE = 250;

  /// The server takes 4,096 bytes; a character has three at most here, one of two has four.
  private static final int LONGEST_MESSAGE = 1_300;

  private static final int HIGH = 4;
  private static final int USUAL_PRIORITY = 3;

  @Override
  public String name() {
    return "ntfy";
  }

  @Override
  public Set<String> keys() {
    return Set.of(URL, TOPIC, TOKEN);
  }

  @Override
  public Set<String> secretKeys() {
    return Set.of(URL, TOPIC, TOKEN);
  }

  @Override
  public Optional<ChannelSettings> read(Fields fields) {
    Optional<URI> url = HttpKeys.server(fields, URL, Optional.of(USUAL));
    url.filter(uri -> uri.getPath().length() > 1)
        .ifPresent(
            _ -> fields.mistake(URL, "has a path: give that of the server, and topic apart"));
    Optional<Secret> topic =
        HttpKeys.secret(
            fields,
            TOPIC,
            TOPICS,
            "the topic, which its readers know",
            "is no topic: use 1 to 64 letters, digits, - and _");
    Optional<Secret> token = fields.secret(TOKEN);
    return fields.wrong() || url.isEmpty() || topic.isEmpty()
        ? Optional.empty()
        : Optional.of(new Settings(url.get(), topic.get(), token));
  }

  /// @param url of the server
  record Settings(URI url, Secret topic, Optional<Secret> token) implements ChannelSettings {
    @Override
    public Channel open(String key, Resolver resolver) {
      return new HttpChannel(key, url, secrets(), this::request, resolver);
    }

    @Override
    public Optional<Markup> markup() {
      return Optional.of(Markup.plain(LONGEST_MESSAGE));
    }

    private List<Secret> secrets() {
      return Stream.concat(Stream.of(topic), token.stream()).toList();
    }

    /// On servers since 2.16, the end takes the place of the beginning.
    private HttpQuestion request(URI uri, Delivery delivery, AlertText text) {
      ObjectNode body =
          JsonNodeFactory.instance
              .objectNode()
              .put("topic", topic.reveal())
              .put("title", AlertText.cut(AlertText.line(text.title()), LONGEST_TITLE))
              .put(
                  "message",
                  AlertText.cut(text.fitting(LONGEST_MESSAGE).bodyOrFacts(), LONGEST_MESSAGE))
              .put("priority", text.urgent() ? HIGH : USUAL_PRIORITY);
      HttpChannel.incidentKey(delivery).ifPresent(key -> body.put("sequence_id", key));
      body.putArray("tags").add(text.over() ? "green_circle" : "red_circle");
      if (!text.links().isEmpty()) {
        body.put("click", text.links().getFirst().value());
        ArrayNode actions = body.putArray("actions");
        for (AlertText.Fact link : text.links()) {
          actions
              .addObject()
              .put("action", "view")
              .put("label", link.label())
              .put("url", link.value());
        }
      }
      HttpQuestion request = HttpChannel.json(uri, body);
      return token
          .map(secret -> request.header("Authorization", "Bearer " + secret.reveal()))
          .orElse(request);
    }
  }
}
