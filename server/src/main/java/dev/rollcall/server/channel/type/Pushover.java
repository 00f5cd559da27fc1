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

/// `type: pushover`: push messages to telephones by Pushover.
///
/// Source: pushover.net/api.
final class Pushover implements ChannelType {
  private static final String TOKEN = "token";
  private static final String USER = "user";
  private static final String DEVICE = "device";
  private static final String URL = "url";
  private static final String USUAL = "https://api.pushover.net/1/messages.json";
  private static final Pattern KEYS = Pattern.compile("[A-Za-z0-9]{30}");
  private static final Pattern DEVICES =
      Pattern.compile("[A-Za-z0-9_-]{1,25}(,[A-Za-z0-9_-]{1,25}){0,19}");
  private static final int LONGEST_TITLE = 250;
  private static final int LONGEST_MESSAGE = 1_024;

  /// Also in quiet hours.
  private static final int HIGH = 1;

  private static final int USUAL_PRIORITY = 0;

  @Override
  public String name() {
    return "pushover";
  }

  @Override
  public Set<String> keys() {
    return Set.of(TOKEN, USER, DEVICE, URL);
  }

  @Override
  public Set<String> secretKeys() {
    return Set.of(TOKEN, USER, URL);
  }

  @Override
  public Optional<ChannelSettings> read(Fields fields) {
    Optional<URI> url = HttpKeys.url(fields, URL, Optional.of(USUAL));
    Optional<Secret> token =
        HttpKeys.secret(
            fields,
            TOKEN,
            KEYS,
            "the API token of an application",
            "is no API token: it has 30 letters and digits");
    Optional<Secret> user =
        HttpKeys.secret(
            fields,
            USER,
            KEYS,
            "your user key, or that of a group",
            "is no key of a user or group: it has 30 letters and digits");
    Optional<String> device = fields.text(DEVICE).map(String::strip);
    device
        .filter(text -> !DEVICES.matcher(text).matches())
        .ifPresent(
            text -> fields.mistake(DEVICE, text, "is no device: give its name, or several with ,"));
    return fields.wrong() || url.isEmpty() || token.isEmpty() || user.isEmpty()
        ? Optional.empty()
        : Optional.of(new Settings(url.get(), token.get(), user.get(), device));
  }

  /// @param token of the application
  /// @param user the key of a user or group
  /// @param device the names of devices; empty: all of the user
  record Settings(URI url, Secret token, Secret user, Optional<String> device)
      implements ChannelSettings {
    @Override
    public Channel open(String key, Resolver resolver) {
      return new HttpChannel(key, url, List.of(token, user), this::request, resolver);
    }

    @Override
    public Optional<Markup> markup() {
      return Optional.of(Markup.plain(LONGEST_MESSAGE));
    }

    private HttpQuestion request(URI uri, Delivery delivery, AlertText text) {
      ObjectNode body =
          JsonNodeFactory.instance
              .objectNode()
              .put("token", token.reveal())
              .put("user", user.reveal())
              .put("title", AlertText.cut(AlertText.line(text.title()), LONGEST_TITLE))
              .put(
                  "message",
                  AlertText.cut(text.fitting(LONGEST_MESSAGE).bodyOrFacts(), LONGEST_MESSAGE))
              .put("priority", text.urgent() ? HIGH : USUAL_PRIORITY)
              .put("timestamp", delivery.message().at().getEpochSecond());
      device.ifPresent(names -> body.put("device", names));
      return HttpChannel.json(uri, body);
    }
  }
}
