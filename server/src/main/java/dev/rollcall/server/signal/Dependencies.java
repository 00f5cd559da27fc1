package dev.rollcall.server.signal;

import dev.rollcall.server.config.Mistakes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// What the subjects of a configuration file depend on: their `depends-on`. The state of a group
/// depends on its members.
public final class Dependencies {
  private final List<Entry> entries = new ArrayList<>();
  private final Map<String, List<String>> named = new HashMap<>();
  private final Map<String, List<String>> members = new HashMap<>();
  private final Set<String> groups = new HashSet<>();
  private final List<Entry> clashing = new ArrayList<>();

  /// @param place the path of the subject in mistakes: `services[2]`
  private record Entry(String place, String name, List<String> dependsOn) {}

  /// Adds a list of subjects as it is in the file, with or without mistakes. Where two lists have
  /// the same name, it means the subject that was added first.
  ///
  /// @param path the path of the list in mistakes: `services`
  public Dependencies with(JsonNode list, String path) {
    for (int i = 0; list.isArray() && i < list.size(); i++) {
      add(list.get(i), path + "[" + i + "]");
    }
    return this;
  }

  /// Adds a list of groups likewise, after all others. Those without a `rule` are no subjects.
  public Dependencies withGroups(JsonNode list, String path) {
    for (int i = 0; list.isArray() && i < list.size(); i++) {
      JsonNode group = list.get(i);
      String place = path + "[" + i + "]";
      String name = group.path("name").asString("");
      if (group.hasNonNull("rule")) {
        if (groups.add(name) && named.containsKey(name)) {
          clashing.add(new Entry(place, name, List.of()));
        }
        add(group, place);
      }
    }
    return this;
  }

  private void add(JsonNode subject, String place) {
    String name = subject.path("name").asString("");
    AlertKeys keys = AlertKeys.stored(subject);
    entries.add(new Entry(place, name, keys.dependsOn()));
    if (!name.isEmpty()) {
      named.putIfAbsent(name, keys.dependsOn());
    }
    keys.group()
        .ifPresent(group -> members.computeIfAbsent(group, _ -> new ArrayList<>()).add(name));
  }

  /// Adds a mistake for each subject that depends on an unknown one, or on itself; and for each
  /// group that has the name of another subject: incidents, routes and maintenance know them by it.
  public void check(Mistakes mistakes) {
    for (Entry group : clashing) {
      mistakes.add(
          group.place() + ".name",
          group.name(),
          "is the name of a service or heartbeat too: give the group its own");
    }
    for (Entry entry : entries) {
      String place = entry.place() + ".depends-on";
      for (String name : entry.dependsOn()) {
        if (!named.containsKey(name)) {
          mistakes.add(
              place,
              name,
              "is no service, heartbeat or group with a rule of this file"
                  + Mistakes.suggestion(name, named.keySet()));
        } else {
          Circle.over(entry.name(), name, this::needs)
              .ifPresent(circle -> mistakes.add(place, name, circle.mistake()));
        }
      }
    }
  }

  private List<String> needs(String name) {
    List<String> needs = new ArrayList<>(named.getOrDefault(name, List.of()));
    needs.addAll(groups.contains(name) ? members.getOrDefault(name, List.of()) : List.of());
    return needs;
  }
}
