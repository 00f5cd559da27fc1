package dev.rollcall.server.group;

import dev.rollcall.server.signal.Member;
import dev.rollcall.server.signal.Subject;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// What follows for a group from its members.
///
/// @param group as it was before
/// @param state what it is now
record Evaluation(Group group, List<Member> members, Member.State state) {
  private static final int MOST_NAMED = 5;

  /// Evaluates the rule.
  ///
  /// @param unreachable which of those that are down are so behind something that they depend on,
  ///   or perhaps so: they count as unknown
  static Evaluation of(Group group, List<Member> members, Predicate<Subject> unreachable) {
    List<Member> known =
        members.stream()
            .map(
                member ->
                    member.state() == Member.State.DOWN && unreachable.test(member.subject())
                        ? new Member(member.subject(), Member.State.UNKNOWN)
                        : member)
            .toList();
    GroupRule rule = group.definition().rule();
    return new Evaluation(group, known, rule.state(known.stream().map(Member::state).toList()));
  }

  /// Whether there is something to write.
  boolean isNew() {
    return state != group.state() || isConfirmed();
  }

  /// Whether it has another state than it had when that was certain last.
  private boolean isConfirmed() {
    return state != Member.State.UNKNOWN && !group.confirmed().equals(Optional.of(state));
  }

  /// Whether its incident begins or ends.
  boolean isSignal() {
    boolean wasDown = group.confirmed().equals(Optional.of(Member.State.DOWN));
    return isConfirmed() && (wasDown || state == Member.State.DOWN);
  }

  /// How many members are in a state.
  long count(Member.State one) {
    return members.stream().filter(member -> member.state() == one).count();
  }

  /// `1 of 3 up, 2 needed; down: shop-1, shop-2`.
  String cause() {
    List<String> down =
        members.stream()
            .filter(member -> member.state() == Member.State.DOWN)
            .map(member -> member.subject().name())
            .sorted()
            .toList();
    int more = down.size() - MOST_NAMED;
    return "%d of %d up, %d needed%s%s%s"
        .formatted(
            count(Member.State.UP),
            members.size(),
            group.definition().rule().needed(members.size()),
            down.isEmpty() ? "" : "; down: ",
            down.stream().limit(MOST_NAMED).collect(Collectors.joining(", ")),
            more > 0 ? " and " + more + " more" : "");
  }
}
