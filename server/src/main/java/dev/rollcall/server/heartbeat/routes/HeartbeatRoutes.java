package dev.rollcall.server.heartbeat.routes;

import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.heartbeat.definition.HeartbeatName;
import dev.rollcall.server.heartbeat.definition.HeartbeatReader;
import dev.rollcall.server.heartbeat.ping.Heartbeat;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange;
import dev.rollcall.server.heartbeat.ping.PingOutcome;
import dev.rollcall.server.heartbeat.ping.Run;
import dev.rollcall.server.heartbeat.ping.State;
import dev.rollcall.server.heartbeat.store.HeartbeatStore;
import dev.rollcall.server.heartbeat.store.KeyStore;
import dev.rollcall.server.heartbeat.store.RunStore;
import dev.rollcall.server.heartbeat.store.StateCounts;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Envelope;
import dev.rollcall.server.http.Json;
import dev.rollcall.server.http.Listing;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Circle;
import dev.rollcall.server.time.Durations;
import dev.rollcall.server.time.JobSchedule;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The routes of the API for heartbeats. Times are Unix seconds.
public final class HeartbeatRoutes {
  private static final int MOST = 1_000;

  private final HeartbeatStore heartbeats;
  private final RunStore runs;
  private final KeyStore keys;
  private final StateCounts stateCounts;
  private final Function<HeartbeatChange, PingOutcome> changes;

  public HeartbeatRoutes(
      HeartbeatStore heartbeats,
      RunStore runs,
      KeyStore keys,
      StateCounts stateCounts,
      Function<HeartbeatChange, PingOutcome> changes) {
    this.heartbeats = heartbeats;
    this.runs = runs;
    this.keys = keys;
    this.stateCounts = stateCounts;
    this.changes = changes;
  }

  public List<Route> routes() {
    return List.of(
        Route.list("/v1/heartbeats", Access.PUBLIC, this::list),
        Route.list("/v1/heartbeats/{name}", Access.PUBLIC, this::show),
        Route.patch("/v1/heartbeats/{name}", Access.USER, this::change),
        Route.post("/v1/heartbeats/{name}/pause", Access.USER, this::pause),
        Route.post("/v1/heartbeats/{name}/resume", Access.USER, this::resume));
  }

  private Answer list(Request request) {
    Optional<State> state = request.query("state").map(HeartbeatRoutes::state);
    Scope scope = request.scope();
    Listing listing = Listing.of(request, MOST);
    List<Heartbeat> listed = heartbeats.list(scope, state, listing.page());
    Map<Long, AlertKeys> shown = shown(request, listed);
    return listing.answer(
        "heartbeats",
        listed,
        (json, heartbeat) -> {
          json.writeStartObject();
          fields(json, heartbeat);
          keys(json, Optional.ofNullable(shown.get(heartbeat.id())));
          json.writeEndObject();
        },
        () -> stateCounts.count(scope, state));
  }

  /// The keys of these heartbeats, by id. Only those who see incidents see them.
  private Map<Long, AlertKeys> shown(Request request, List<Heartbeat> some) {
    return switch (request.caller()) {
      case Caller.Anonymous(), Caller.Sender() -> Map.of();
      case Caller.Operator _, Caller.User _, Caller.Team _ -> keys.of(some);
    };
  }

  private Answer show(Request request) {
    Heartbeat heartbeat = existing(request);
    Optional<AlertKeys> shown =
        Optional.ofNullable(shown(request, List.of(heartbeat)).get(heartbeat.id()));
    return Envelope.ok(
        json -> {
          json.writeStartObject().writeName("heartbeat").writeStartObject().writeName("data");
          json.writeStartObject();
          fields(json, heartbeat);
          keys(json, shown);
          json.writeName("runs").writeStartArray();
        },
        new Each(runs.each(heartbeat)),
        json -> {
          json.writeEndArray().writeEndObject();
          json.writeEndObject().writeEndObject();
        });
  }

  private Heartbeat existing(Request request) {
    return heartbeats.find(request.scope(), request.path("name")).orElseThrow(PingRoutes::unknown);
  }

  /// Given keys replace the previous ones; keys that are null are removed.
  private Answer change(Request request) {
    Heartbeat heartbeat = existing(request);
    JsonNode given = request.json();
    if (!(given instanceof ObjectNode fields)) {
      throw Refusal.badRequest("the body is no object: write {\"key\": value}");
    }
    AlertKeys before = keys.of(List.of(heartbeat)).getOrDefault(heartbeat.id(), AlertKeys.NONE);
    ObjectNode merged = Json.stored(before.json());
    fields.properties().forEach(field -> merged.set(field.getKey(), field.getValue()));
    Mistakes mistakes = new Mistakes();
    AlertKeys after =
        HeartbeatReader.keys(merged, mistakes)
            .orElseThrow(() -> Refusal.badRequest(mistakes.lines()));
    return changed(request, new HeartbeatChange.Keys(heartbeat.key(), after));
  }

