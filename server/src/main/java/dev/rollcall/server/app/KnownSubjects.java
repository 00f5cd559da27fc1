package dev.rollcall.server.app;

import dev.rollcall.server.group.Groups;
import dev.rollcall.server.heartbeat.Heartbeats;
import dev.rollcall.server.monitor.Monitor;
import dev.rollcall.server.network.NetworkWatch;
import dev.rollcall.server.node.registry.Nodes;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Member;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.signal.Subjects;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/// All subjects of incidents: asks the capability that keeps one.
final class KnownSubjects implements Subjects {
  /// How many subjects are observed at once for groups.
  private static final int MOST_OBSERVED = 200;

  private final Subjects services = Monitor.subjects();
  private final Subjects heartbeats = Heartbeats.subjects();
  private final Subjects groups = Groups.subjects(this);
  private final Subjects nodes = Nodes.subjects();
  private final Subjects network = NetworkWatch.subjects();

  private Subjects of(Subject.Type type) {
    return switch (type) {
      case SERVICE -> services;
      case HEARTBEAT -> heartbeats;
      case GROUP -> groups;
      case NODE -> nodes;
      case NETWORK -> network;
    };
  }

  @Override
  public AlertKeys keys(Handle tx, Subject subject) {
    return of(subject.type()).keys(tx, subject);
  }

  @Override
  public Optional<String> lastOutput(Handle tx, Subject subject) {
    return of(subject.type()).lastOutput(tx, subject);
  }

  @Override
  public Optional<String> address(Handle tx, Subject subject) {
    return of(subject.type()).address(tx, subject);
  }

  @Override
  public Optional<String> title(Handle tx, Subject subject) {
    return of(subject.type()).title(tx, subject);
  }

  /// Services alone are traced.
  @Override
  public List<Keyed> lostBehind(Handle tx, Subject place) {
    return services.lostBehind(tx, place);
  }

  @Override
  public List<Keyed> above(Handle tx, Subject.Type type, long owner, long id) {
    return of(type).above(tx, type, owner, id);
  }

  @Override
  public Optional<Subject> find(Handle tx, long owner, String name) {
    return services
        .find(tx, owner, name)
        .or(() -> heartbeats.find(tx, owner, name))
        .or(() -> groups.find(tx, owner, name))
        .or(() -> nodes.find(tx, owner, name))
        .or(() -> network.find(tx, owner, name));
  }

  @Override
  public List<Member> members(Handle tx, long owner, String group) {
    return Stream.of(services, heartbeats, groups)
        .flatMap(some -> some.members(tx, owner, group).stream())
        .toList();
  }

  @Override
  public Optional<Subject> find(Handle tx, Subject.Type type, long owner, String name) {
    return of(type).find(tx, owner, name);
  }

  @Override
  public boolean isRight(Handle tx, Subject subject, Instant since) {
    return of(subject.type()).isRight(tx, subject, since);
  }

  @Override
  public boolean isUndecided(Handle tx, Subject subject) {
    return of(subject.type()).isUndecided(tx, subject);
  }

  /// Instead of groups, their members are observed, in one go: services are locked in their order.
  @Override
  public void observe(Handle tx, List<Subject> subjects, Instant now) {
    List<Subject> all = new ArrayList<>(subjects);
    for (int i = 0; i < all.size() && all.size() < MOST_OBSERVED; i++) {
      if (all.get(i).type() == Subject.Type.GROUP) {
        members(tx, all.get(i).owner(), all.get(i).name()).stream()
            .limit(MOST_OBSERVED)
            .map(Member::subject)
            .forEach(all::add);
      }
    }
    for (Subject.Type type : Subject.Type.values()) {
      of(type).observe(tx, all.stream().filter(one -> one.type() == type).toList(), now);
    }
  }

  @Override
  public boolean confirmAgain(Handle tx, Subject subject, Instant now) {
    return of(subject.type()).confirmAgain(tx, subject, now);
  }
}
