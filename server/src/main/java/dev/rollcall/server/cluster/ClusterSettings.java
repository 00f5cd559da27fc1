package dev.rollcall.server.cluster;

import dev.rollcall.server.config.Setting;
import dev.rollcall.server.config.ValueType;
import dev.rollcall.server.config.Values;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The settings of a process that shares its database with others.
///
/// @param name by which people know it
public record ClusterSettings(Optional<String> name) {
  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  private static final Setting<Optional<String>> NAME =
      Setting.of(
          "cluster.name",
          ValueType.optional(new ValueType<>("NAME", ClusterSettings::checked)),
          "",
          "name of this process among those that share one PostgreSQL; without it the name of the"
              + " machine and the port");

  /// All settings, in the order of the help.
  public static final List<Setting<?>> ALL = List.of(NAME);

  /// The settings with these values.
  public static ClusterSettings of(Values values) {
    return new ClusterSettings(values.of(NAME));
  }

  /// The name of the process that listens on this port.
  public String name(int port) {
    return name.orElseGet(() -> machine() + ":" + port);
  }

  /// The name of this machine, as the kernel has it.
  public static String machine() {
    try {
      return Files.readString(HOST_NAME).strip();
    } catch (IOException e) {
      return "localhost";
    }
  }

  private static String checked(String text) {
    if (!text.matches("[A-Za-z0-9._:-]{1,64}")) {
      throw new IllegalArgumentException(
          "is no name: give 1 to 64 letters, digits, '.', '_', ':' and '-'");
    }
    return text;
  }
}