  private Answer pause(Request request) {
    return changed(request, new HeartbeatChange.Pause(key(request)));
  }

  private Answer resume(Request request) {
    return changed(request, new HeartbeatChange.Resumption(key(request)));
  }

  private Answer changed(Request request, HeartbeatChange change) {
    return switch (changes.apply(change)) {
      case PingOutcome.Unknown _ -> throw PingRoutes.unknown();
      case PingOutcome.Declared _ -> throw PingRoutes.declared();
      case PingOutcome.InCircle(Circle circle) ->
          throw Refusal.badRequest("depends-on: " + circle.mistake());
      case PingOutcome.Changed _ -> show(request);
      case PingOutcome.Recorded _,
          PingOutcome.Waiting _,
          PingOutcome.Stale _,
          PingOutcome.NoTerms _,
          PingOutcome.Full _,
          PingOutcome.AccountFull _,
          PingOutcome.OwnerGone _ ->
          throw new IllegalStateException("this is no call");
    };
  }

  private static HeartbeatName key(Request request) {
    return new HeartbeatName(request.scope().owner(), request.path("name"));
  }

  private static State state(String word) {
    return State.CODEC
        .find(word)
        .orElseThrow(
            () ->
                Refusal.ofParameter(
                    "state",
                    "is '"
                        + word
                        + "': give one of "
                        + Arrays.stream(State.values())
                            .map(State::word)
                            .collect(Collectors.joining(", "))));
  }

  private static void fields(JsonGenerator json, Heartbeat heartbeat) {
    json.writeNumberProperty("id", heartbeat.id())
        .writeStringProperty("name", heartbeat.name())
        .writeStringProperty("state", heartbeat.state().word());
    if (heartbeat.key().owner() != Scope.OPERATOR) {
      json.writeNumberProperty("owner", heartbeat.key().owner());
    }
    switch (heartbeat.expectation().schedule()) {
      case JobSchedule.Every(Duration frequency) ->
          json.writeStringProperty("frequency", Durations.ofJob(frequency));
      case JobSchedule.Calendar(String expression, ZoneId zone) ->
          json.writeStringProperty("schedule", expression).writeStringProperty("tz", zone.getId());
    }
    json.writeStringProperty("grace", Durations.ofJob(heartbeat.expectation().grace()));
    Heartbeat.Moments moments = heartbeat.moments();
    Json.seconds(json, "created_at", Optional.of(moments.created()));
    Json.seconds(json, "last_ping_at", moments.last());
    Json.seconds(
        json,
        "next_ping_at",
        heartbeat.state() == State.PAUSED ? Optional.empty() : Optional.of(moments.next()));
    Json.seconds(json, "late_since", moments.lateSince());
    json.writeNumberProperty("count", heartbeat.counts().calls())
        .writeStringProperty("origin", heartbeat.origin().word());
  }

  /// With the names that they have in the file.
  private static void keys(JsonGenerator json, Optional<AlertKeys> keys) {
    keys.ifPresent(
        given ->
            Json.stored(given.json())
                .properties()
                .forEach(
                    field -> {
                      json.writeName(field.getKey());
                      Json.node(json, field.getValue());
                    }));
  }

  /// The JSON of the runs, one at a time.
  private record Each(Iterator<RunStore.Shown> runs) implements Iterator<Json.Body> {
    @Override
    public boolean hasNext() {
      return runs.hasNext();
    }

    @Override
    public Json.Body next() {
      RunStore.Shown run = runs.next();
      return json -> run(json, run);
    }
  }

  private static void run(JsonGenerator json, RunStore.Shown shown) {
    Run run = shown.run();
    json.writeStartObject().writeNumberProperty("number", run.number() + 1);
    run.id().ifPresent(id -> json.writeStringProperty("rid", id));
    Json.seconds(json, "started_at", run.started());
    Json.seconds(json, "ended_at", run.ended());
    run.duration()
        .ifPresent(duration -> json.writeNumberProperty("duration_ms", duration.toMillis()));
    json.writeStringProperty("result", run.result().word());
    run.exit().ifPresent(code -> json.writeNumberProperty("exit_code", code));
    shown.output().ifPresent(output -> json.writeStringProperty("output", output.text()));
    json.writeEndObject();
  }
}
