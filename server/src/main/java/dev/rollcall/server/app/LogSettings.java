package dev.rollcall.server.app;

import dev.rollcall.server.config.OneLine;
import dev.rollcall.server.config.Setting;
import dev.rollcall.server.config.ValueType;
import dev.rollcall.server.config.Values;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What is logged, and in which format.
///
/// @param name the name of this process in JSON logs
record LogSettings(Level level, Format format, String name) {
  /// The least severe level that is logged.
  enum Level {
    ERROR,
    WARN,
    INFO,
    DEBUG
  }

  /// For people or for programs.
  enum Format {
    TEXT,
    JSON
  }

  private static final Setting<Level> LEVEL =
      Setting.of("log.level", ValueType.choice(Level.class), "info", "log level")
          .alias("DEBUG", debug -> truth(debug) ? Optional.of("debug") : Optional.empty())
          .atOnce();
  private static final Setting<Format> FORMAT =
      Setting.of("log.format", ValueType.choice(Format.class), "text", "format of the log lines")
          .alias("ENV", env -> env.equals("production") ? Optional.of("json") : Optional.empty());
  static final Setting<Boolean> ACCESS =
      Setting.of("log.access", ValueType.flag(), "false", "log every request");
  private static final Setting<String> NAME =
      Setting.of("name", nameType(), "rollcall", "name of this process in JSON logs")
          .alias("SERVICE_NAME", Optional::of);

  /// All settings, in the order of the help.
  static final List<Setting<?>> ALL = List.of(LEVEL, FORMAT, ACCESS, NAME);

  /// The settings with these values.
  static LogSettings of(String command, Values values) {
    boolean verbose = command.equals(AllSettings.COLLECT) && values.of(CollectSettings.VERBOSE);
    return new LogSettings(
        verbose ? Level.DEBUG : values.of(LEVEL), values.of(FORMAT), values.of(NAME));
  }

  private static ValueType<String> nameType() {
    return new ValueType<>(
        "TEXT",
        text -> {
          if (text.isBlank() || text.length() > 100 || !OneLine.of(text).equals(text)) {
            throw new IllegalArgumentException("is no name: give 1 to 100 visible characters");
          }
          return text;
        });
  }

  private static boolean truth(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "1" -> true;
      case "false", "0" -> false;
      default -> throw new IllegalArgumentException("is neither true nor false: write one of them");
    };
  }
}
