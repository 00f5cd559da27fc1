package dev.rollcall.server.incident;

import dev.rollcall.server.config.Fields;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.incident.IncidentStore.SubjectFilter;
import dev.rollcall.server.signal.Severity;
import dev.rollcall.server.signal.Subject;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// What a person asks for who opens an incident.
///
/// @param subjects what it is about, each once
/// @param told whether the channels are told of it
record ManualIncident(String title, List<SubjectFilter> subjects, Severity severity, boolean told) {
  private static final String PAGE = "docs/incidents.md";
  private static final String TITLE = "title";
  private static final String SUBJECTS = "subjects";
  private static final String SEVERITY = "severity";
  private static final String TOLD = "told";
  private static final List<String> KEYS = List.of(TITLE, SUBJECTS, SEVERITY, TOLD);
  private static final int LONGEST_TITLE = 255;
  private static final int MOST_SUBJECTS = 100;

  /// Copies the list.
  ManualIncident {
    subjects = List.copyOf(subjects);
  }

  /// Reads it. Refused with 400 and a line for each mistake.
  static ManualIncident of(JsonNode body) {
    Mistakes mistakes = new Mistakes();
    Fields fields = new Fields(body, "", PAGE, mistakes);
    if (!fields.areOf(KEYS)) {
      throw Refusal.badRequest(mistakes.lines());
    }
    String title = fields.text(TITLE).map(String::strip).orElse("");
    titleFault(title).filter(_ -> !fields.wrong()).ifPresent(fault -> fields.mistake(TITLE, fault));
    ManualIncident read =
        new ManualIncident(
            title,
            isEmpty(body) ? List.of() : subjects(fields),
            severity(fields),
            fields.bool(TOLD).orElse(false));
    if (!mistakes.isEmpty()) {
      throw Refusal.badRequest(mistakes.lines());
    }
    return read;
  }

  /// What is wrong with a title, as a phrase; empty if nothing is.
  static Optional<String> titleFault(String title) {
    boolean good =
        !title.isBlank()
            && title.length() <= LONGEST_TITLE
            && title.chars().noneMatch(Character::isISOControl);
    return good
        ? Optional.empty()
        : Optional.of("must be one line of 1 to " + LONGEST_TITLE + " characters");
  }

  /// Whether its list of subjects is empty.
  private static boolean isEmpty(JsonNode body) {
    return body.path(SUBJECTS).isArray() && body.path(SUBJECTS).isEmpty();
  }

  private static List<SubjectFilter> subjects(Fields fields) {
    Set<SubjectFilter> subjects = new LinkedHashSet<>();
    for (String word : fields.oneOrManyTexts(SUBJECTS)) {
      subject(word)
          .ifPresentOrElse(
              subjects::add,
              () ->
                  fields.mistake(
                      SUBJECTS, word, "is no subject: give service:NAME or heartbeat:NAME"));
    }
    if (subjects.size() > MOST_SUBJECTS) {
      fields.mistake(SUBJECTS, "are too many: " + MOST_SUBJECTS + " at most");
    }
    return List.copyOf(subjects);
  }

  /// `service:shop`, as the API writes subjects; empty if it is none.
  static Optional<SubjectFilter> subject(String text) {
    int colon = text.indexOf(':');
    return Optional.of(text.substring(0, Math.max(colon, 0)))
        .flatMap(Subject.Type.CODEC::find)
        .map(type -> new SubjectFilter(type, text.substring(colon + 1)));
  }

  private static Severity severity(Fields fields) {
    Optional<String> word = fields.text(SEVERITY);
    Optional<Severity> severity = word.flatMap(Severity.CODEC::find);
    if (word.isPresent() && severity.isEmpty()) {
      fields.mistake(SEVERITY, word.get(), "is no severity: give critical or warning");
    }
    return severity.orElse(Severity.CRITICAL);
  }
}
