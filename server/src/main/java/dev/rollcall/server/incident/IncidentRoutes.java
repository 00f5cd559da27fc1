package dev.rollcall.server.incident;

import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.AnyCase;
import dev.rollcall.server.http.Characters;
import dev.rollcall.server.http.Envelope;
import dev.rollcall.server.http.Json;
import dev.rollcall.server.http.Newest;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.outbox.Outbox;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.Subject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

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
        Route.post("/v1/incidents", Access.USER, this::open),
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
            text(request, "subject").map(IncidentRoutes::subject),
            text(request, "tag"),
            page.before());
    List<Incident> incidents = store.newest(request.scope(), filter, page.limit());
    Map<Long, List<Subject>> about = store.about(incidents);
    return page.answer(
        "incidents",
        incidents,
        Incident::id,
        (json, incident) -> {
          json.writeStartObject();
          fields(json, incident, subjects(incident, about));
          json.writeEndObject();
        });
  }

  /// A parameter that is looked for in the database.
  private static Optional<String> text(Request request, String parameter) {
    Optional<String> text = request.query(parameter);
    text.flatMap(Characters::fault)
        .ifPresent(
            fault -> {
              throw Refusal.ofParameter(parameter, fault);
            });
    return text;
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
    return ManualIncident.subject(text)
        .orElseThrow(
            () ->
                Refusal.ofParameter(
                    "subject",
                    "is '" + text + "': give service:NAME, heartbeat:NAME or group:NAME"));
  }

  /// `{"title", "subjects", "severity", "told"}`.
  private Answer open(Request request) {
    long id = changes.open(request.scope(), request.json(), request.caller());
    return shown(201, changes.existing(request.scope(), id)).naming(id);
  }

  private Answer show(Request request) {
    return shown(200, existing(request));
  }

  private Answer shown(int status, Incident incident) {
    List<Subject> subjects = subjects(incident, store.about(List.of(incident)));
    List<TimelineEntry> timeline = store.timeline(incident.id());
    Optional<String> output = store.output(incident.id());
    Optional<IncidentAnswer> answer = store.answer(incident.id());
    List<Subject> behind = incident.isOpen() ? store.behind(incident, MOST_BEHIND) : List.of();
    return Envelope.of(
        status,
        json -> {
          json.writeStartObject().writeName("incident").writeStartObject().writeName("data");
          json.writeStartObject();
          fields(json, incident, subjects);
          output.ifPresent(text -> json.writeStringProperty("output", text));
          json.writeName("answer");
          answer.ifPresentOrElse(came -> came.write(json), json::writeNull);
          json.writeName("timeline").writeStartArray();
          timeline.forEach(entry -> write(json, entry));
          json.writeEndArray().writeName("behind").writeStartArray();
          behind.forEach(subject -> json.writeString(subject.name()));
          json.writeEndArray().writeName("deliveries");
          outbox.writeDeliveries(json, incident.owner(), incident.id());
          json.writeEndObject().writeEndObject().writeEndObject();
        });
  }

  /// `{"title", "severity", "phase"}`.
  private Answer change(Request request) {
    existing(request);
    changes.change(request.scope(), request.pathNumber("id"), request.caller(), request.json());
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

  /// `{"text", "public"}`.
  private Answer note(Request request) {
    existing(request);
    AnyCase given = AnyCase.of(request.json()).only("text", "public");
    changes.note(
        request.scope(),
        request.pathNumber("id"),
        request.caller(),
        given.required("text"),
        given.value("public").map(IncidentRoutes::flag).orElse(false));
    return show(request);
  }

  private static boolean flag(JsonNode value) {
    if (!value.isBoolean()) {
      throw Refusal.badRequest("public: is neither true nor false");
    }
    return value.booleanValue();
  }

  private Incident existing(Request request) {
    return changes.existing(request.scope(), request.pathNumber("id"));
  }

  private static List<Subject> subjects(Incident incident, Map<Long, List<Subject>> about) {
    return incident
        .subject()
        .map(List::of)
        .orElseGet(() -> about.getOrDefault(incident.id(), List.of()));
  }

  /// `subject` and `subject_id` are the first of the subjects; null if there are none.
  private static void fields(JsonGenerator json, Incident incident, List<Subject> subjects) {
    json.writeNumberProperty("id", incident.id());
    text(json, "subject", subjects.stream().findFirst().map(IncidentRoutes::words));
    json.writeName("subject_id");
    if (subjects.isEmpty()) {
      json.writeNull();
    } else {
      json.writeNumber(subjects.getFirst().id());
    }
    json.writeName("subjects").writeStartArray();
    subjects.forEach(subject -> json.writeString(words(subject)));
    json.writeEndArray();
    if (incident.owner() != Scope.OPERATOR) {
      json.writeNumberProperty("owner", incident.owner());
    }
    text(json, "title", incident.title());
    json.writeStringProperty("kind", incident.kind().word())
        .writeStringProperty("severity", incident.severity().word())
        .writeStringProperty("state", incident.isOpen() ? "open" : "resolved");
    json.writeBooleanProperty("flapping", incident.flapping());
    text(json, "phase", incident.phase().map(PublicPhase::word));
    text(json, "cause", incident.cause());
    json.writeNumberProperty("started_at", incident.startedAt().getEpochSecond())
        .writeNumberProperty("opened_at", incident.openedAt().getEpochSecond());
    Json.seconds(json, "resolved_at", incident.resolvedAt());
    Json.seconds(
        json, "acknowledged_at", incident.acknowledged().map(Incident.Acknowledgement::at));
    text(json, "acknowledged_by", incident.acknowledged().map(Incident.Acknowledgement::by));
  }

  /// `service:shop`.
  static String words(Subject subject) {
    return Subject.Type.CODEC.word(subject.type()) + ":" + subject.name();
  }

  private static void text(JsonGenerator json, String name, Optional<String> text) {
    if (text.isPresent()) {
      json.writeStringProperty(name, text.get());
    } else {
      json.writeNullProperty(name);
    }
  }

  private static void write(JsonGenerator json, TimelineEntry entry) {
    json.writeStartObject()
        .writeNumberProperty("at", entry.at().getEpochSecond())
        .writeStringProperty("type", TimelineEntry.Type.CODEC.word(entry.type()));
    entry.by().ifPresent(by -> json.writeStringProperty("by", by));
    entry.text().ifPresent(text -> json.writeStringProperty("text", text));
    if (entry.type() == TimelineEntry.Type.NOTE) {
      json.writeBooleanProperty("public", entry.isPublic());
    }
    json.writeEndObject();
  }
}
