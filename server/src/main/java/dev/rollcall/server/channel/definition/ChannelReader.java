package dev.rollcall.server.channel.definition;

import dev.rollcall.server.channel.message.MessageTemplates;
import dev.rollcall.server.channel.type.ChannelSettings;
import dev.rollcall.server.channel.type.ChannelType;
import dev.rollcall.server.config.Fields;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.http.Characters;
import dev.rollcall.server.outbox.AlertRoute;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads channels from `channels:` of `rollcall.yaml` and from the bodies of `POST` and `PATCH`,
/// with the same keys, rules and messages.
public final class ChannelReader {
  private static final String PAGE = "docs/channels.md";
  private static final List<String> COMMON =
      List.of("name", "type", AlertRouteReader.KEY, MessageTemplates.TITLE, MessageTemplates.BODY);

  /// As the outbox has it. A name is part of paths and metrics.
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

  private ChannelReader() {}

  /// Reads a list of channels with different names.
  ///
  /// @param path the path of the list in mistakes: `channels`
  public static List<ChannelDefinition> list(JsonNode channels, String path, Mistakes mistakes) {
    if (channels.isNull() || channels.isMissingNode()) {
      return List.of();
    }
    if (!channels.isArray()) {
      mistakes.add(path, "is no list: write one `- name: ...` for each channel");
      return List.of();
    }
    List<ChannelDefinition> read = new ArrayList<>(channels.size());
    Map<String, String> places = new HashMap<>();
    for (int i = 0; i < channels.size(); i++) {
      String place = path + "[" + i + "]";
      one(channels.get(i), place, mistakes).ifPresent(read::add);
      String name = channels.get(i).path("name").asString("");
      String first = places.putIfAbsent(name, place);
      if (first != null && !name.isEmpty()) {
        mistakes.add(place + ".name", name, "is the name of " + first + " too: give each its own");
      }
    }
    return read;
  }

  /// Reads one channel; empty if it has a mistake.
  ///
  /// @param path its path in mistakes; may be empty
  public static Optional<ChannelDefinition> one(JsonNode channel, String path, Mistakes mistakes) {
    Optional<ChannelType> type = ChannelType.find(channel.path("type").asString(""));
    Set<String> known = new LinkedHashSet<>(COMMON);
    type.map(ChannelType::keys)
        .ifPresentOrElse(
            known::addAll, () -> ChannelType.ALL.forEach(each -> known.addAll(each.keys())));
    Fields fields = new Fields(channel, path, PAGE, mistakes);
    if (!fields.areOf(known)) {
      return Optional.empty();
    }
    Characters.in(channel).ifPresent(fault -> fields.mistake(fault.where(), fault.what()));
    Optional<String> name = name(fields);
    if (type.isEmpty()) {
      unknownType(fields);
      AlertRouteReader.read(fields);
      return Optional.empty();
    }
    Optional<ChannelSettings> settings = type.get().read(fields);
    AlertRoute route = AlertRouteReader.read(fields);
    MessageTemplates templates =
        settings
            .map(read -> MessageTemplates.read(fields, read.markup()))
            .orElse(MessageTemplates.NONE);
    if (fields.wrong() || name.isEmpty() || settings.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new ChannelDefinition(
            name.get(), type.get(), settings.get(), route, templates, (ObjectNode) channel));
  }

  private static Optional<String> name(Fields fields) {
    Optional<String> name = fields.text("name");
    if (name.isEmpty() && !fields.has("name")) {
      fields.mistake("name", "is missing: give the channel a name");
    }
    name.filter(text -> !NAME.matcher(text).matches())
        .ifPresent(
            text ->
                fields.mistake(
                    "name",
                    text,
                    "is no name for a channel: use 1 to 63 lower-case letters, digits and"
                        + " hyphens"));
    return name;
  }

  private static void unknownType(Fields fields) {
    List<String> types = ChannelType.ALL.stream().map(ChannelType::name).toList();
    if (!fields.has("type")) {
      fields.mistake("type", "is missing: give one of " + String.join(", ", types));
      return;
    }
    fields
        .text("type")
        .ifPresent(
            text ->
                fields.mistake(
                    "type",
                    text,
                    "is no type of channel" + Mistakes.suggestion(text, types, PAGE)));
  }
}
