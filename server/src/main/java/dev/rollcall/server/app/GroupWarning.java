package dev.rollcall.server.app;

import dev.rollcall.server.group.GroupDefinition;
import dev.rollcall.server.group.GroupRule;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Warnings about groups that have no member, or another number of members than their rule says.
/// Heartbeats that only call may lie in them too.
final class GroupWarning {
  private GroupWarning() {}

  /// One line for each warning.
  static List<String> of(Configuration configuration) {
    Map<String, Integer> members = new HashMap<>();
    Stream.of(
            configuration.services().stream().map(service -> service.alertKeys().group()),
            configuration.heartbeats().stream().map(heartbeat -> heartbeat.keys().group()),
            configuration.groups().stream().map(group -> group.keys().group()))
        .flatMap(groups -> groups.flatMap(Optional::stream))
        .forEach(group -> members.merge(group, 1, Integer::sum));
    return configuration.groups().stream()
        .flatMap(group -> one(group, members.getOrDefault(group.name(), 0)).stream())
        .toList();
  }

  private static Optional<String> one(GroupDefinition group, int members) {
    if (members == 0) {
      return Optional.of(
          group.name() + ": no service, heartbeat or group of this file lies in this group");
    }
    return group.rule() instanceof GroupRule.Several several && several.members() != members
        ? Optional.of(
            "%s: its rule says %s, but its members in this file are %d"
                .formatted(group.name(), several.text(), members))
        : Optional.empty();
  }
}
