package dev.rollcall.server.http;

import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Characters that cannot be stored: U+0000, which PostgreSQL rejects, and halves of surrogate
/// pairs, which UTF-8 does not have.
public final class Characters {
  /// A text in a tree with such a character.
  ///
  /// @param where its key, with the keys around it: `http.headers.X`; empty for the whole tree
  /// @param what what is wrong, as a phrase
  public record Fault(String where, String what) {
    private Fault within(String key) {
      return new Fault(
          where.isEmpty() || where.startsWith("[") ? key + where : key + "." + where, what);
    }
  }

  private Characters() {}

  /// What is wrong with a text, as a phrase; empty if nothing is.
  public static Optional<String> fault(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0) {
        return Optional.of("has a U+0000 at place " + (i + 1) + ": give visible text");
      }
      if (Character.isSurrogate(c)) {
        boolean pair = i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1));
        if (!pair) {
          return Optional.of(
              "has half of a surrogate pair at place " + (i + 1) + ": give whole characters");
        }
        i++;
      }
    }
    return Optional.empty();
  }

  /// The first fault in the names and texts of a tree.
  public static Optional<Fault> in(JsonNode tree) {
    if (tree.isString()) {
      return fault(tree.stringValue()).map(what -> new Fault("", what));
    }
    for (Map.Entry<String, JsonNode> property : tree.properties()) {
      Optional<Fault> found =
          fault(property.getKey())
              .map(what -> new Fault("", "has a name that " + what))
              .or(() -> in(property.getValue()).map(fault -> fault.within(property.getKey())));
      if (found.isPresent()) {
        return found;
      }
    }
    for (int i = 0; tree.isArray() && i < tree.size(); i++) {
      String place = "[" + i + "]";
      Optional<Fault> found = in(tree.get(i)).map(fault -> fault.within(place));
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }
}
