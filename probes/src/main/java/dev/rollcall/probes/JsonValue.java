package dev.rollcall.probes;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A JSON value that somebody wrote down as text. It is compared with others: texts letter for
/// letter, numbers by their value (`1`, `1.0` and `1e0` are the same), objects and lists by what is
/// in them.
final class JsonValue {
  private final String text;
  private final @Nullable JsonNode value;

  JsonValue(String text, JsonMapper mapper) {
    this.text = text;
    this.value = value(text, mapper);
  }

  private static @Nullable JsonNode value(String text, JsonMapper mapper) {
    try {
      return mapper.readTree(text.strip());
    } catch (JacksonException | NumberFormatException | ArithmeticException e) {
      return null; // no JSON: it is a text
    }
  }

  /// As it was written down.
  String text() {
    return text;
  }

  boolean is(JsonNode node) {
    if (!node.isContainer() && text(node).equals(text)) {
      return true;
    }
    if (value == null || (!node.isNumber() && !node.isContainer())) {
      return false;
    }
    try {
      return node.equals(JsonValue::compare, value);
    } catch (ArithmeticException e) {
      return false;
    }
  }

  /// What a person reads: a text without its quotation marks.
  static String text(JsonNode node) {
    return node.isString() ? node.stringValue() : node.toString();
  }

  /// Jackson asks for this where it compares values: 0 if they are the same.
  private static int compare(JsonNode one, JsonNode other) {
    if (one.isNumber() && other.isNumber()) {
      BigDecimal number = one.decimalValue();
      return number.compareTo(other.decimalValue());
    }
    return one.equals(other) ? 0 : 1;
  }
}
