package dev.rollcall.server.heartbeat.routes;

import dev.rollcall.server.heartbeat.definition.HeartbeatName;
import dev.rollcall.server.heartbeat.ping.Heartbeat;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange;
import dev.rollcall.server.heartbeat.ping.PingOutcome;
import dev.rollcall.server.heartbeat.ping.Run;
import dev.rollcall.server.heartbeat.ping.State;
import dev.rollcall.server.heartbeat.store.HeartbeatStore;
import dev.rollcall.server.heartbeat.store.RunStore;
import dev.rollcall.server.heartbeat.store.StateCounts;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Envelope;
import dev.rollcall.server.http.Json;
import dev.rollcall.server.http.Listing;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.time.Durations;
import dev.rollcall.server.time.JobSchedule;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.core.JsonGenerator;

/// The routes of the API for heartbeats. Times are Unix seconds.
public final class HeartbeatRoutes {
  private static final int MOST = 1_000;

  private final HeartbeatStore heartbeats;
  private final RunStore runs;
  private final StateCounts stateCounts;
  private final Function<HeartbeatChange, PingOutcome> changes;

  public HeartbeatRoutes(
      HeartbeatStore heartbeats,
      RunStore runs,
      StateCounts stateCounts,
      Function<HeartbeatChange, PingOutcome> changes) {
    this.heartbeats = heartbeats;
    this.runs = runs;
    this.stateCounts = stateCounts;
    this.changes = changes;
  }

  public List<Route> routes() {
    return List.of(
        Route.list("/v1/heartbeats", Access.PUBLIC, this::list),
        Route.list("/v1/heartbeats/{name}", Access.PUBLIC, this::show),
        Route.post("/v1/heartbeats/{name}/pause", Access.USER, this::pause),
        Route.post("/v1/heartbeats/{name}/resume", Access.USER, this::resume));
  }

  private Answer list(Request request) {
    Optional<State> state = request.query("state").map(HeartbeatRoutes::state);
    Scope scope = request.scope();
    Listing listing = Listing.of(request, MOST);
    return listing.answer(
        "heartbeats",
        heartbeats.list(scope, state, listing.page()),
        (json, heartbeat) -> {
          json.writeStartObject();
          fields(json, heartbeat);
          json.writeEndObject();
        },
        () -> stateCounts.count(scope, state));
  }

  private Answer show(Request request) {
    Heartbeat heartbeat =
        heartbeats.find(request.scope(), request.path("name")).orElseThrow(PingRoutes::unknown);
    return Envelope.ok(
        json -> {
          json.writeStartObject().writeName("heartbeat").writeStartObject().writeName("data");
          json.writeStartObject();
          fields(json, heartbeat);
          json.writeName("runs").writeStartArray();
        },
        new Each(runs.each(heartbeat)),
        json -> {
          json.writeEndArray().writeEndObject();
          json.writeEndObject().writeEndObject();
        });
  }

  private Answer pause(Request request) {
    return changed(request, new HeartbeatChange.Pause(key(request)));
  }

  private Answer resume(Request request) {
    return changed(request, new HeartbeatChange.Resumption(key(request)));
  }

  private Answer changed(Request request, HeartbeatChange change) {
    if (changes.apply(change) instanceof PingOutcome.Unknown) {
      throw PingRoutes.unknown();
    }
    return show(request);
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
    json.writeNumberProperty("count", heartbeat.counts().calls());
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
