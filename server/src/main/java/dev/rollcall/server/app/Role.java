package dev.rollcall.server.app;

import dev.rollcall.server.config.Setting;
import dev.rollcall.server.config.ValueType;
import java.util.List;
import java.util.Set;

/// What a process does. Several processes on one PostgreSQL may have different roles.
enum Role {
  /// Runs checks, finds late heartbeats and sends notifications.
  RUNNER,
  /// Answers over HTTP.
  API,
  /// Measures targets, as a node.
  MEASURE;

  static final Setting<Set<Role>> ROLES =
      Setting.of(
          "roles",
          roles(),
          "runner,api",
          "what this process does: run checks (runner), answer over HTTP (api), measure targets as"
              + " a node (measure)");

  private static ValueType<Set<Role>> roles() {
    ValueType<List<Role>> list = ValueType.list(ValueType.choice(Role.class));
    return new ValueType<>(
        list.label(),
        text -> {
          Set<Role> roles = Set.copyOf(list.parse(text));
          if (roles.isEmpty()) {
            throw new IllegalArgumentException("is no role: give runner, api, measure, or several");
          }
          return roles;
        });
  }
}
