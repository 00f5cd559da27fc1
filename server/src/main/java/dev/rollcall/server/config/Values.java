package dev.rollcall.server.config;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The value of every setting, each from the strongest place that gave it.
public final class Values {
  private final Map<String, Object> byKey;

  Values(Map<String, Object> byKey) {
    this.byKey = Map.copyOf(byKey);
  }

  /// The value of a setting.
  ///
  /// @throws IllegalArgumentException when the setting was none of those that were resolved
  @SuppressWarnings(
      "unchecked") // Sources stores under a setting's key what that setting's kind made.
  public <T> T of(Setting<T> setting) {
    Object value = byKey.get(setting.key());
    if (value == null) {
      throw new IllegalArgumentException(setting.key() + " was not resolved");
    }
    return (T) value;
  }

  /// The keys of the settings whose values are others in `other`, in alphabetical order.
  public List<String> differing(Values other) {
    return byKey.keySet().stream()
        .filter(key -> !Objects.equals(byKey.get(key), other.byKey.get(key)))
        .sorted()
        .toList();
  }
}
