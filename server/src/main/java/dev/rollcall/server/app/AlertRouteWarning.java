package dev.rollcall.server.app;

import dev.rollcall.server.channel.definition.ChannelDefinition;
import dev.rollcall.server.signal.AlertKeys;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Warnings about routes of channels that no service, heartbeat or group fits, and about those that
/// name channels which the file does not have: they may be made by the API.
final class AlertRouteWarning {
  private record Named(String name, AlertKeys keys) {}

  private AlertRouteWarning() {}

  /// One line for each warning.
  static List<String> of(Configuration configuration) {
    List<ChannelDefinition> channels = configuration.channels();
    Set<String> tags = new HashSet<>();
    Set<String> groups = new HashSet<>();
    Set<String> names = new HashSet<>();
    channels.forEach(channel -> names.add(channel.name()));
    List<String> lines = new ArrayList<>();
    configuration.groups().forEach(group -> groups.add(group.name()));
    Stream.of(
            configuration.services().stream()
                .map(service -> new Named(service.name(), service.alertKeys())),
            configuration.heartbeats().stream()
                .map(heartbeat -> new Named(heartbeat.name(), heartbeat.keys())),
            configuration.groups().stream().map(group -> new Named(group.name(), group.keys())))
        .flatMap(some -> some)
        .forEach(
            subject -> {
              tags.addAll(subject.keys().tags());
              subject.keys().group().ifPresent(groups::add);
              subject.keys().channels().stream()
                  .filter(channel -> !names.contains(channel))
                  .forEach(channel -> lines.add(unknown(subject.name(), channel)));
            });
    for (ChannelDefinition channel : channels) {
      absent(channel, "tag", channel.route().tags(), tags, lines);
      absent(channel, "group", channel.route().groups(), groups, lines);
    }
    return lines;
  }

  private static String unknown(String subject, String channel) {
    return subject + ": notify names the channel " + channel + ", which is not in this file";
  }

  private static void absent(
      ChannelDefinition channel,
      String what,
      List<String> chosen,
      Set<String> there,
      List<String> lines) {
    for (String one : chosen) {
      if (!there.contains(one)) {
        lines.add(
            channel.name()
                + ": its route chooses the "
                + what
                + " "
                + one
                + ", which no service, heartbeat or group of this file has");
      }
    }
  }
}
