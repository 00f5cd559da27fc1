package dev.rollcall.server.app;

import dev.rollcall.server.monitor.Monitor;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.signal.Subjects;
import java.time.Instant;
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
