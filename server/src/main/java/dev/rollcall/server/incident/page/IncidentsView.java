package dev.rollcall.server.incident.page;

import dev.rollcall.server.incident.Incident;
import dev.rollcall.server.web.Formats;
import dev.rollcall.server.web.Texts;
import dev.rollcall.server.web.Whose;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the list of incidents shows.
///
/// @param open the open ones; empty where only those that are over were asked for
/// @param past those that are over; empty where only open ones were asked for
/// @param olderOpen the path of the page with the next open ones; empty if there are none
/// @param olderPast the same of those that are over
/// @param behind how many subjects are unreachable behind a subject, by its name
record IncidentsView(
    Whose whose,
    Optional<List<Incident>> open,
    Optional<List<Incident>> past,
    String olderOpen,
    String olderPast,
    Map<String, Integer> behind,
    Instant at) {
  private int many() {
    return open.map(List::size).orElse(0);
  }

  String headline(Texts texts) {
    if (open.isEmpty()) {
      return texts.of("incidents.headline.past");
    }
    if (many() == 0) {
      return texts.of("incidents.headline.none");
    }
    return olderOpen.isEmpty()
        ? texts.counted("incidents.headline", many())
        : texts.of("incidents.headline.more", Formats.count(many()));
  }

  /// The CSS class for the colour of the headline.
  String tone() {
    if (open.isEmpty()) {
      return "new";
    }
    return many() == 0 ? "up" : IncidentWords.tone(open.get().getFirst());
  }

  String icon() {
    return many() == 0 ? "up.svg" : "down.svg";
  }

  /// How many subjects are unreachable behind that of an incident.
  int behind(Incident incident) {
    return incident
        .subject()
        .filter(_ -> incident.isOpen())
        .map(subject -> behind.getOrDefault(subject.name(), 0))
        .orElse(0);
  }
}
