package dev.rollcall.server.network;

import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Member;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.signal.Subjects;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// Open breaks as the subjects of incidents.
final class BreakSubjects implements Subjects {
  @Override
  public AlertKeys keys(Handle tx, Subject one) {
    return AlertKeys.NONE;
  }

  /// The name of the router.
  @Override
  public Optional<String> title(Handle tx, Subject one) {
    return BreakTable.name(tx, one.id());
  }

  @Override
  public Optional<String> lastOutput(Handle tx, Subject one) {
    return Optional.empty();
  }

  @Override
  public List<Member> members(Handle tx, long owner, String group) {
    return List.of();
  }

  @Override
  public Optional<Subject> find(Handle tx, long owner, String name) {
    return owner == Scope.OPERATOR ? BreakTable.find(tx, name) : Optional.empty();
  }

  @Override
  public boolean isRight(Handle tx, Subject one, Instant since) {
    return !BreakTable.isOpen(tx, one.id());
  }

  /// What is lost behind it is observed instead.
  @Override
  public void observe(Handle tx, List<Subject> breaks, Instant now) {}

  @Override
  public boolean confirmAgain(Handle tx, Subject one, Instant now) {
    return false;
  }
}
