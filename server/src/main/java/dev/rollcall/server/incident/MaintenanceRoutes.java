package dev.rollcall.server.incident;

import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Envelope;
import dev.rollcall.server.http.Json;
import dev.rollcall.server.http.Newest;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `/v1/maintenance`: the spans in which nobody is told of some subjects.
final class MaintenanceRoutes {
  /// How many an owner may have at a time: each is looked at with each change of state.
  private static final int MOST = 200;

  private final MaintenanceStore store;
  private final Runnable changed;
  private final Function<Caller, String> names;
  private final Clock clock;

  /// @param changed is called after each change
  /// @param names how people read who calls
  MaintenanceRoutes(
      MaintenanceStore store, Runnable changed, Function<Caller, String> names, Clock clock) {
    this.store = store;
    this.changed = changed;
    this.names = names;
    this.clock = clock;
  }

  List<Route> routes() {
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
        store.newest(request.scope(), page.before(), page.limit()),
        MaintenanceStore.Row::id,
        this::write);
  }

  private Answer show(Request request) {
    return shown(200, existing(request));
  }

  private Answer create(Request request) {
    Instant now = clock.wall();
    long owner = request.scope().owner();
    ObjectNode definition = object(request.json());
    read(definition, owner, now);
    long id =
        store
            .create(owner, definition.toString(), names.apply(request.caller()), MOST, now)
            .orElseThrow(
                () ->
                    Refusal.of(
                        409, "there are " + MOST + " maintenance spans: end or delete one first"));
    changed.run();
    return shown(201, store.find(request.scope(), id).orElseThrow(() -> unknown(id)));
  }

  /// Given fields replace the previous ones; fields that are null are removed.
  private Answer change(Request request) {
    MaintenanceStore.Row row = existing(request);
    ObjectNode merged = row.definition();
    object(request.json())
        .properties()
        .forEach(field -> merged.set(field.getKey(), field.getValue()));
    merged.properties().removeIf(field -> field.getValue().isNull());
    read(merged, row.owner(), row.created());
    store.replace(row.id(), merged.toString());
    changed.run();
    return shown(200, existing(request));
  }

  private Answer end(Request request) {
    MaintenanceStore.Row row = existing(request);
    if (!store.end(row.id(), clock.wall())) {
      throw Refusal.of(409, "maintenance " + row.id() + " has been ended before");
    }
    changed.run();
    return shown(200, existing(request));
  }

  private Answer delete(Request request) {
    store.delete(existing(request).id());
    changed.run();
    return Envelope.ok();
  }

  private static ObjectNode object(JsonNode body) {
    if (body instanceof ObjectNode object) {
      return object;
    }
    throw Refusal.badRequest("the body is no object: write {\"key\": value}");
  }

  private static void read(ObjectNode definition, long owner, Instant now) {
    Mistakes mistakes = new Mistakes();
    if (MaintenanceReader.one(definition, "", owner, now, mistakes).isEmpty()) {
      throw Refusal.badRequest(mistakes.lines());
    }
  }

  private MaintenanceStore.Row existing(Request request) {
    long id = request.pathNumber("id");
    return store.find(request.scope(), id).orElseThrow(() -> unknown(id));
  }

  private static Refusal unknown(long id) {
    return Refusal.notFound("there is no maintenance " + id);
  }

  private Answer shown(int status, MaintenanceStore.Row row) {
    return Envelope.of(
        status,
        json -> {
          json.writeStartObject().writeName("maintenance").writeStartObject().writeName("data");
          write(json, row);
          json.writeEndObject().writeEndObject();
        });
  }

  private void write(JsonGenerator json, MaintenanceStore.Row row) {
    json.writeStartObject().writeNumberProperty("id", row.id());
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
    json.writeStringProperty("state", state(row)).writeStringProperty("made_by", row.by());
    json.writeNumberProperty("created_at", row.created().getEpochSecond());
    Json.seconds(json, "ended_at", row.ended());
    json.writeEndObject();
  }

  /// `active`, `scheduled` or `over`.
  private String state(MaintenanceStore.Row row) {
    Optional<Maintenance> maintenance = row.maintenance();
    if (row.ended().isPresent() || maintenance.isEmpty()) {
      return "over";
    }
    Instant now = clock.wall();
    if (maintenance.get().when().end(now).isPresent()) {
      return "active";
    }
    return maintenance.get().when().isOver(now) ? "over" : "scheduled";
  }
}
