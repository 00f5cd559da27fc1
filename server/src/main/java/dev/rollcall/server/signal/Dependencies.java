package dev.rollcall.server.signal;

import dev.rollcall.server.config.Mistakes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// What the subjects of a configuration file depend on: their `depends-on`.
public final class Dependencies {
  private final List<Entry> entries = new ArrayList<>();
  private final Map<String, List<String>> named = new HashMap<>();

  /// @param place the path of the subject in mistakes: `services[2]`
  private record Entry(String place, String name, List<String> dependsOn) {}

  /// Adds a list of subjects as it is in the file, with or without mistakes. Where two lists have
  /// the same name, it means the subject that was added first.
  ///
  /// @param path the path of the list in mistakes: `services`
  public Dependencies with(JsonNode list, String path) {
    for (int i = 0; list.isArray() && i < list.size(); i++) {
      String name = list.get(i).path("name").asString("");
      List<String> dependsOn = AlertKeys.stored(list.get(i)).dependsOn();
      entries.add(new Entry(path + "[" + i + "]", name, dependsOn));
      named.putIfAbsent(name, dependsOn);
    }
    return this;
  }

  /// Adds a mistake for each subject that depends on an unknown one, or on itself.
  public void check(Mistakes mistakes) {
    for (Entry entry : entries) {
      String place = entry.place() + ".depends-on";
      for (String name : entry.dependsOn()) {
        if (!named.containsKey(name)) {
          mistakes.add(
              place,
              name,
              "is no service or heartbeat of this file"
                  + Mistakes.suggestion(name, named.keySet()));
        } else if (reaches(name, entry.name())) {
          mistakes.add(
              place, name, "depends on " + entry.name() + " itself: remove one of the two");
        }
      }
    }
  }

  /// Whether `from` depends on `to`, directly or not.
  private boolean reaches(String from, String to) {
    Set<String> seen = new HashSet<>();
    Deque<String> names = new ArrayDeque<>(List.of(from));
    while (!names.isEmpty()) {
      String name = names.poll();
      if (name.equals(to)) {
        return true;
      }
      if (seen.add(name)) {
        names.addAll(named.getOrDefault(name, List.of()));
      }
    }
    return false;
  }
}
