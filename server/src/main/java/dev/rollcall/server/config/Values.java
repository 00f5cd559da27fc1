package dev.rollcall.server.config;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The value of every setting.
public final class Values {
  private final Map<String, Object> byKey;
  private final Map<String, GivenValue> given;

  Values(Map<String, Object> byKey, Map<String, GivenValue> given) {
    this.byKey = Map.copyOf(byKey);
    this.given = Map.copyOf(given);
  }

  /// Whether the setting was given; otherwise it has its default.
  public boolean gives(Setting<?> setting) {
    return given.containsKey(setting.key());
  }

  /// How the setting was given; or, if it was not, how it can be given. For the remedy in a
  /// message.
  ///
  /// @param command the command that runs
  public String way(Setting<?> setting, String command) {
    GivenValue by = given.get(setting.key());
    if (by == null) {
      return "%s, or %s in rollcall.yaml".formatted(setting.flag(command), setting.key());
    }
    boolean file = by.name().equals(setting.key());
    boolean variables = by.where().startsWith(".env");
    return file || variables ? by.name() + " (" + by.where() + ")" : by.name();
  }

  /// Adds a mistake: the value is valid, but does not fit other settings.
  ///
  /// @param what a phrase that follows the value, as in the exception of a [ValueType]
  public void misfit(Setting<?> setting, String what, Mistakes mistakes) {
    Optional.ofNullable(given.get(setting.key()))
        .orElseGet(() -> new GivenValue("default", setting.key(), setting.standard()))
        .wrong(mistakes, setting.isSecret(), what);
  }

  /// The value of a setting.
  ///
  /// @throws IllegalArgumentException if the setting was not resolved
  @SuppressWarnings("unchecked") // Sources stores the value that the type of the setting has parsed
  public <T> T of(Setting<T> setting) {
    Object value = byKey.get(setting.key());
    if (value == null) {
      throw new IllegalArgumentException(setting.key() + " was not resolved");
    }
    return (T) value;
  }

  /// The keys of the settings with another value in `other`, in alphabetical order.
  public List<String> differing(Values other) {
    return byKey.keySet().stream()
        .filter(key -> !Objects.equals(byKey.get(key), other.byKey.get(key)))
        .sorted()
        .toList();
  }
}
