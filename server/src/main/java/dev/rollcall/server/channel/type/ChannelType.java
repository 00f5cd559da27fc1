package dev.rollcall.server.channel.type;

import dev.rollcall.server.config.Fields;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A type of channel, such as `alert-uri`: the keys of its definitions, and how they are read. Each
/// type is one file, and one entry of [#ALL].
public interface ChannelType {
  /// All types, in the order of the documentation.
  List<ChannelType> ALL =
      List.of(
          new Webhook(),
          Mail.TYPE,
          new Slack(),
          new Discord(),
          new Telegram(),
          new PagerDuty(),
          new Ntfy(),
          new Teams(),
          new Jsm(),
          new Gotify(),
          new Pushover(),
          new Matrix(),
          new Mattermost(),
          new GoogleChat(),
          new Alertmanager(),
          AlertUri.TYPE);

  /// Its word under `type:`.
  String name();

  /// The keys of a definition besides `name` and `type`.
  Set<String> keys();

  /// Those whose values are never shown.
  Set<String> secretKeys();

  /// Reads the keys; empty if there is a mistake, which is added.
  Optional<ChannelSettings> read(Fields fields);

  /// The type with this name.
  static Optional<ChannelType> find(String name) {
    return ALL.stream().filter(type -> type.name().equals(name)).findFirst();
  }
}
