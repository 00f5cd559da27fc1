package dev.rollcall.server.app;

import dev.rollcall.server.incident.maintenance.Maintenance;
import dev.rollcall.server.outbox.UnknownWords;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Subject;
import java.util.List;
import java.util.Optional;

/// Warnings about maintenance whose names, tags or groups no service, heartbeat or group has: they
/// may be made by the API.
final class MaintenanceWarning {
  private MaintenanceWarning() {}

  /// One line for each warning.
  static List<String> of(Configuration configuration) {
    return configuration.maintenance().stream()
        .flatMap(one -> warning(configuration, one).stream())
        .toList();
  }

  private static Optional<String> warning(Configuration configuration, Maintenance maintenance) {
    UnknownWords unknown = maintenance.which().unknownWords();
    configuration
        .services()
        .forEach(one -> see(unknown, Subject.Type.SERVICE, one.name(), one.alertKeys()));
    configuration
        .heartbeats()
        .forEach(one -> see(unknown, Subject.Type.HEARTBEAT, one.name(), one.keys()));
    configuration.groups().forEach(one -> see(unknown, Subject.Type.GROUP, one.name(), one.keys()));
    return unknown
        .hint(" of this file")
        .map(hint -> "maintenance " + maintenance.title() + ": " + hint);
  }

  private static void see(UnknownWords unknown, Subject.Type type, String name, AlertKeys keys) {
    unknown.see(new Subject(type, 0, Scope.OPERATOR, name), keys);
  }
}
