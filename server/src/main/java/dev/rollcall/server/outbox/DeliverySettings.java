package dev.rollcall.server.outbox;

import dev.rollcall.server.config.Secret;
import dev.rollcall.server.config.Setting;
import dev.rollcall.server.config.ValueType;
import dev.rollcall.server.config.Values;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The settings of deliveries.
///
/// @param alertUri the URL that is called for alerts
/// @param retention how long finished deliveries are kept
public record DeliverySettings(Optional<Secret> alertUri, Duration retention) {
  private static final Setting<Optional<Secret>> ALERT_URI =
      Setting.of(
              "alert.uri",
              ValueType.optional(alertUriType()),
              "",
              "URL that is called when a heartbeat is late or a job reports a failure")
          .secret()
          .alias("PING_ALERT_URI", Optional::of);
  private static final Setting<Duration> RETENTION =
      Setting.of(
          "deliveries.retention",
          ValueType.duration(Duration.ofMinutes(1), Duration.ofDays(36_500)),
          "7d",
          "how long finished deliveries are kept");

  /// All settings, in the order of the help.
  public static final List<Setting<?>> ALL = List.of(ALERT_URI, RETENTION);

  /// The settings with these values.
  public static DeliverySettings of(Values values) {
    return new DeliverySettings(values.of(ALERT_URI), values.of(RETENTION));
  }

  private static ValueType<Secret> alertUriType() {
    return new ValueType<>(
        "URL",
        text -> {
          AlertUri.checked(text);
          return new Secret(text);
        });
  }
}
