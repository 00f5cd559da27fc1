package dev.rollcall.server.incident.maintenance;

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
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `/v1/maintenance`: the spans in which nobody is told of some subjects.
public final class MaintenanceRoutes {
  private final MaintenanceChanges changes;

  public MaintenanceRoutes(MaintenanceChanges changes) {
    this.changes = changes;
  }

  /// The routes.
  public List<Route> routes() {
    return List.of(
        Route.list("/v1/maintenance", Access.USER, this::list),
        Route.post("/v1/maintenance", Access.USER, this::create),
        Route.get("/v1/maintenance/{id}", Access.USER, this::show),
        Route.patch("/v1/maintenance/{id}", Access.USER, this::change),
        Route.delete("/v1/maintenance/{id}", Access.USER, this::delete),
        Route.post("/v1/maintenance/{id}/end", Access.USER, this::end));
  }

  private Answer list(Request request) {
    Newest page = Newest.of(request);
    return page.answer(
        "maintenance",
        changes.newest(request.scope(), page.before(), page.limit()),
        MaintenanceStore.Row::id,
        this::write);
  }

  private Answer show(Request request) {
    long id = request.pathNumber("id");
    return shown(200, changes.existing(request.scope(), id), Optional.empty());
  }

  private Answer create(Request request) {
    long id = changes.create(request.scope(), object(request.json()), request.caller());
    return shown(201, changes.existing(request.scope(), id), changes.hint(request.scope(), id));
  }

  private Answer change(Request request) {
    long id = request.pathNumber("id");
    changes.existing(request.scope(), id);
    changes.change(request.scope(), id, object(request.json()));
    return shown(200, changes.existing(request.scope(), id), changes.hint(request.scope(), id));
  }

  private Answer end(Request request) {
    changes.end(request.scope(), request.pathNumber("id"));
    return show(request);
  }

  private Answer delete(Request request) {
    changes.delete(request.scope(), request.pathNumber("id"));
    return Envelope.ok();
  }

  private static ObjectNode object(JsonNode body) {
    if (body instanceof ObjectNode object) {
      return object;
    }
    throw Refusal.badRequest("the body is no object: write {\"key\": value}");
  }

  private Answer shown(int status, MaintenanceStore.Row row, Optional<String> hint) {
    return Envelope.of(
        status,
        json -> {
          json.writeStartObject().writeName("maintenance").writeStartObject().writeName("data");
          json.writeStartObject();
          fields(json, row);
          hint.ifPresent(text -> json.writeStringProperty("hint", text));
          json.writeEndObject().writeEndObject().writeEndObject();
        });
  }

  private void write(JsonGenerator json, MaintenanceStore.Row row) {
    json.writeStartObject();
    fields(json, row);
    json.writeEndObject();
  }

  private void fields(JsonGenerator json, MaintenanceStore.Row row) {
    json.writeNumberProperty("id", row.id());
    if (row.owner() != Scope.OPERATOR) {
      json.writeNumberProperty("owner", row.owner());
    }
    row.definition()
        .properties()
        .forEach(
            field -> {
              json.writeName(field.getKey());
              Json.node(json, field.getValue());
            });
    json.writeStringProperty("state", changes.phase(row).name().toLowerCase(Locale.ROOT))
        .writeStringProperty("made_by", row.by());
    json.writeNumberProperty("created_at", row.created().getEpochSecond());
    Json.seconds(json, "ended_at", row.ended());
  }
}
