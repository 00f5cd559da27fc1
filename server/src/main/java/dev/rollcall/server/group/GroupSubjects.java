package dev.rollcall.server.group;

import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Member;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.signal.Subjects;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// Groups as the subjects of incidents.
///
/// @param all the subjects of all types, among them the members of groups
record GroupSubjects(Subjects all) implements Subjects {
  /// How many members are asked whether they are certain. The others are taken as they stand.
  private static final int MOST_ASKED = 200;

  @Override
  public AlertKeys keys(Handle tx, Subject group) {
    return GroupTable.find(tx, group.id())
        .map(found -> found.definition().keys())
        .orElse(AlertKeys.NONE);
  }

  @Override
  public Optional<String> lastOutput(Handle tx, Subject group) {
    return Optional.empty();
  }

  @Override
  public List<Keyed> above(Handle tx, Subject.Type type, long owner, long id) {
    return owner == Scope.OPERATOR
        ? GroupTable.all(tx).stream()
            .filter(group -> group.id() > id)
            .sorted(Comparator.comparing(Group::id))
            .map(group -> new Keyed(group.subject(), group.definition().keys()))
            .toList()
        : List.of();
  }

  @Override
  public List<Member> members(Handle tx, long owner, String group) {
    return owner == Scope.OPERATOR
        ? GroupTable.all(tx).stream()
            .filter(one -> one.definition().keys().group().equals(Optional.of(group)))
            .map(one -> new Member(one.subject(), one.state()))
            .toList()
        : List.of();
  }

  @Override
  public Optional<Subject> find(Handle tx, long owner, String name) {
    return owner == Scope.OPERATOR
        ? GroupTable.find(tx, name).map(Group::subject)
        : Optional.empty();
  }

  /// Whether enough members are as they should be for certain.
  @Override
  public boolean isRight(Handle tx, Subject subject, Instant since) {
    Optional<Group> group = GroupTable.find(tx, subject.id());
    if (group.isEmpty()) {
      return true;
    }
    List<Member> members = all.members(tx, subject.owner(), group.get().name());
    int needed = group.get().definition().rule().needed(members.size());
    int asked = 0;
    int right = 0;
    for (Member member : members) {
      if (member.state() != Member.State.DOWN) {
        asked++;
        right += asked > MOST_ASKED || all.isRight(tx, member.subject(), since) ? 1 : 0;
      }
      if (right >= needed) {
        return true;
      }
    }
    return members.isEmpty();
  }

  /// Its members are observed instead.
  @Override
  public void observe(Handle tx, List<Subject> groups, Instant now) {}

  @Override
  public boolean confirmAgain(Handle tx, Subject group, Instant now) {
    GroupTable.forgetConfirmed(tx, group.id());
    return true;
  }
}
