package dev.rollcall.server.app;

import dev.rollcall.server.config.Setting;
import dev.rollcall.server.config.ValueType;
import java.util.List;

/// The settings of the command `targets` that `serve` does not have.
final class TargetsSettings {
  static final Setting<Integer> PORT =
      Setting.of(
          "targets.port",
          ValueType.port(),
          "8080",
          "port of the target pool; 0 means any free port");
  static final Setting<Integer> HEALTH_PORT =
      Setting.of(
          "targets.health.port",
          ValueType.port(),
          "8090",
          "port of the target pool's /health, /ready and /metrics; 0 means any free port");

  /// All settings, in the order of the documentation.
  static final List<Setting<?>> ALL = List.of(PORT, HEALTH_PORT);

  private TargetsSettings() {}
}
