package dev.rollcall.server.incident;

import dev.rollcall.server.signal.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How many incidents have opened in a span, and how long they took.
///
/// @param all of all incidents, each once
/// @param bySubject those that had some, the one with the most first; one incident that is about
///   several is counted with each
record IncidentSummary(Line all, List<Line> bySubject) {
  /// The incidents of one subject, or all.
  ///
  /// @param subject with the name that it had in the newest; empty: all, or those without a subject
  /// @param detect from when it began until it was confirmed, of those that were found
  /// @param acknowledge from when it was confirmed until somebody had seen it
  /// @param repair from when it began until it was over
  record Line(Optional<Subject> subject, int many, Took detect, Took acknowledge, Took repair) {}

  /// How long something took.
  ///
  /// @param many how often it has happened
  /// @param mean zero if it has not happened
  /// @param median zero if it has not happened
  record Took(int many, Duration mean, Duration median) {
    private static Took of(List<Duration> all) {
      if (all.isEmpty()) {
        return new Took(0, Duration.ZERO, Duration.ZERO);
      }
      List<Duration> sorted = all.stream().sorted().toList();
      int middle = sorted.size() / 2;
      Duration median =
          sorted.size() % 2 == 1
              ? sorted.get(middle)
              : sorted.get(middle - 1).plus(sorted.get(middle)).dividedBy(2);
      Duration sum = sorted.stream().reduce(Duration.ZERO, Duration::plus);
      return new Took(sorted.size(), sum.dividedBy(sorted.size()), median);
    }
  }

  /// What is summed up of an incident.
  ///
  /// @param subjects what it is about
  /// @param found whether it was found; otherwise a person opened it
  record Row(
      List<Subject> subjects,
      boolean found,
      Instant started,
      Instant opened,
      Optional<Instant> acknowledged,
      Optional<Instant> resolved) {
    /// The same, about other subjects.
    Row about(List<Subject> others) {
      return new Row(others, found, started, opened, acknowledged, resolved);
    }
  }

  /// Which subject a line is about; empty: none.
  private record Key(Optional<Subject.Type> type, long id) {
    private static Key of(Subject subject) {
      return new Key(Optional.of(subject.type()), subject.id());
    }
  }

  private static final class Sum {
    private Optional<Subject> subject = Optional.empty();
    private int many;
    private final List<Duration> detect = new ArrayList<>();
    private final List<Duration> acknowledge = new ArrayList<>();
    private final List<Duration> repair = new ArrayList<>();

    private void add(Row row) {
      many++;
      if (row.found()) {
        add(detect, row.started(), row.opened());
      }
      row.acknowledged().ifPresent(at -> add(acknowledge, row.opened(), at));
      row.resolved().ifPresent(at -> add(repair, row.started(), at));
    }

    /// A clock that was set may make it negative.
    private static void add(List<Duration> all, Instant from, Instant to) {
      Duration took = Duration.between(from, to);
      all.add(took.isNegative() ? Duration.ZERO : took);
    }

    private Line line() {
      return new Line(subject, many, Took.of(detect), Took.of(acknowledge), Took.of(repair));
    }
  }

  /// Sums up incidents, given from the oldest to the newest.
  static IncidentSummary of(List<Row> rows) {
    Sum all = new Sum();
    Map<Key, Sum> sums = new HashMap<>();
    for (Row row : rows) {
      all.add(row);
      if (row.subjects().isEmpty()) {
        sums.computeIfAbsent(new Key(Optional.empty(), 0), _ -> new Sum()).add(row);
      }
      for (Subject subject : row.subjects()) {
        Sum sum = sums.computeIfAbsent(Key.of(subject), _ -> new Sum());
        sum.subject = Optional.of(subject);
        sum.add(row);
      }
    }
    return new IncidentSummary(
        all.line(),
        sums.values().stream()
            .map(Sum::line)
            .sorted(
                Comparator.comparing((Line line) -> -line.many())
                    .thenComparing(line -> line.subject().map(Subject::name).orElse("")))
            .toList());
  }
}
