package dev.rollcall.server.app;

import dev.rollcall.server.channel.AlertSettings;
import dev.rollcall.server.channel.definition.ChannelDefinition;
import dev.rollcall.server.channel.definition.ChannelReader;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.config.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Reads the channels of the configuration: the section `channels` and the setting `alert.uri`.
final class FileChannels {
  /// The path of the section in mistakes.
  static final String PATH = "channels";

  private FileChannels() {}

  /// The channels without mistakes. Mistakes are added with their path: `channels[2].url`.
  static List<ChannelDefinition> read(Values values, JsonNode section, Mistakes mistakes) {
    List<ChannelDefinition> channels = new ArrayList<>(ChannelReader.list(section, PATH, mistakes));
    Optional<ChannelDefinition> alertUri = AlertSettings.channel(values);
    alertUri.ifPresent(
        channel -> {
          for (int i = 0; i < section.size(); i++) {
            if (section.path(i).path("name").asString("").equals(channel.name())) {
              mistakes.add(
                  PATH + "[" + i + "].name",
                  channel.name(),
                  "is the name of the channel of alert.uri: give it another");
            }
          }
        });
    alertUri.ifPresent(channels::add);
    return channels;
  }
}
