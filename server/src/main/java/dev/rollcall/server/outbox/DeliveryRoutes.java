package dev.rollcall.server.outbox;

import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Envelope;
import dev.rollcall.server.http.Json;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.owner.Scope;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/// `GET /v1/deliveries`: the notifications, their receivers, and whether they arrived. Who has an
/// account sees those of its own channels, the operator all.
///
/// The newest come first, 100 at a time or `limit=` up to 1,000. There may be millions, so a page
/// continues after the last row of the page before (`before=`, which is in each answer), and they
/// are not counted.
final class DeliveryRoutes {
  private static final int MOST_ROWS = 1_000;
  private static final int USUAL_PAGE = 100;

  private final DeliveryStore store;

  DeliveryRoutes(DeliveryStore store) {
    this.store = store;
  }

  List<Route> routes() {
    return List.of(Route.list("/v1/deliveries", Access.USER, this::list));
  }

  private Answer list(Request request) {
    int limit = (int) Math.min(request.queryNumber("limit").orElse(USUAL_PAGE), MOST_ROWS);
    Scope scope = request.scope();
    String prefix = Outbox.prefix(scope.owner());
    List<DeliveryRow> rows =
        store.list(
            scope,
            request.query("channel"),
            request.query("state").map(DeliveryRoutes::state),
            request.queryNumber("before").orElse(Long.MAX_VALUE),
            limit);
    return Envelope.ok(
        json -> {
          json.writeStartObject().writeName("deliveries").writeStartObject();
          json.writeName("data").writeStartArray();
          rows.forEach(row -> write(json, row, row.channel().substring(prefix.length())));
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
    return DeliveryState.CODEC
        .find(word)
        .orElseThrow(
            () ->
                Refusal.badRequest(
                    "parameter 'state' is '"
                        + word
                        + "': give pending, delivered, failed or withdrawn"));
  }

  private static void write(JsonGenerator json, DeliveryRow row, String channel) {
    json.writeStartObject()
        .writeNumberProperty("id", row.id())
        .writeStringProperty("channel", channel)
        .writeStringProperty("subject", row.subject())
        .writeStringProperty("kind", row.kind())
        .writeStringProperty("key", row.key())
        .writeStringProperty("state", row.state().word())
        .writeNumberProperty("attempts", row.attempts())
        .writeNumberProperty("coalesced", row.coalesced())
        .writeNumberProperty("created_at", row.created().getEpochSecond())
        .writeNumberProperty("owed_at", row.written().getEpochSecond());
    Json.seconds(json, "attempted_at", row.attempted());
    Json.seconds(json, "next_at", row.next());
    Json.seconds(json, "done_at", row.done());
    row.lastError()
        .ifPresentOrElse(
            error -> json.writeStringProperty("last_error", error),
            () -> json.writeNullProperty("last_error"));
    json.writeEndObject();
  }
}
