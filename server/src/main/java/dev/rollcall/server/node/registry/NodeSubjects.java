package dev.rollcall.server.node.registry;

import dev.rollcall.server.node.registry.KnownNode.State;
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

/// Nodes as the subjects of incidents. They lie in no group, and nobody asks them.
final class NodeSubjects implements Subjects {
  @Override
  public AlertKeys keys(Handle tx, Subject node) {
    return AlertKeys.NONE;
  }

  @Override
  public Optional<String> lastOutput(Handle tx, Subject node) {
    return Optional.empty();
  }

  @Override
  public List<Keyed> above(Handle tx, Subject.Type type, long owner, long id) {
    return owner == Scope.OPERATOR
        ? NodeTable.all(tx).stream()
            .filter(node -> node.id() > id)
            .sorted(Comparator.comparing(KnownNode::id))
            .map(node -> new Keyed(node.subject(), AlertKeys.NONE))
            .toList()
        : List.of();
  }

  @Override
  public List<Member> members(Handle tx, long owner, String group) {
    return List.of();
  }

  @Override
  public Optional<Subject> find(Handle tx, long owner, String name) {
    return owner == Scope.OPERATOR
        ? NodeTable.find(tx, name).map(KnownNode::subject)
        : Optional.empty();
  }

  @Override
  public boolean isRight(Handle tx, Subject node, Instant since) {
    return NodeTable.find(tx, node.id()).map(found -> found.state() == State.UP).orElse(true);
  }

  @Override
  public void observe(Handle tx, List<Subject> nodes, Instant now) {}

  @Override
  public boolean confirmAgain(Handle tx, Subject node, Instant now) {
    return false;
  }
}
