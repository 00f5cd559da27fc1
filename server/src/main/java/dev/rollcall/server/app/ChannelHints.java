package dev.rollcall.server.app;

import dev.rollcall.server.channel.definition.ChannelDefinition;
import java.util.List;

/// Hints about the channels of the configuration file, each with the name of its channel: `chat:
/// body, line 2: $NAME is of healthchecks, and stays as it is: write {{name}}`.
final class ChannelHints {
  private ChannelHints() {}

  /// One line for each hint.
  static List<String> of(List<ChannelDefinition> channels) {
    return channels.stream()
        .flatMap(channel -> channel.hints().stream().map(hint -> channel.name() + ": " + hint))
        .toList();
  }
}
