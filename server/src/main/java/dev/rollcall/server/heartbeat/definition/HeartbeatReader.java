package dev.rollcall.server.heartbeat.definition;

import dev.rollcall.server.config.Fields;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.http.Characters;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.time.JobSchedule;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Reads heartbeats from `heartbeats:` of `rollcall.yaml`, and their keys from the bodies of
/// `PATCH`.
public final class HeartbeatReader {
  private static final String PAGE = "docs/heartbeats.md";
  private static final List<String> KEYS =
      Stream.concat(
              Stream.of("name", "frequency", "schedule", "tz", "grace"), AlertKeys.NAMES.stream())
          .toList();
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofDays(520 * 7L);

  private HeartbeatReader() {}

  /// Reads a list of heartbeats with different names.
  ///
  /// @param path the path of the list in mistakes: `heartbeats`
  public static List<HeartbeatDefinition> list(JsonNode list, String path, Mistakes mistakes) {
    if (!list.isArray()) {
      mistakes.add(path, "is no list: write one `- name: ...` for each heartbeat");
      return List.of();
    }
    List<HeartbeatDefinition> read = new ArrayList<>(list.size());
    Map<String, String> places = new HashMap<>();
    for (int i = 0; i < list.size(); i++) {
      String place = path + "[" + i + "]";
      one(list.get(i), place, mistakes).ifPresent(read::add);
      String name = list.get(i).path("name").asString("");
      String first = places.putIfAbsent(name, place);
      if (first != null && !name.isEmpty()) {
        mistakes.add(place + ".name", name, "is the name of " + first + " too: give each its own");
      }
    }
    return read;
  }

  /// Reads the keys that say who is told; empty if they have a mistake.
  public static Optional<AlertKeys> keys(JsonNode json, Mistakes mistakes) {
    Fields fields = new Fields(json, "", PAGE, mistakes);
    if (!fields.areOf(AlertKeys.NAMES)) {
      return Optional.empty();
    }
    checkCharacters(json, fields);
    AlertKeys keys = AlertKeys.of(fields);
    return fields.wrong() ? Optional.empty() : Optional.of(keys);
  }

  private static Optional<HeartbeatDefinition> one(JsonNode json, String path, Mistakes mistakes) {
    Fields fields = new Fields(json, path, PAGE, mistakes);
    if (!fields.areOf(KEYS)) {
      return Optional.empty();
    }
    checkCharacters(json, fields);
    Optional<String> name = fields.text("name");
    if (!fields.has("name")) {
      fields.mistake("name", "is missing: give the job a name");
    }
    name.flatMap(HeartbeatName::fault).ifPresent(what -> fields.mistake("name", what));
    Optional<JobSchedule> schedule = schedule(fields);
    Duration grace = seconds(fields, "grace", Duration.ZERO).orElse(Duration.ZERO);
    AlertKeys keys = AlertKeys.of(fields);
    if (fields.wrong() || name.isEmpty() || schedule.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new HeartbeatDefinition(
            HeartbeatName.ofOperator(name.get()), new Expectation(schedule.get(), grace), keys));
  }

  private static void checkCharacters(JsonNode json, Fields fields) {
    Characters.in(json).ifPresent(fault -> fields.mistake(fault.where(), fault.what()));
  }

  private static Optional<JobSchedule> schedule(Fields fields) {
    Optional<Duration> frequency = seconds(fields, "frequency", SHORTEST);
    Optional<ZoneId> zone = zone(fields);
    if (!fields.has("schedule")) {
      fields.refuse(List.of("tz"), "has no effect without schedule: remove it");
      if (!fields.has("frequency")) {
        fields.mistake(
            "frequency", "is missing: give the time until the next call, as in 10m, or a schedule");
      }
      return frequency.map(JobSchedule.Every::new);
    }
    fields.refuse(List.of("frequency"), "does not go with schedule: remove one of them");
    return fields
        .text("schedule")
        .flatMap(
            line ->
                fields.built(
                    "schedule", () -> JobSchedule.Calendar.of(line, zone.orElse(ZoneOffset.UTC))));
  }

  private static Optional<ZoneId> zone(Fields fields) {
    Optional<String> name = fields.text("tz");
    Optional<ZoneId> zone = name.flatMap(JobSchedule.Calendar::zone);
    if (name.isPresent() && zone.isEmpty()) {
      fields.mistake("tz", name.get(), "is no time zone: write it as Europe/Berlin or UTC");
    }
    return zone;
  }

  private static Optional<Duration> seconds(Fields fields, String key, Duration least) {
    Optional<Duration> duration = fields.duration(key, least, LONGEST);
    if (duration.isPresent() && duration.get().toMillis() % 1_000 > 0) {
      fields.mistake(key, fields.scalar(key).orElse(""), "is not in whole seconds");
      return Optional.empty();
    }
    return duration;
  }
}
