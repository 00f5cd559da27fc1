package dev.rollcall.server.outbox;

import dev.rollcall.server.http.Json;
import java.time.Instant;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What a notification says. Each channel makes its own text of it.
///
/// @param name the name of the service or heartbeat
/// @param lastHeard when it was last heard from: its last ping or check
/// @param at when the change that the notification is about was found
public record Message(String name, Instant lastHeard, Instant at) {
  /// The form in which it is stored: `{"name":"backup","last_ping":1700000000,"at":1700003600}`.
  String json() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("name", name)
        .put("last_ping", lastHeard.getEpochSecond())
        .put("at", at.getEpochSecond())
        .toString();
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
        Instant.ofEpochSecond(stored.path("at").asLong(0)));
  }
}
