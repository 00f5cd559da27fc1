package dev.rollcall.server.app;

import dev.rollcall.server.heartbeat.Heartbeats;
import dev.rollcall.server.monitor.Monitor;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.signal.Subjects;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// All subjects of incidents: asks the capability that keeps one.
final class KnownSubjects implements Subjects {
  private final Subjects services = Monitor.subjects();
  private final Subjects heartbeats = Heartbeats.subjects();

  private Subjects of(Subject.Type type) {
    return switch (type) {
      case SERVICE -> services;
      case HEARTBEAT -> heartbeats;
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
  public Optional<Subject> find(Handle tx, long owner, String name) {
    return services.find(tx, owner, name).or(() -> heartbeats.find(tx, owner, name));
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
  public void observe(Handle tx, List<Subject> subjects, Instant now) {
    for (Subject.Type type : Subject.Type.values()) {
      of(type).observe(tx, subjects.stream().filter(one -> one.type() == type).toList(), now);
    }
  }

  @Override
  public boolean confirmAgain(Handle tx, Subject subject, Instant now) {
    return of(subject.type()).confirmAgain(tx, subject, now);
  }
}
