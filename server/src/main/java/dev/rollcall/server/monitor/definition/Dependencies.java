package dev.rollcall.server.monitor.definition;

import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.signal.AlertKeys;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// What the services of a list depend on: their `depends-on`.
///
/// @param named the names that each depends on, in the order of the list
record Dependencies(Map<String, List<String>> named) {
  private static final String KEY = ".depends-on";

  /// Those of a list as it is in the file, with or without mistakes.
  static Dependencies of(JsonNode services) {
    Map<String, List<String>> named = new LinkedHashMap<>();
    for (JsonNode service : services) {
      named.put(service.path("name").asString(""), AlertKeys.stored(service).dependsOn());
    }
    return new Dependencies(named);
  }

  /// Adds a mistake for each that depends on an unknown service, or on itself.
  void check(String path, Mistakes mistakes) {
    int i = 0;
    for (Map.Entry<String, List<String>> service : named.entrySet()) {
      String place = path + "[" + i + "]" + KEY;
      for (String name : service.getValue()) {
        if (!named.containsKey(name)) {
          mistakes.add(
              place,
              name,
              "is no service of this file" + Mistakes.suggestion(name, named.keySet()));
        } else if (reaches(name, service.getKey())) {
          mistakes.add(place, name, "depends on this service itself: remove one of the two");
        }
      }
      i++;
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
