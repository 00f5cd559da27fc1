package dev.rollcall.server.outbox;

import dev.rollcall.server.config.Setting;
import dev.rollcall.server.config.ValueType;
import dev.rollcall.server.config.Values;
import java.time.Duration;
import java.util.List;

/// The settings of deliveries.
///
/// @param retention how long finished deliveries are kept
public record DeliverySettings(Duration retention) {
  private static final Setting<Duration> RETENTION =
      Setting.of(
          "deliveries.retention",
          ValueType.duration(Duration.ofMinutes(1), Duration.ofDays(36_500)),
          "7d",
          "how long finished deliveries are kept");

  /// All settings, in the order of the help.
  public static final List<Setting<?>> ALL = List.of(RETENTION);

  /// The settings with these values.
  public static DeliverySettings of(Values values) {
    return new DeliverySettings(values.of(RETENTION));
  }
}
