package dev.rollcall.server.outbox;

import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Envelope;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/// `GET /v1/deliveries`: what was told to whom, and whether it arrived. The operator's alone, as it
/// names receivers and whatever the news are about.
///
/// The newest come first, 100 at a time or `limit=` up to 1,000. There may be millions of them, so
/// a page goes on where the last one ended (`before=`, which each answer gives) and none is
/// counted.
final class DeliveryRoutes {
  private static final int MOST_ROWS = 1_000;
  private static final int USUAL_PAGE = 100;

  private final DeliveryStore store;

  DeliveryRoutes(DeliveryStore store) {
    this.store = store;
  }

  List<Route> routes() {
    return List.of(Route.list("/v1/deliveries", Access.OPERATOR, this::list));
  }

  private Answer list(Request request) {
    int limit = (int) Math.min(request.queryNumber("limit").orElse(USUAL_PAGE), MOST_ROWS);
    List<DeliveryRow> rows =
        store.list(
            request.query("channel"),
            request.query("state").map(DeliveryRoutes::state),
            request.queryNumber("before").orElse(Long.MAX_VALUE),
            limit);
    return Envelope.ok(
        json -> {
          json.writeStartObject().writeName("deliveries").writeStartObject();
          json.writeName("data").writeStartArray();
          rows.forEach(row -> write(json, row));
          json.writeEndArray().writeName("pagination").writeStartObject();
          json.writeNumberProperty("limit", limit).writeName("before");
          if (rows.size() == limit) {
            json.writeNumber(rows.getLast().id());
          } else {
            json.writeNull();
          }
          json.writeEndObject().writeEndObject().writeEndObject();
        });
  }

  private static DeliveryState state(String word) {
    return DeliveryState.ofWord(word)
        .orElseThrow(
            () ->
                Refusal.badRequest(
                    "parameter 'state' is '"
                        + word
                        + "': give pending, delivered, failed or withdrawn"));
  }

  private static void write(JsonGenerator json, DeliveryRow row) {
    json.writeStartObject()
        .writeNumberProperty("id", row.id())
        .writeStringProperty("channel", row.channel())
        .writeStringProperty("subject", row.subject())
        .writeStringProperty("kind", row.kind())
        .writeStringProperty("key", row.key())
        .writeStringProperty("state", row.state().word())
        .writeNumberProperty("attempts", row.attempts())
        .writeNumberProperty("coalesced", row.coalesced())
        .writeNumberProperty("created_at", row.created().getEpochSecond())
        .writeNumberProperty("owed_at", row.owed().getEpochSecond());
    seconds(json, "attempted_at", row.attempted());
    seconds(json, "next_at", row.next());
    seconds(json, "done_at", row.done());
    row.lastError()
        .ifPresentOrElse(
            error -> json.writeStringProperty("last_error", error),
            () -> json.writeNullProperty("last_error"));
    json.writeEndObject();
  }

  private static void seconds(JsonGenerator json, String name, Optional<Instant> instant) {
    if (instant.isPresent()) {
      json.writeNumberProperty(name, instant.get().getEpochSecond());
    } else {
      json.writeNullProperty(name);
    }
  }
}
