package dev.rollcall.server.group;

import dev.rollcall.server.config.Fields;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.http.Characters;
import dev.rollcall.server.signal.AlertKeys;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Reads groups from `groups:` of `rollcall.yaml`.
public final class GroupReader {
  /// In how many groups a group may lie, one in the other.
  static final int DEEPEST = 8;

  private static final String PAGE = "docs/incidents.md";
  private static final List<String> KEYS =
      Stream.concat(Stream.of("name", "rule"), AlertKeys.NAMES.stream()).toList();
  private static final int MOST = 1_000;
  private static final int LONGEST_NAME = 255;

  private GroupReader() {}

  /// Reads a list of groups with different names. Those without a rule are labels only, and left
  /// out.
  ///
  /// @param path the path of the list in mistakes: `groups`
  public static List<GroupDefinition> list(JsonNode list, String path, Mistakes mistakes) {
    List<GroupDefinition> read = new ArrayList<>();
    if (list.isNull() || list.isMissingNode()) {
      return read;
    }
    if (!list.isArray()) {
      mistakes.add(path, "is no list: write one `- name: ...` for each group");
      return read;
    }
    if (list.size() > MOST) {
      mistakes.add(path, "are too many: " + MOST + " at most");
      return read;
    }
    Map<String, String> places = new HashMap<>();
    Map<String, String> liesIn = new HashMap<>();
    for (int i = 0; i < list.size(); i++) {
      String name = list.get(i).path("name").asString("");
      liesIn.putIfAbsent(name, list.get(i).path("group").asString(""));
    }
    for (int i = 0; i < list.size(); i++) {
      String place = path + "[" + i + "]";
      String name = list.get(i).path("name").asString("");
      one(list.get(i), place, mistakes).ifPresent(read::add);
      String first = places.putIfAbsent(name, place);
      if (first != null && !name.isEmpty()) {
        mistakes.add(place + ".name", name, "is the name of " + first + " too: give each its own");
      } else if (!name.isEmpty()) {
        checkNesting(name, liesIn, place, mistakes);
      }
    }
    return read;
  }

  /// Groups must not lie in themselves, nor too deep.
  private static void checkNesting(
      String name, Map<String, String> liesIn, String place, Mistakes mistakes) {
    String direct = liesIn.getOrDefault(name, "");
    String outer = direct;
    for (int depth = 1; !outer.isEmpty(); depth++) {
      if (outer.equals(name)) {
        mistakes.add(
            place + ".group", direct, "lies in " + name + " itself: remove one of the two");
        return;
      }
      if (depth > DEEPEST) {
        mistakes.add(place + ".group", direct, "lies too deep: in " + DEEPEST + " groups at most");
        return;
      }
      outer = liesIn.getOrDefault(outer, "");
    }
  }

  private static Optional<GroupDefinition> one(JsonNode json, String path, Mistakes mistakes) {
    Fields fields = new Fields(json, path, PAGE, mistakes);
    if (!fields.areOf(KEYS)) {
      return Optional.empty();
    }
    Characters.in(json).ifPresent(fault -> fields.mistake(fault.where(), fault.what()));
    Optional<String> name = fields.text("name");
    if (!fields.has("name")) {
      fields.mistake("name", "is missing: give what group of its members says");
    }
    name.filter(text -> text.isBlank() || text.length() > LONGEST_NAME)
        .ifPresent(_ -> fields.mistake("name", "must have 1 to 255 characters"));
    AlertKeys keys = AlertKeys.of(fields);
    Optional<String> text = fields.scalar("rule");
    Optional<GroupRule> rule = text.flatMap(GroupRule::of);
    if (!fields.has("rule")) {
      fields.refuse(AlertKeys.NAMES, "has no effect without rule: give a rule, or remove it");
    } else if (text.isPresent() && rule.isEmpty()) {
      fields.mistake("rule", text.get(), "is no rule: give any, all, or as in 2 of 3");
    }
    return fields.wrong() || rule.isEmpty() || name.isEmpty()
        ? Optional.empty()
        : Optional.of(new GroupDefinition(name.get(), rule.get(), keys));
  }
}
