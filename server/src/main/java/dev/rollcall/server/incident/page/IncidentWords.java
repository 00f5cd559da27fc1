package dev.rollcall.server.incident.page;

import dev.rollcall.server.http.PercentEncoding;
import dev.rollcall.server.incident.Incident;
import dev.rollcall.server.incident.PublicPhase;
import dev.rollcall.server.incident.TimelineEntry;
import dev.rollcall.server.outbox.DeliveryState;
import dev.rollcall.server.signal.Severity;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.time.Durations;
import dev.rollcall.server.web.Texts;
import dev.rollcall.server.web.Whose;
import java.time.Duration;
import java.time.Instant;

/// The words for incidents.
final class IncidentWords {
  private IncidentWords() {}

  /// The CSS class for the colour and the mark.
  static String tone(Incident incident) {
    if (!incident.isOpen()) {
      return "new";
    }
    return incident.severity() == Severity.CRITICAL ? "down" : "unknown";
  }

  /// `Down`.
  static String kind(Texts texts, Incident incident) {
    return switch (incident.kind()) {
      case DOWN -> texts.of("incident.kind.down");
      case LATE -> texts.of("incident.kind.late");
      case FAILED -> texts.of("incident.kind.failed");
      case SLOW -> texts.of("incident.kind.slow");
      case CERTIFICATE -> texts.of("incident.kind.certificate");
      case MANUAL -> texts.of("incident.kind.manual");
    };
  }

  static String severity(Texts texts, Severity severity) {
    return switch (severity) {
      case CRITICAL -> texts.of("incident.severity.critical");
      case WARNING -> texts.of("incident.severity.warning");
    };
  }

  /// How long it took, or has lasted so far: `4 min 12 s`.
  static String lasted(Incident incident, Instant now) {
    return Durations.words(
        Duration.between(incident.startedAt(), incident.resolvedAt().orElse(now)));
  }

  /// The path of the page of an incident.
  static String path(Whose whose, long incident) {
    return whose.link("/incidents/" + incident);
  }

  /// The path of the page behind the name of an incident: that of its subject if it has one, or its
  /// own.
  static String path(Whose whose, Incident incident) {
    return incident
        .subject()
        .filter(subject -> subject.type() != Subject.Type.NETWORK)
        .map(subject -> path(whose, subject))
        .orElseGet(() -> path(whose, incident.id()));
  }

  /// The path of the page of what an incident is about.
  static String path(Whose whose, Subject subject) {
    return switch (subject.type()) {
      case SERVICE -> whose.link("/services/" + subject.id());
      case HEARTBEAT -> "/heartbeat?name=" + PercentEncoding.encode(subject.name()) + whose.more();
      case GROUP -> whose.link("/groups");
      case NODE -> whose.link("/nodes");
      case NETWORK -> whose.link("/incidents");
    };
  }

  /// What happened.
  static String entry(Texts texts, TimelineEntry.Type type) {
    return switch (type) {
      case OPENED -> texts.of("incident.entry.opened");
      case RESOLVED -> texts.of("incident.entry.resolved");
      case ACKNOWLEDGED -> texts.of("incident.entry.acknowledged");
      case UNACKNOWLEDGED -> texts.of("incident.entry.unacknowledged");
      case NOTE -> texts.of("incident.entry.note");
      case TOLD -> texts.of("incident.entry.told");
      case SEVERITY -> texts.of("incident.entry.severity");
      case TEMPLATE_FAILED -> texts.of("incident.entry.template");
      case RAISED -> texts.of("incident.entry.raised");
      case REMINDED -> texts.of("incident.entry.reminded");
      case ESCALATED -> texts.of("incident.entry.escalated");
      case FLAPPING -> texts.of("incident.entry.flapping");
      case TITLE -> texts.of("incident.entry.title");
      case PHASE -> texts.of("incident.entry.phase");
    };
  }

  static String phase(Texts texts, PublicPhase phase) {
    return switch (phase) {
      case INVESTIGATING -> texts.of("incident.phase.investigating");
      case IDENTIFIED -> texts.of("incident.phase.identified");
      case MONITORING -> texts.of("incident.phase.monitoring");
      case RESOLVED -> texts.of("incident.phase.resolved");
    };
  }

  /// The CSS class for the colour and the mark.
  static String tone(DeliveryState state) {
    return switch (state) {
      case PENDING -> "unknown";
      case DELIVERED -> "up";
      case FAILED -> "down";
      case WITHDRAWN -> "new";
    };
  }
}
