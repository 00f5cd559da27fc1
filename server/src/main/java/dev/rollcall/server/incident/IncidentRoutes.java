package dev.rollcall.server.incident;

import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.AnyCase;
import dev.rollcall.server.http.Envelope;
import dev.rollcall.server.http.Json;
import dev.rollcall.server.http.Newest;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.outbox.Outbox;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.Severity;
import dev.rollcall.server.signal.Subject;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/// `/v1/incidents`: what is wrong and what was, the timeline of each, and who has seen it.
final class IncidentRoutes {
  private static final int MOST_BEHIND = 1_000;

  private final IncidentStore store;
  private final Outbox outbox;
  private final IncidentChanges changes;

  IncidentRoutes(IncidentStore store, IncidentChanges changes, Outbox outbox) {
    this.store = store;
    this.changes = changes;
    this.outbox = outbox;
  }

  List<Route> routes() {
    return List.of(
        Route.list("/v1/incidents", Access.USER, this::list),
        Route.get("/v1/incidents/{id}", Access.USER, this::show),
        Route.patch("/v1/incidents/{id}", Access.USER, this::change),
        Route.post("/v1/incidents/{id}/resolve", Access.USER, this::resolve),
        Route.post("/v1/incidents/{id}/acknowledge", Access.USER, this::acknowledge),
        Route.delete("/v1/incidents/{id}/acknowledge", Access.USER, this::unacknowledge),
        Route.post("/v1/incidents/{id}/notes", Access.USER, this::note));
  }

  private Answer list(Request request) {
    Newest page = Newest.of(request);
    IncidentStore.Filter filter =
        new IncidentStore.Filter(
            request.query("state").map(IncidentRoutes::isOpen),
            request.query("kind").map(IncidentRoutes::kind),
            request.query("subject").map(IncidentRoutes::subject),
            page.before());
    return page.answer(
        "incidents",
        store.newest(request.scope(), filter, page.limit()),
        Incident::id,
        (json, incident) -> {
          json.writeStartObject();
          fields(json, incident);
          json.writeEndObject();
        });
  }

  private static boolean isOpen(String word) {
    return switch (word) {
      case "open" -> true;
      case "resolved" -> false;
      default -> throw Refusal.ofParameter("state", "is '" + word + "': give open or resolved");
    };
  }

  private static IncidentKind kind(String word) {
    return IncidentKind.CODEC
        .find(word)
        .orElseThrow(
            () -> Refusal.ofParameter("kind", "is '" + word + "': give " + IncidentKind.words()));
  }

  /// `service:shop`, as the answers have it.
  private static IncidentStore.SubjectFilter subject(String text) {
    int colon = text.indexOf(':');
    return Optional.of(text.substring(0, Math.max(colon, 0)))
        .flatMap(Subject.Type.CODEC::find)
        .map(type -> new IncidentStore.SubjectFilter(type, text.substring(colon + 1)))
        .orElseThrow(
            () ->
                Refusal.ofParameter(
                    "subject", "is '" + text + "': give service:NAME or heartbeat:NAME"));
  }

  private Answer show(Request request) {
    Incident incident = existing(request);
    List<TimelineEntry> timeline = store.timeline(incident.id());
    Optional<IncidentAnswer> answer = store.answer(incident.id());
    List<String> behind = incident.isOpen() ? store.behind(incident, MOST_BEHIND) : List.of();
    return Envelope.ok(
        json -> {
          json.writeStartObject().writeName("incident").writeStartObject().writeName("data");
          json.writeStartObject();
          fields(json, incident);
          json.writeName("answer");
          answer.ifPresentOrElse(came -> came.write(json), json::writeNull);
          json.writeName("timeline").writeStartArray();
          timeline.forEach(entry -> write(json, entry));
          json.writeEndArray().writeName("behind").writeStartArray();
          behind.forEach(json::writeString);
          json.writeEndArray().writeName("deliveries");
          outbox.writeDeliveries(json, incident.subject().owner(), incident.id());
          json.writeEndObject().writeEndObject().writeEndObject();
        });
  }

  /// `{"severity"}`.
  private Answer change(Request request) {
    existing(request);
    String word = AnyCase.of(request.json()).only("severity").required("severity");
    Severity severity =
        Severity.CODEC
            .find(word)
            .orElseThrow(
                () -> Refusal.badRequest("severity: is '" + word + "': give critical or warning"));
    changes.severity(request.scope(), request.pathNumber("id"), request.caller(), severity);
    return show(request);
  }

  private Answer resolve(Request request) {
    changes.resolve(request.scope(), request.pathNumber("id"), request.caller());
    return show(request);
  }

  /// `{"note"}`, or nothing.
  private Answer acknowledge(Request request) {
    Optional<String> note = AnyCase.of(request.jsonIfAny()).only("note").text("note");
    changes.acknowledge(request.scope(), request.pathNumber("id"), request.caller(), note);
    return show(request);
  }

  private Answer unacknowledge(Request request) {
    changes.unacknowledge(request.scope(), request.pathNumber("id"), request.caller());
    return show(request);
  }

  /// `{"text"}`.
  private Answer note(Request request) {
    existing(request);
    String text = AnyCase.of(request.json()).only("text").required("text");
    changes.note(request.scope(), request.pathNumber("id"), request.caller(), text);
    return show(request);
  }

  private Incident existing(Request request) {
    return changes.existing(request.scope(), request.pathNumber("id"));
  }

  private static void fields(JsonGenerator json, Incident incident) {
    Subject subject = incident.subject();
    json.writeNumberProperty("id", incident.id())
        .writeStringProperty(
            "subject", Subject.Type.CODEC.word(subject.type()) + ":" + subject.name())
        .writeNumberProperty("subject_id", subject.id());
    if (subject.owner() != Scope.OPERATOR) {
      json.writeNumberProperty("owner", subject.owner());
    }
    json.writeStringProperty("kind", incident.kind().word())
        .writeStringProperty("severity", incident.severity().word())
        .writeStringProperty("state", incident.isOpen() ? "open" : "resolved");
    incident
        .cause()
        .ifPresentOrElse(
            cause -> json.writeStringProperty("cause", cause),
            () -> json.writeNullProperty("cause"));
    json.writeNumberProperty("started_at", incident.startedAt().getEpochSecond())
        .writeNumberProperty("opened_at", incident.openedAt().getEpochSecond());
    Json.seconds(json, "resolved_at", incident.resolvedAt());
    Json.seconds(
        json, "acknowledged_at", incident.acknowledged().map(Incident.Acknowledgement::at));
    incident
        .acknowledged()
        .ifPresentOrElse(
            who -> json.writeStringProperty("acknowledged_by", who.by()),
            () -> json.writeNullProperty("acknowledged_by"));
  }

  private static void write(JsonGenerator json, TimelineEntry entry) {
    json.writeStartObject()
        .writeNumberProperty("at", entry.at().getEpochSecond())
        .writeStringProperty("type", TimelineEntry.Type.CODEC.word(entry.type()));
    entry.by().ifPresent(by -> json.writeStringProperty("by", by));
    entry.text().ifPresent(text -> json.writeStringProperty("text", text));
    json.writeEndObject();
  }
}
