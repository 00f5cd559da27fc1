package dev.rollcall.probes;

import java.math.BigDecimal;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Whether a JSON value is the one that somebody wrote down as text: texts letter for letter,
/// numbers by their value (`1`, `1.0` and `1e0` are the same), objects and lists by what is in
/// them.
final class JsonValue {
  private JsonValue() {}

  static boolean is(JsonNode node, String wanted, JsonMapper mapper) {
    if (text(node).equals(wanted)) {
      return true;
    }
    if (!node.isNumber() && !node.isContainer()) {
      return false;
    }
    try {
      JsonNode other = mapper.readTree(wanted.strip());
      return node.equals(JsonValue::compare, other);
    } catch (JacksonException | NumberFormatException | ArithmeticException e) {
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
