package dev.rollcall.server.http;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// The keys of a JSON object whatever their case, and with or without `_` and `-`: `SetupCode`,
/// `setupcode`, `setup_code`. All mistakes are 400.
///
/// @param values by key in lower case without these
public record AnyCase(Map<String, JsonNode> values) {
  /// Reads an object.
  public static AnyCase of(JsonNode body) {
    if (!body.isObject()) {
      throw Refusal.badRequest("the body is no object: write {\"Key\": value}");
    }
    Characters.in(body)
        .ifPresent(
            fault -> {
              throw Refusal.badRequest(fault.where() + ": " + fault.what());
            });
    Map<String, JsonNode> values = new TreeMap<>();
    body.properties()
        .forEach(
            field -> {
              if (values.put(bare(field.getKey()), field.getValue()) != null) {
                throw Refusal.badRequest(
                    field.getKey() + ": is given twice, in another spelling: give it once");
              }
            });
    return new AnyCase(values);
  }

  /// The value of a key; empty if it is absent or null.
  public Optional<JsonNode> value(String key) {
    return Optional.ofNullable(values.get(bare(key))).filter(value -> !value.isNull());
  }

  private static String bare(String key) {
    return key.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
  }

  /// Refuses a body with other keys than these.
  public AnyCase only(String... known) {
    Set<String> others = new TreeSet<>(values.keySet());
    Stream.of(known).map(AnyCase::bare).forEach(others::remove);
    if (!others.isEmpty()) {
      throw Refusal.badRequest(
          others.stream()
              .map(key -> key + ": unknown key: use " + String.join(", ", known))
              .toList());
    }
    return this;
  }

  /// A text.
  public Optional<String> text(String key) {
    return value(key)
        .map(
            value -> {
              if (!value.isString()) {
                throw Refusal.badRequest(key + ": is no text: put it in quotes");
              }
              return value.stringValue();
            });
  }

  /// A text that has to be there.
  public String required(String key) {
    return text(key).orElseThrow(() -> Refusal.badRequest(key + ": is missing"));
  }

  /// Refuses a body that has not all of these keys.
  public AnyCase having(String... keys) {
    List<String> missing =
        Stream.of(keys)
            .filter(key -> value(key).isEmpty())
            .map(key -> key + ": is missing")
            .toList();
    if (!missing.isEmpty()) {
      throw Refusal.badRequest(missing);
    }
    return this;
  }
}
