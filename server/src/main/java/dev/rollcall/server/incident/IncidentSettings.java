package dev.rollcall.server.incident;

import dev.rollcall.server.config.Setting;
import dev.rollcall.server.config.ValueType;
import dev.rollcall.server.config.Values;
import java.time.Duration;
import java.util.List;

/// The settings of incidents.
///
/// @param retention how long incidents that have ended are kept
public record IncidentSettings(Duration retention) {
  private static final Setting<Duration> RETENTION =
      Setting.of(
          "incidents.retention",
          ValueType.duration(Duration.ofMinutes(1), Duration.ofDays(36_500)),
          "731d",
          "how long incidents that have ended are kept");

  /// All settings, in the order of the help.
  public static final List<Setting<?>> ALL = List.of(RETENTION);

  /// The settings with these values.
  public static IncidentSettings of(Values values) {
    return new IncidentSettings(values.of(RETENTION));
  }
}
