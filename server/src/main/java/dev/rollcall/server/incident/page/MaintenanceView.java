package dev.rollcall.server.incident.page;

import dev.rollcall.server.http.Query;
import dev.rollcall.server.incident.maintenance.Maintenance;
import dev.rollcall.server.incident.maintenance.MaintenanceChanges.Phase;
import dev.rollcall.server.incident.maintenance.MaintenanceStore;
import dev.rollcall.server.time.Durations;
import dev.rollcall.server.web.Texts;
import dev.rollcall.server.web.Whose;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;

/// What the page of maintenance shows.
///
/// @param lines those of the API, the newest first
/// @param ofFile those of the configuration file
/// @param older the path of the page with the next ones; empty if there are none
/// @param draft what is in the form
/// @param mistakes what is wrong with it
/// @param changes whether who looks at it may change it
record MaintenanceView(
    Whose whose,
    List<Line> lines,
    List<Line> ofFile,
    String older,
    Draft draft,
    List<String> mistakes,
    boolean changes,
    Instant at) {
  /// One of them.
  ///
  /// @param id 0 for one of the file
  /// @param maintenance empty if this program cannot read it
  record Line(
      long id,
      String title,
      Optional<Maintenance> maintenance,
      Phase phase,
      Optional<Instant> ended,
      String by) {
    static Line of(MaintenanceStore.Row row, Phase phase) {
      Optional<Maintenance> maintenance = row.maintenance();
      String title = maintenance.map(Maintenance::title).orElse("-");
      return new Line(row.id(), title, maintenance, phase, row.ended(), row.by());
    }

    static Line of(Maintenance maintenance, Phase phase) {
      Optional<Maintenance> one = Optional.of(maintenance);
      return new Line(0, maintenance.title(), one, phase, Optional.empty(), "");
    }

    /// The CSS class for the colour and the mark.
    String tone() {
      return switch (phase) {
        case ACTIVE -> "unknown";
        case SCHEDULED -> "up";
        case OVER -> "new";
      };
    }

    String state(Texts texts) {
      return switch (phase) {
        case ACTIVE -> texts.of("maintenance.active");
        case SCHEDULED -> texts.of("maintenance.scheduled");
        case OVER -> texts.of("maintenance.over");
      };
    }

    /// `names shop, db-*; tags web`.
    String which(Texts texts) {
      StringJoiner words = new StringJoiner("; ");
      maintenance
          .map(Maintenance::which)
          .ifPresent(
              which -> {
                if (which.all()) {
                  words.add(texts.of("maintenance.everything"));
                }
                if (!which.names().isEmpty()) {
                  words.add(texts.of("maintenance.names", String.join(", ", which.names())));
                }
                if (!which.tags().isEmpty()) {
                  words.add(texts.of("maintenance.tags", String.join(", ", which.tags())));
                }
                if (!which.groups().isEmpty()) {
                  words.add(texts.of("maintenance.groups", String.join(", ", which.groups())));
                }
              });
      return words.toString();
    }

    /// When it begins, if that is once.
    Optional<Instant> from() {
      return once().map(Maintenance.When.Once::from);
    }

    /// When it ends or was ended, if that is known.
    Optional<Instant> to() {
      return ended.or(() -> once().flatMap(Maintenance.When.Once::to));
    }

    private Optional<Maintenance.When.Once> once() {
      return maintenance
          .map(Maintenance::when)
          .filter(Maintenance.When.Once.class::isInstance)
          .map(Maintenance.When.Once.class::cast);
    }

    /// `0 3 * * *, for 1 h each`, if it recurs.
    Optional<String> recurs(Texts texts) {
      return maintenance
          .map(Maintenance::when)
          .filter(Maintenance.When.Recurring.class::isInstance)
          .map(Maintenance.When.Recurring.class::cast)
          .map(
              one ->
                  texts.of(
                      "maintenance.recurs",
                      one.schedule().expression(),
                      one.schedule().zone().getId(),
                      Durations.words(one.length())));
    }
  }

  /// What was typed into the form.
  record Draft(
      String title,
      String names,
      String tags,
      String groups,
      boolean all,
      String from,
      String lasts) {
    static final Draft EMPTY = new Draft("", "", "", "", false, "", "");

    static Draft of(Query fields) {
      return new Draft(
          fields.single("title").orElse(""),
          fields.single("names").orElse(""),
          fields.single("tags").orElse(""),
          fields.single("groups").orElse(""),
          fields.single("all").isPresent(),
          fields.single("from").orElse(""),
          fields.single("for").orElse(""));
    }
  }

  /// Copies the lists.
  MaintenanceView {
    lines = List.copyOf(lines);
    ofFile = List.copyOf(ofFile);
    mistakes = List.copyOf(mistakes);
  }
}
