package dev.rollcall.server.group;

import dev.rollcall.server.signal.Member;
import java.util.Collection;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How many members of a group have to be up.
public sealed interface GroupRule {
  /// One of them.
  record Any() implements GroupRule {}

  /// Each of them.
  record All() implements GroupRule {}

  /// So many of them.
  ///
  /// @param members how many there are meant to be
  record Several(int needed, int members) implements GroupRule {
    public Several {
      if (needed < 1 || needed > members) {
        throw new IllegalArgumentException(needed + " of " + members);
      }
    }
  }

  /// Reads `any`, `all` or `2 of 3`; empty if it is none of these.
  static Optional<GroupRule> of(String text) {
    Matcher several = Pattern.compile("([1-9]\\d{0,4}) of ([1-9]\\d{0,4})").matcher(text);
    if (several.matches()) {
      int needed = Integer.parseInt(several.group(1));
      int members = Integer.parseInt(several.group(2));
      return needed > members ? Optional.empty() : Optional.of(new Several(needed, members));
    }
    return switch (text) {
      case "any" -> Optional.of(new Any());
      case "all" -> Optional.of(new All());
      default -> Optional.empty();
    };
  }

  /// As it is written in the file.
  default String text() {
    return switch (this) {
      case Any() -> "any";
      case All() -> "all";
      case Several(int needed, int members) -> needed + " of " + members;
    };
  }

  /// How many have to be up.
  ///
  /// @param members how many there are
  default int needed(int members) {
    return switch (this) {
      case Any() -> 1;
      case All() -> members;
      case Several(int needed, _) -> needed;
    };
  }

  /// The state of a group with these members. It is unknown if it has none, or if those that are
  /// unknown decide.
  default Member.State state(Collection<Member.State> members) {
    int needed = needed(members.size());
    long up = members.stream().filter(state -> state == Member.State.UP).count();
    long down = members.stream().filter(state -> state == Member.State.DOWN).count();
    if (members.isEmpty()) {
      return Member.State.UNKNOWN;
    }
    if (up >= needed) {
      return Member.State.UP;
    }
    return members.size() - down < needed ? Member.State.DOWN : Member.State.UNKNOWN;
  }
}
