package dev.rollcall.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/// The only declaration of a setting: all ways to give it, and all texts about it, are derived from
/// this.
///
/// @param key its key in the configuration file: `monitor.keep-alive`
/// @param type the type of its values
/// @param standard the text of its default; may be empty if the type accepts that
/// @param help one line about what it does, without the default
/// @param isSecret whether its value is never shown; it may then also be given as the name of a
///   file
/// @param isAtOnce whether a change in the configuration file is applied at once; otherwise it is
///   applied at the next start
/// @param aliases older names of its variable
public record Setting<T>(
    String key,
    ValueType<T> type,
    String standard,
    String help,
    boolean isSecret,
    boolean isAtOnce,
    List<Alias> aliases) {
  private static final Pattern KEY = Pattern.compile("[a-z]+(?:[.-][a-z]+)*");

  /// An environment variable of a program that Rollcall replaces. It counts only if nothing else
  /// gives the setting.
  ///
  /// @param variable its name: `API_PORT`
  /// @param translation converts its text to a text of the setting; empty if it does not concern
  ///   the setting; throws [IllegalArgumentException] as a [ValueType] does
  public record Alias(String variable, Function<String, Optional<String>> translation) {}

  public Setting {
    if (!KEY.matcher(key).matches()) {
      throw new IllegalArgumentException(
          "\"" + key + "\" is no key: write it as monitor.keep-alive");
    }
    type.parse(standard);
    aliases = List.copyOf(aliases);
  }

  /// A setting that may be shown, without older names.
  public static <T> Setting<T> of(String key, ValueType<T> type, String standard, String help) {
    return new Setting<>(key, type, standard, help, false, false, List.of());
  }

  /// The same as a secret.
  public Setting<T> secret() {
    return new Setting<>(key, type, standard, help, true, isAtOnce, aliases);
  }

  /// The same as a setting whose changes are applied at once.
  public Setting<T> atOnce() {
    return new Setting<>(key, type, standard, help, isSecret, true, aliases);
  }

  /// The same with an older name.
  public Setting<T> alias(String variable, Function<String, Optional<String>> translation) {
    List<Alias> all = new ArrayList<>(aliases);
    all.add(new Alias(variable, translation));
    return new Setting<>(key, type, standard, help, isSecret, isAtOnce, all);
  }

  /// Its flag on the command line: `--monitor-keep-alive`.
  public String flag() {
    return "--" + key.replace('.', '-');
  }

  /// Its flag of a command. If the command has the name of the setting's section, the section is
  /// left out: `--port` for `targets.port` in the command `targets`.
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

  /// The environment variable for the name of a file with its value, if the setting is secret.
  public Optional<String> fileVariable() {
    return isSecret ? Optional.of(variable() + "_FILE") : Optional.empty();
  }
}
