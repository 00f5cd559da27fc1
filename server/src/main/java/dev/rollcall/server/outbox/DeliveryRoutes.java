package dev.rollcall.server.outbox;

import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Envelope;
import dev.rollcall.server.http.Json;
import dev.rollcall.server.http.Newest;
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
  private final DeliveryStore store;

  private final Replay replay;

  /// Sends a delivery once more, and returns it.
  @FunctionalInterface
  interface Replay {
    DeliveryRow apply(Scope scope, long id);
  }

  DeliveryRoutes(DeliveryStore store, Replay replay) {
    this.store = store;
    this.replay = replay;
  }

  List<Route> routes() {
    return List.of(
        Route.list("/v1/deliveries", Access.USER, this::list),
        Route.post("/v1/deliveries/{id}/replay", Access.USER, this::replay));
  }

  private Answer list(Request request) {
    Newest page = Newest.of(request);
    Scope scope = request.scope();
    String prefix = Outbox.prefix(scope.owner());
    List<DeliveryRow> rows =
        store.list(
            scope,
            request.query("channel"),
            request.query("state").map(DeliveryRoutes::state),
            page.before(),
            page.limit());
    return page.answer(
        "deliveries",
        rows,
        DeliveryRow::id,
        (json, row) -> write(json, row, row.channel().substring(prefix.length())));
  }

  /// Sends one once more, whatever became of it. 409 if it is still pending.
  private Answer replay(Request request) {
    long id = request.pathNumber("id");
    Scope scope = request.scope();
    DeliveryRow now = replay.apply(scope, id);
    return Envelope.ok(
        json -> {
          json.writeStartObject().writeName("delivery").writeStartObject().writeName("data");
          write(json, now, now.channel().substring(Outbox.prefix(scope.owner()).length()));
          json.writeEndObject().writeEndObject();
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

  static void write(JsonGenerator json, DeliveryRow row, String channel) {
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
