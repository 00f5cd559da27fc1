package dev.rollcall.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/// One setting, declared once: every way to give it and every text about it follow from this.
///
/// @param key its place in the configuration file: `monitor.keep-alive`
/// @param type what its values are
/// @param standard the text of its default; empty where the type knows no value
/// @param help one line that says what it does, without the default
/// @param isSecret whether its value is never shown, and may be given as the name of a file that
///   holds it
/// @param aliases older names it is known by
public record Setting<T>(
    String key,
    ValueType<T> type,
    String standard,
    String help,
    boolean isSecret,
    List<Alias> aliases) {
  private static final Pattern KEY = Pattern.compile("[a-z]+(?:[.-][a-z]+)*");

  /// An environment variable of another program's vocabulary, heeded beneath all of Rollcall's own
  /// configuration.
  ///
  /// @param variable its name: `API_PORT`
  /// @param translation its text in the setting's own terms; empty where it says nothing about the
  ///   setting; throws [IllegalArgumentException] as a [ValueType] does
  public record Alias(String variable, Function<String, Optional<String>> translation) {}

  public Setting {
    if (!KEY.matcher(key).matches()) {
      throw new IllegalArgumentException(
          "\"" + key + "\" is no key: write it as monitor.keep-alive");
    }
    type.parse(standard);
    aliases = List.copyOf(aliases);
  }

  /// A setting that may be shown and has no older names.
  public static <T> Setting<T> of(String key, ValueType<T> type, String standard, String help) {
    return new Setting<>(key, type, standard, help, false, List.of());
  }

  /// The same, never shown.
  public Setting<T> secret() {
    return new Setting<>(key, type, standard, help, true, aliases);
  }

  /// The same, known by an older name too.
  public Setting<T> alias(String variable, Function<String, Optional<String>> translation) {
    List<Alias> all = new ArrayList<>(aliases);
    all.add(new Alias(variable, translation));
    return new Setting<>(key, type, standard, help, isSecret, all);
  }

  /// Its flag on the command line: `--monitor-keep-alive`.
  public String flag() {
    return "--" + key.replace('.', '-');
  }

  /// Its flag on a command that has a section of settings for itself, where it needs no section:
  /// `--port` for `targets.port` on the command `targets`.
  public String flag(String command) {
    String section = command + ".";
    return key.startsWith(section)
        ? "--" + key.substring(section.length()).replace('.', '-')
        : flag();
  }

  /// Its environment variable: `ROLLCALL_MONITOR_KEEP_ALIVE`.
  public String variable() {
    return "ROLLCALL_" + key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
  }

  /// The environment variable that names a file with its value, where the setting is secret.
  public Optional<String> fileVariable() {
    return isSecret ? Optional.of(variable() + "_FILE") : Optional.empty();
  }
}
