package dev.rollcall.server.node.registry;

import dev.rollcall.server.config.Setting;
import dev.rollcall.server.config.ValueType;
import dev.rollcall.server.config.Values;
import java.time.Duration;
import java.util.List;

/// The settings of a server that knows nodes.
///
/// @param silentAfter how long a node may not be heard from
public record RegistrySettings(Duration silentAfter) {
  private static final Setting<Duration> SILENT_AFTER =
      Setting.of(
          "nodes.silent-after",
          ValueType.duration(Duration.ofSeconds(30), Duration.ofDays(30)),
          "2m",
          "time without a report after which a registered node is silent, which is an incident");

  /// All settings, in the order of the help.
  public static final List<Setting<?>> ALL = List.of(SILENT_AFTER);

  /// The settings with these values.
  public static RegistrySettings of(Values values) {
    return new RegistrySettings(values.of(SILENT_AFTER));
  }
}
