package dev.rollcall.server.http;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// The keys of a JSON object whatever their case: `Email`, `email`, `EMAIL`. All mistakes are 400.
///
/// @param values by key in lower case
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
              if (values.put(field.getKey().toLowerCase(Locale.ROOT), field.getValue()) != null) {
                throw Refusal.badRequest(
                    field.getKey() + ": is given twice, in another case: give it once");
              }
            });
    return new AnyCase(values);
  }

  /// The value of a key; empty if it is absent or null.
  public Optional<JsonNode> value(String key) {
    return Optional.ofNullable(values.get(key.toLowerCase(Locale.ROOT)))
        .filter(value -> !value.isNull());
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
