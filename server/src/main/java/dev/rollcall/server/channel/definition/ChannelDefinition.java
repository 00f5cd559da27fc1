package dev.rollcall.server.channel.definition;

import dev.rollcall.server.channel.message.MessageTemplates;
import dev.rollcall.server.channel.type.ChannelSettings;
import dev.rollcall.server.channel.type.ChannelType;
import dev.rollcall.server.outbox.AlertRoute;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// A channel as the configuration file or a request defines it, without mistakes.
///
/// @param name its name, different from the names of the owner's other channels
/// @param type its type
/// @param settings what its type has read
/// @param route what it is told of
/// @param templates the texts of its messages
/// @param json the definition as it was given; it may contain secrets
public record ChannelDefinition(
    String name,
    ChannelType type,
    ChannelSettings settings,
    AlertRoute route,
    MessageTemplates templates,
    ObjectNode json) {
  /// A line for each thing that is right and probably not meant: `body, line 2: $NAME is of
  /// healthchecks, and stays as it is: write {{name}}`.
  public List<String> hints() {
    return templates.hints();
  }

  @Override
  public String toString() {
    return name + " (" + type.name() + ")"; // without secrets
  }
}
