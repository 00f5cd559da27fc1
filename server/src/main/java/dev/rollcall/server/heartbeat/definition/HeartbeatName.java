package dev.rollcall.server.heartbeat.definition;

import dev.rollcall.server.owner.Scope;
import java.util.Comparator;
import java.util.Optional;

/// What identifies a heartbeat: names are unique for each owner only.
///
/// @param owner whose heartbeat it is; see [Scope]
public record HeartbeatName(long owner, String name) {
  /// All transactions that lock several rows lock them in this order.
  public static final Comparator<HeartbeatName> ORDER =
      Comparator.comparingLong(HeartbeatName::owner).thenComparing(HeartbeatName::name);

  private static final int LONGEST = 255;

  /// What is wrong with a name, as a phrase: it must have 1 to 255 characters, and no control
  /// characters.
  public static Optional<String> fault(String name) {
    if (name.isBlank()) {
      return Optional.of("is empty: give the job a name, as in name=backup");
    }
    if (name.length() > LONGEST && name.codePointCount(0, name.length()) > LONGEST) {
      return Optional.of(
          "has "
              + name.codePointCount(0, name.length())
              + " characters: give "
              + LONGEST
              + " at most");
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c < ' ' || (c >= 0x7f && !isVisible(name, i))) {
        return Optional.of("has a control character at place " + (i + 1) + ": give visible text");
      }
    }
    return Optional.empty();
  }

  /// Joiners and direction marks are allowed: some scripts and emoji are written with them.
  private static boolean isVisible(String text, int place) {
    return switch (Character.getType(text.codePointAt(place))) {
      case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
      case Character.SURROGATE ->
          place > 0 && Character.isSurrogatePair(text.charAt(place - 1), text.charAt(place));
      default -> true;
    };
  }

  /// A name of the operator.
  public static HeartbeatName ofOperator(String name) {
    return new HeartbeatName(Scope.OPERATOR, name);
  }

  public boolean isOfOperator() {
    return owner == Scope.OPERATOR;
  }

  // Written out, since both are needed for each ping.

  @Override
  public boolean equals(Object other) {
    return other instanceof HeartbeatName that && owner == that.owner && name.equals(that.name);
  }

  @Override
  public int hashCode() {
    return name.hashCode() + 31 * Long.hashCode(owner);
  }
}
