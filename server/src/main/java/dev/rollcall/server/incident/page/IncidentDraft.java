package dev.rollcall.server.incident.page;

import dev.rollcall.server.http.Query;
import dev.rollcall.server.signal.Severity;
import java.util.List;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What is in the form that opens an incident.
///
/// @param subjects one a line
/// @param mistakes what is wrong with it
record IncidentDraft(
    String title, String subjects, String severity, boolean told, List<String> mistakes) {
  static final IncidentDraft EMPTY =
      new IncidentDraft("", "", Severity.CRITICAL.word(), false, List.of());

  static IncidentDraft of(Query fields) {
    return new IncidentDraft(
        fields.single("title").orElse(""),
        fields.single("subjects").orElse(""),
        fields.single("severity").orElse(""),
        fields.single("told").isPresent(),
        List.of());
  }

  IncidentDraft with(List<String> wrong) {
    return new IncidentDraft(title, subjects, severity, told, List.copyOf(wrong));
  }

  /// The body of the route of the API.
  ObjectNode asked() {
    ObjectNode asked =
        JsonNodeFactory.instance
            .objectNode()
            .put("title", title)
            .put("severity", severity)
            .put("told", told);
    subjects
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .forEach(asked.putArray("subjects")::add);
    return asked;
  }
}
