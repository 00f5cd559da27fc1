package dev.rollcall.server.outbox;

import dev.rollcall.server.http.Json;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What a notification says. Each channel makes its own text of it.
///
/// @param name the name of the service or heartbeat
/// @param lastHeard when it was last heard from: its last ping or check
/// @param at when the change that the notification is about was found
/// @param incident empty for what was written before there were incidents
public record Message(String name, Instant lastHeard, Instant at, Optional<OfIncident> incident) {
  /// The incident that the notification is about, as it was then.
  ///
  /// @param began when it began: that is before it was confirmed
  /// @param cause why, in words
  public record OfIncident(long id, Instant began, Optional<String> cause) {}

  /// The form in which it is stored: `{"name":"backup","last_ping":1700000000,"at":1700003600,
  /// "incident":7,"began":1700003500,"cause":"status 503"}`.
  String json() {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("name", name)
            .put("last_ping", lastHeard.getEpochSecond())
            .put("at", at.getEpochSecond());
    incident.ifPresent(
        one -> {
          json.put("incident", one.id()).put("began", one.began().getEpochSecond());
          one.cause().ifPresent(cause -> json.put("cause", cause));
        });
    return json.toString();
  }

  /// The subject as people know it: `heartbeat:backup` for `heartbeat/17`.
  String label(String subject) {
    int slash = subject.indexOf('/');
    return slash < 0 ? subject : subject.substring(0, slash) + ":" + name;
  }

  /// Reads that form.
  static Message of(String json) {
    ObjectNode stored = Json.stored(json);
    return new Message(
        stored.path("name").asString(""),
        Instant.ofEpochSecond(stored.path("last_ping").asLong(0)),
        Instant.ofEpochSecond(stored.path("at").asLong(0)),
        Optional.of(stored).filter(one -> one.has("incident")).map(Message::incident));
  }

  private static OfIncident incident(ObjectNode stored) {
    return new OfIncident(
        stored.path("incident").asLong(),
        Instant.ofEpochSecond(stored.path("began").asLong(0)),
        Optional.ofNullable(stored.get("cause")).map(JsonNode::asString));
  }
}
