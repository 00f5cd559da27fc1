package dev.rollcall.server.app;

import dev.rollcall.server.channel.ChannelDefinition;
import dev.rollcall.server.monitor.definition.ServiceDefinition;
import dev.rollcall.server.signal.AlertKeys;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Warnings about routes of channels that no service fits, and about services that name channels
/// which the file does not have: they may be made by the API.
final class AlertRouteWarning {
  private AlertRouteWarning() {}

  /// One line for each warning.
  static List<String> of(List<ServiceDefinition> services, List<ChannelDefinition> channels) {
    Set<String> tags = new HashSet<>();
    Set<String> groups = new HashSet<>();
    Set<String> names = new HashSet<>();
    channels.forEach(channel -> names.add(channel.name()));
    List<String> lines = new ArrayList<>();
    for (ServiceDefinition service : services) {
      AlertKeys keys = service.alertKeys();
      tags.addAll(keys.tags());
      keys.group().ifPresent(groups::add);
      for (String channel : keys.channels()) {
        if (!names.contains(channel)) {
          lines.add(
              service.name()
                  + ": notify names the channel "
                  + channel
                  + ", which is not in this file");
        }
      }
    }
    for (ChannelDefinition channel : channels) {
      absent(channel, "tag", channel.route().tags(), tags, lines);
      absent(channel, "group", channel.route().groups(), groups, lines);
    }
    return lines;
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
                + ", which no service of this file has");
      }
    }
  }
}
