package dev.rollcall.server.incident.maintenance;

import dev.rollcall.server.http.Json;
import dev.rollcall.server.outbox.AlertRoute;
import dev.rollcall.server.outbox.UnknownWords;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.time.JobSchedule;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A span, or spans that recur, in which nobody is told of some subjects.
///
/// @param owner whose subjects
/// @param title what is done: `new disks`
/// @param which the subjects
/// @param when the spans
public record Maintenance(long owner, String title, Which which, When when) {
  /// The subjects: those that fit any of these.
  ///
  /// @param names `*` stands for any characters
  /// @param all every subject of the owner
  public record Which(List<String> names, List<String> tags, List<String> groups, boolean all) {
    /// Copies the lists.
    public Which {
      names = List.copyOf(names);
      tags = List.copyOf(tags);
      groups = List.copyOf(groups);
    }

    /// Its words that no subject has, until they are seen.
    public UnknownWords unknownWords() {
      return new UnknownWords(names, tags, groups);
    }

    /// The form in which it is recorded.
    String json() {
      return Json.text(
          json -> {
            json.writeStartObject();
            write(json, "names", names);
            write(json, "tags", tags);
            write(json, "groups", groups);
            json.writeBooleanProperty("all", all).writeEndObject();
          });
    }

    private static void write(JsonGenerator json, String key, List<String> words) {
      json.writeName(key).writeStartArray();
      words.forEach(json::writeString);
      json.writeEndArray();
    }

    /// Reads that form.
    static Which stored(ObjectNode json) {
      return new Which(
          words(json, "names"),
          words(json, "tags"),
          words(json, "groups"),
          json.path("all").asBoolean(false));
    }

    private static List<String> words(ObjectNode json, String key) {
      return json.path(key).valueStream().map(JsonNode::asString).toList();
    }

    boolean covers(Subject subject, AlertKeys keys) {
      return all
          || names.stream().anyMatch(pattern -> AlertRoute.isLike(subject.name(), pattern))
          || keys.tags().stream().anyMatch(tags::contains)
          || subject.isOf(groups, keys);
    }
  }

  /// When it is.
  public sealed interface When {
    /// The moment at which the span that contains `at` ends; empty if none contains it.
    /// [Instant#MAX] until somebody ends it.
    Optional<Instant> end(Instant at);

    /// The moment at which the span began that contains `at`; there has to be one.
    Instant begin(Instant at);

    /// Whether all of it is in the past.
    boolean isOver(Instant now);

    /// Once.
    ///
    /// @param to empty: until somebody ends it
    record Once(Instant from, Optional<Instant> to) implements When {
      @Override
      public Optional<Instant> end(Instant at) {
        return at.isBefore(from)
            ? Optional.empty()
            : Optional.of(to.orElse(Instant.MAX)).filter(at::isBefore);
      }

      @Override
      public Instant begin(Instant at) {
        return from;
      }

      @Override
      public boolean isOver(Instant now) {
        return to.filter(end -> !end.isAfter(now)).isPresent();
      }
    }

    /// Each time that a crontab line says.
    ///
    /// @param length of each span, up to a week
    record Recurring(JobSchedule.Calendar schedule, Duration length) implements When {
      @Override
      public Optional<Instant> end(Instant at) {
        // The last beginning that a span may have which still contains `at`.
        Instant begin = schedule.next(at.minus(length));
        Optional<Instant> end = Optional.empty();
        while (!begin.isAfter(at)) {
          end = Optional.of(begin.plus(length));
          begin = schedule.next(begin);
        }
        return end;
      }

      @Override
      public Instant begin(Instant at) {
        return schedule.next(at.minus(length));
      }

      @Override
      public boolean isOver(Instant now) {
        return false;
      }
    }
  }

  /// When the span ends that covers a subject at a moment; empty if none does.
  Optional<Instant> end(Subject subject, AlertKeys keys, Instant at) {
    return subject.owner() == owner && which.covers(subject, keys)
        ? when.end(at)
        : Optional.empty();
  }
}
