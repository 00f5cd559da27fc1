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

/// `type: gotify`: push messages by a Gotify server of your own.
///
/// Source: the OpenAPI description of gotify/server (docs/spec.json), "createMessage".
final class Gotify implements ChannelType {
  private static final String URL = "url";
  private static final String TOKEN = "token";
  private static final Pattern TOKENS = Pattern.compile("[A-Za-z0-9._-]{5,100}");
  private static final int LONGEST_TITLE = 250;
  private static final int LONGEST_VALUE = 2_000;

  /// From 8 on, Android rings; from 4 on it makes a sound.
  private static final int RINGS = 8;

  private static final int SOUNDS = 5;

  @Override
  public String name() {
    return "gotify";
  }

  @Override
  public Set<String> keys() {
    return Set.of(URL, TOKEN);
  }

  @Override
  public Set<String> secretKeys() {
    return Set.of(TOKEN);
  }

  @Override
  public Optional<ChannelSettings> read(Fields fields) {
    Optional<URI> url = HttpKeys.server(fields, URL, Optional.empty());
    Optional<Secret> token =
        HttpKeys.secret(
            fields,
            TOKEN,
            TOKENS,
            "the token of an application of the server",
            "is no token of an application: it looks like Ab_cDEfGHi.JKlm");
    return fields.wrong() || url.isEmpty() || token.isEmpty()
        ? Optional.empty()
        : Optional.of(new Settings(url.get(), token.get()));
  }

  /// @param url of the server
  /// @param token of an application
  record Settings(URI url, Secret token) implements ChannelSettings {
    @Override
    public Channel open(String key, Resolver resolver) {
      return new HttpChannel(
          key, HttpKeys.endpoint(url, "/message"), List.of(token), this::request, resolver);
    }

    @Override
    public Optional<Markup> markup() {
      return Optional.of(Markup.plain(LONGEST_VALUE));
    }

    private HttpQuestion request(URI uri, Delivery delivery, AlertText text) {
      AlertText shown = text.shortened(LONGEST_TITLE, LONGEST_VALUE);
      ObjectNode body =
          JsonNodeFactory.instance
              .objectNode()
              .put("title", shown.title())
              .put("message", shown.bodyOrFacts())
              .put("priority", text.urgent() ? RINGS : SOUNDS);
      body.putObject("extras").putObject("client::display").put("contentType", "text/plain");
      return HttpChannel.json(uri, body).header("X-Gotify-Key", token.reveal());
    }
  }
}
