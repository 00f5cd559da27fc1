package dev.rollcall.probes;

import dev.rollcall.probe.ProbeFailure;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Reads answers that have to be a JSON object, and writes questions. The only class beside
/// [JsonBody] that needs Jackson, which is optional.
final class JsonAnswer {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private JsonAnswer() {}

  /// The object that `body` is.
  static JsonNode object(String body) throws ProbeFailure {
    JsonNode read;
    try {
      read = MAPPER.readTree(body);
    } catch (JacksonException e) {
      throw ProbeFailure.answered("body is no JSON");
    }
    if (!read.isObject()) {
      throw ProbeFailure.answered("body is no JSON object");
    }
    return read;
  }

  /// An empty object to fill.
  static ObjectNode empty() {
    return MAPPER.createObjectNode();
  }
}
