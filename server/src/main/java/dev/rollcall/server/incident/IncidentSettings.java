package dev.rollcall.server.incident;

import dev.rollcall.server.config.Setting;
import dev.rollcall.server.config.ValueType;
import dev.rollcall.server.config.Values;
import java.time.Duration;
import java.util.List;

/// The settings of incidents.
///
/// @param retention how long incidents that have ended are kept
/// @param together what opens or ends within this time after a message of a channel is told
///   together in the next one
public record IncidentSettings(Duration retention, Duration together) {
  private static final Setting<Duration> RETENTION =
      Setting.of(
          "incidents.retention",
          ValueType.duration(Duration.ofMinutes(1), Duration.ofDays(36_500)),
          "731d",
          "how long incidents that have ended are kept");

  private static final Setting<Duration> TOGETHER =
      Setting.of(
          "incidents.together",
          ValueType.duration(Duration.ofMillis(100), Duration.ofHours(1)),
          "30s",
          "what opens or ends so soon after a message of a channel is told in one message");

  /// All settings, in the order of the help.
  public static final List<Setting<?>> ALL = List.of(RETENTION, TOGETHER);

  /// The settings with these values.
  public static IncidentSettings of(Values values) {
    return new IncidentSettings(values.of(RETENTION), values.of(TOGETHER));
  }
}
