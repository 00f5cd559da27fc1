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

/// The subjects of incidents: services, and heartbeats, whose states are certain as they are.
final class KnownSubjects implements Subjects {
  @Override
  public AlertKeys keys(Handle tx, Subject subject) {
    return switch (subject.type()) {
      case SERVICE -> Monitor.alertKeys(tx, subject.id());
      case HEARTBEAT -> AlertKeys.NONE;
    };
  }

  @Override
  public Optional<Subject> find(Handle tx, long owner, String name) {
    return Monitor.id(tx, owner, name)
        .map(id -> new Subject(Subject.Type.SERVICE, id, owner, name))
        .or(
            () ->
                Heartbeats.id(tx, owner, name)
                    .map(id -> new Subject(Subject.Type.HEARTBEAT, id, owner, name)));
  }

  @Override
  public boolean isRight(Handle tx, Subject subject, Instant since) {
    return switch (subject.type()) {
      case SERVICE -> Monitor.isUp(tx, subject.id(), since);
      case HEARTBEAT -> true; // its incident opens at once
    };
  }

  @Override
  public void observe(Handle tx, List<Subject> subjects, Instant now) {
    Monitor.checkAtOnce(
        tx,
        subjects.stream()
            .filter(subject -> subject.type() == Subject.Type.SERVICE)
            .map(Subject::id)
            .toList(),
        now);
  }

  @Override
  public boolean confirmAgain(Handle tx, Subject subject, Instant now) {
    return switch (subject.type()) {
      case SERVICE -> {
        Monitor.confirmAgain(tx, subject.id(), now);
        yield true;
      }
      case HEARTBEAT -> false;
    };
  }
}
