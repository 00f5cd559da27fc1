package dev.rollcall.server.incident;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What is known of the observation that opened the incident of a service: what came back, if it is
/// asked by HTTP, and the paths to it, if they are traced. Any program may have written the answer:
/// it is text, never markup.
///
/// @param status of the answer, if one came
/// @param headers some of them, by name
/// @param body its first 2,048 characters
/// @param goodPath the last path that reached the service: for each TTL the addresses; empty if
///   none is known
/// @param pathNow the path when it was found down
public record IncidentAnswer(
    OptionalInt status,
    Map<String, String> headers,
    String body,
    List<List<String>> goodPath,
    List<List<String>> pathNow) {
  /// Copies the headers and the paths.
  public IncidentAnswer {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    goodPath = List.copyOf(goodPath);
    pathNow = List.copyOf(pathNow);
  }

  /// Reads the form in which signals have it.
  static IncidentAnswer of(ObjectNode stored) {
    Map<String, String> headers = new LinkedHashMap<>();
    stored
        .path("headers")
        .properties()
        .forEach(header -> headers.put(header.getKey(), header.getValue().asString("")));
    JsonNode paths = stored.path("paths");
    return new IncidentAnswer(
        stored.has("status") ? OptionalInt.of(stored.path("status").asInt()) : OptionalInt.empty(),
        headers,
        stored.path("body").asString(""),
        hops(paths.path("good")),
        hops(paths.path("now")));
  }

  private static List<List<String>> hops(JsonNode path) {
    return path.valueStream()
        .map(hop -> hop.valueStream().map(address -> address.asString("")).toList())
        .toList();
  }

  /// Whether there are paths.
  public boolean hasPaths() {
    return !goodPath.isEmpty() || !pathNow.isEmpty();
  }

  /// The number of hops of the longer path.
  public int hops() {
    return Math.max(goodPath.size(), pathNow.size());
  }

  /// The hop of a path at a TTL: `10.0.0.1 or 10.0.0.2`, `*` for a silent one, and nothing beyond
  /// its end.
  public static String hop(List<List<String>> path, int ttl) {
    if (ttl > path.size()) {
      return "";
    }
    List<String> addresses = path.get(ttl - 1);
    return addresses.isEmpty() ? "*" : String.join(" or ", addresses);
  }

  void write(JsonGenerator json) {
    json.writeStartObject();
    if (status.isPresent()) {
      json.writeNumberProperty("status", status.getAsInt()).writeName("headers").writeStartObject();
      headers.forEach(json::writeStringProperty);
      json.writeEndObject().writeStringProperty("body", body);
    }
    if (hasPaths()) {
      json.writeName("paths").writeStartObject();
      write(json.writeName("good"), goodPath);
      write(json.writeName("now"), pathNow);
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, List<List<String>> path) {
    json.writeStartArray();
    for (List<String> addresses : path) {
      json.writeStartArray();
      addresses.forEach(json::writeString);
      json.writeEndArray();
    }
    json.writeEndArray();
  }
}
