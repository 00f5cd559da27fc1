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
/// @param flapping when a subject flaps
public record IncidentSettings(Duration retention, Duration together, Flapping flapping) {
  /// When a subject flaps: it is told of once then, and again when it has held one state for a
  /// while.
  ///
  /// @param incidents it has opened so many
  /// @param within in this time
  /// @param steady how long it has to hold one state
  public record Flapping(int incidents, Duration within, Duration steady) {
    /// Whether one more incident of a subject, of which so many have opened, makes it flap.
    boolean begins(int before) {
      return before + 1 >= incidents;
    }
  }

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

  private static final Setting<Integer> FLAPPING =
      Setting.of(
          "incidents.flapping",
          ValueType.number(2, 1_000),
          "4",
          "how many incidents of a service or job make it flap");

  private static final Setting<Duration> WITHIN =
      Setting.of(
          "incidents.flapping-within",
          ValueType.duration(Duration.ofMinutes(1), Duration.ofDays(7)),
          "30m",
          "in which time they have to open");

  private static final Setting<Duration> STEADY =
      Setting.of(
          "incidents.flapping-steady",
          ValueType.duration(Duration.ofSeconds(1), Duration.ofDays(1)),
          "15m",
          "how long it has to hold one state until it flaps no longer");

  /// All settings, in the order of the help.
  public static final List<Setting<?>> ALL = List.of(RETENTION, TOGETHER, FLAPPING, WITHIN, STEADY);

  /// The settings with these values.
  public static IncidentSettings of(Values values) {
    return new IncidentSettings(
        values.of(RETENTION),
        values.of(TOGETHER),
        new Flapping(values.of(FLAPPING), values.of(WITHIN), values.of(STEADY)));
  }
}
