package dev.rollcall.server.incident.maintenance;

import dev.rollcall.server.config.Fields;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.http.Characters;
import dev.rollcall.server.time.JobSchedule;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Reads maintenance from `maintenance:` of `rollcall.yaml` and from the bodies of `POST` and
/// `PATCH`, with the same keys, rules and messages.
public final class MaintenanceReader {
  private static final String PAGE = "docs/incidents.md";
  private static final List<String> KEYS =
      List.of("title", "names", "tags", "groups", "all", "from", "to", "schedule", "tz", "for");
  private static final int LONGEST_TITLE = 255;
  private static final int MOST_WORDS = 1_000;
  private static final Duration LONGEST_SPAN = Duration.ofDays(366);
  private static final Duration LONGEST_RECURRING = Duration.ofDays(7);

  private MaintenanceReader() {}

  /// Reads a list.
  ///
  /// @param path the path of the list in mistakes: `maintenance`
  public static List<Maintenance> list(JsonNode list, String path, long owner, Mistakes mistakes) {
    List<Maintenance> read = new ArrayList<>();
    if (list.isNull() || list.isMissingNode()) {
      return read;
    }
    if (!list.isArray()) {
      mistakes.add(path, "is no list: write one `- title: ...` for each");
      return read;
    }
    for (int i = 0; i < list.size(); i++) {
      String place = path + "[" + i + "]";
      if (list.get(i).isObject()
          && !list.get(i).has("schedule")
          && !list.get(i).hasNonNull("from")) {
        mistakes.add(
            place + ".from", "is missing: give from and to, or schedule and for, in the file");
        continue;
      }
      one(list.get(i), place, owner, Instant.EPOCH, mistakes).ifPresent(read::add);
    }
    return read;
  }

  /// Reads one; empty if it has a mistake.
  ///
  /// @param path its path in mistakes; may be empty
  /// @param now when it begins if it says nothing else
  public static Optional<Maintenance> one(
      JsonNode json, String path, long owner, Instant now, Mistakes mistakes) {
    Fields fields = new Fields(json, path, PAGE, mistakes);
    if (!fields.areOf(KEYS)) {
      return Optional.empty();
    }
    Characters.in(json).ifPresent(fault -> fields.mistake(fault.where(), fault.what()));
    String title = fields.text("title").orElse("maintenance");
    if (title.isBlank() || title.length() > LONGEST_TITLE) {
      fields.mistake("title", "must have 1 to 255 characters");
    }
    Maintenance.Which which =
        new Maintenance.Which(
            fields.oneOrMany("names"),
            fields.oneOrMany("tags"),
            fields.oneOrMany("groups"),
            fields.bool("all").orElse(false));
    int words = which.names().size() + which.tags().size() + which.groups().size();
    if (words == 0 && !which.all() && !fields.wrong()) {
      fields.mistake("names", "is missing: give names, tags or groups, or all: true");
    }
    if (words > MOST_WORDS) {
      fields.mistake("names", "are too many: " + MOST_WORDS + " at most, with tags and groups");
    }
    Optional<Maintenance.When> when = when(fields, now);
    return fields.wrong() || when.isEmpty()
        ? Optional.empty()
        : Optional.of(new Maintenance(owner, title, which, when.get()));
  }

  private static Optional<Maintenance.When> when(Fields fields, Instant now) {
    if (fields.has("schedule")) {
      fields.refuse(List.of("from", "to"), "does not go with schedule: remove one of them");
      return recurring(fields);
    }
    fields.refuse(List.of("tz"), "has no effect without schedule: remove it");
    Optional<Instant> from = time(fields, "from");
    Optional<Instant> to = time(fields, "to");
    Optional<Duration> length = fields.duration("for", Duration.ofSeconds(1), LONGEST_SPAN);
    if (to.isPresent() && length.isPresent()) {
      fields.mistake("for", "does not go with to: remove one of them");
    }
    Instant begin = from.orElse(now);
    Optional<Instant> end = to.or(() -> length.map(begin::plus));
    if (end.isPresent() && !end.get().isAfter(begin)) {
      fields.mistake("to", "is not after from");
    }
    return Optional.of(new Maintenance.When.Once(begin, end));
  }

  private static Optional<Maintenance.When> recurring(Fields fields) {
    ZoneId zone =
        fields
            .text("tz")
            .map(
                name -> {
                  Optional<ZoneId> known = JobSchedule.Calendar.zone(name);
                  if (known.isEmpty()) {
                    fields.mistake("tz", name, "is no time zone: write it as Europe/Berlin");
                  }
                  return known.orElse(ZoneOffset.UTC);
                })
            .orElse(ZoneOffset.UTC);
    Optional<JobSchedule.Calendar> schedule =
        fields
            .text("schedule")
            .flatMap(line -> fields.built("schedule", () -> JobSchedule.Calendar.of(line, zone)));
    Optional<Duration> length = fields.duration("for", Duration.ofMinutes(1), LONGEST_RECURRING);
    if (!fields.has("for")) {
      fields.mistake("for", "is missing: give how long each lasts");
    }
    return schedule.isEmpty() || length.isEmpty()
        ? Optional.empty()
        : Optional.of(new Maintenance.When.Recurring(schedule.get(), length.get()));
  }

  /// RFC 3339, or Unix seconds.
  private static Optional<Instant> time(Fields fields, String key) {
    Optional<String> text = fields.scalar(key);
    try {
      return text.map(
          one ->
              one.matches("\\d{1,11}")
                  ? Instant.ofEpochSecond(Long.parseLong(one))
                  : OffsetDateTime.parse(one).toInstant());
    } catch (DateTimeException e) {
      fields.mistake(key, text.orElse(""), "is no time: write it as 2026-12-24T18:00:00+01:00");
      return Optional.empty();
    }
  }
}
