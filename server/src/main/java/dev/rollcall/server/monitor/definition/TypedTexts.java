package dev.rollcall.server.monitor.definition;

import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/// Booleans and numbers of a service that are texts, since they come from a variable or a file.
final class TypedTexts {
  private TypedTexts() {}

  /// Replaces them in the service, and returns it.
  static JsonNode in(JsonNode service) {
    if (service instanceof ObjectNode fields) {
      ServiceKeys.FLAGS.forEach(key -> typed(fields, key, TypedTexts::flag));
      ServiceKeys.NUMBERS.forEach(key -> typed(fields, key, TypedTexts::whole));
      if (fields.get("tls") instanceof ObjectNode tls) {
        typed(tls, "verify", TypedTexts::flag);
      }
    }
    return service;
  }

  private static void typed(
      ObjectNode fields, String key, Function<String, Optional<JsonNode>> reading) {
    if (fields.get(key) instanceof StringNode text) {
      reading.apply(text.stringValue()).ifPresent(value -> fields.set(key, value));
    }
  }

  private static Optional<JsonNode> flag(String text) {
    return switch (text) {
      case "true", "false" -> Optional.of(BooleanNode.valueOf(text.equals("true")));
      default -> Optional.empty();
    };
  }

  private static Optional<JsonNode> whole(String text) {
    return text.matches("\\d{1,9}")
        ? Optional.of(IntNode.valueOf(Integer.parseInt(text)))
        : Optional.empty();
  }
}
