package dev.rollcall.server.incident.page;

import dev.rollcall.server.incident.Incident;
import dev.rollcall.server.incident.IncidentAnswer;
import dev.rollcall.server.incident.TimelineEntry;
import dev.rollcall.server.outbox.DeliveryRow;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.web.Texts;
import dev.rollcall.server.web.Whose;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What the page of one incident shows.
///
/// @param about what it is about, if a person opened it
/// @param answer what came back when it opened
/// @param behind the names of what is unreachable behind its subject
/// @param output the end of what its subject had printed last when it opened
/// @param changes whether who looks at it may change it
record IncidentView(
    Whose whose,
    Incident incident,
    List<Subject> about,
    Optional<IncidentAnswer> answer,
    List<TimelineEntry> timeline,
    List<Subject> behind,
    Optional<String> output,
    List<DeliveryRow> deliveries,
    boolean changes,
    Instant at) {
  /// `Down: shop`.
  String title(Texts texts) {
    return texts.of("incident.title", IncidentWords.kind(texts, incident), incident.name());
  }

  String icon() {
    return incident.isOpen() ? "down.svg" : "up.svg";
  }

  /// The path to which a form of the page is sent.
  String form(String what) {
    return whose.link("/incidents/" + incident.id() + "/" + what);
  }
}
