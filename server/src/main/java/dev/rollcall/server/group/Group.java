package dev.rollcall.server.group;

import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.Member;
import dev.rollcall.server.signal.Subject;
import java.time.Instant;
import java.util.Optional;

/// A group with a rule, as it stands.
///
/// @param state of its members together
/// @param since when that state began
/// @param confirmed its last state that was not unknown; empty before the first one, and while it
///   is to be told anew
record Group(
    long id,
    GroupDefinition definition,
    Member.State state,
    Instant since,
    Optional<Member.State> confirmed) {
  String name() {
    return definition.name();
  }

  /// Groups are those of the configuration file, which is the operator's.
  Subject subject() {
    return new Subject(Subject.Type.GROUP, id, Scope.OPERATOR, name());
  }
}
