package dev.rollcall.server.incident;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.node.ObjectNode;

/// What came back in the observation that opened the incident of a service that is asked by HTTP.
/// Any program may have written it: it is text, never markup.
///
/// @param headers some of them, by name
/// @param body its first 2,048 characters
public record IncidentAnswer(int status, Map<String, String> headers, String body) {
  /// Copies the headers.
  public IncidentAnswer {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }

  /// Reads the form in which signals have it.
  static IncidentAnswer of(ObjectNode stored) {
    Map<String, String> headers = new LinkedHashMap<>();
    stored
        .path("headers")
        .properties()
        .forEach(header -> headers.put(header.getKey(), header.getValue().asString("")));
    return new IncidentAnswer(
        stored.path("status").asInt(), headers, stored.path("body").asString(""));
  }

  void write(JsonGenerator json) {
    json.writeStartObject()
        .writeNumberProperty("status", status)
        .writeName("headers")
        .writeStartObject();
    headers.forEach(json::writeStringProperty);
    json.writeEndObject().writeStringProperty("body", body);
    json.writeEndObject();
  }
}
