package dev.rollcall.server.outbox;

import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Severity;
import dev.rollcall.server.signal.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Which incidents a channel is told of, when, and how often. An empty list or set chooses nothing
/// out: everything fits.
///
/// @param tags one of these is among those of the subject
/// @param groups the subject lies in one of these, or is one of these
/// @param names one of these is the name of the subject; `*` stands for any characters
/// @param kinds words such as `down`
/// @param hours it is told within these; what opens outside of them is told when they begin
/// @param after it is told when the incident has been open for so long
/// @param remind how long after it was told it is told again; twice as long each time, up to a day
/// @param resolved whether it is told of the end
/// @param absences whether it is told that nobody looked for more than a minute
public record AlertRoute(
    List<String> tags,
    List<String> groups,
    List<String> names,
    Set<Severity> severity,
    Set<String> kinds,
    Optional<ChannelHours> hours,
    Duration after,
    Optional<Duration> remind,
    boolean resolved,
    boolean absences) {
  /// Everything at once, and its end.
  public static final AlertRoute EVERYTHING =
      new AlertRoute(
          List.of(),
          List.of(),
          List.of(),
          Set.of(),
          Set.of(),
          Optional.empty(),
          Duration.ZERO,
          Optional.empty(),
          true,
          false);

  private static final Duration LONGEST_REMINDER = Duration.ofDays(1);

  /// Copies the lists.
  public AlertRoute {
    tags = List.copyOf(tags);
    groups = List.copyOf(groups);
    names = List.copyOf(names);
    severity = Set.copyOf(severity);
    kinds = Set.copyOf(kinds);
  }

  /// Whether an incident fits.
  ///
  /// @param channel the name of the channel as its owner knows it
  /// @param subject empty: it is about nothing in particular
  /// @param kind such as `down`
  public boolean fits(String channel, Optional<Subject> subject, String kind, AlertKeys keys) {
    if (!keys.channels().isEmpty()) {
      return keys.channels().contains(channel);
    }
    String name = subject.map(Subject::name).orElse("");
    return (tags.isEmpty() || keys.tags().stream().anyMatch(tags::contains))
        && (groups.isEmpty() || subject.filter(one -> one.isOf(groups, keys)).isPresent())
        && (names.isEmpty() || names.stream().anyMatch(pattern -> isLike(name, pattern)))
        && (severity.isEmpty() || severity.contains(keys.severity()))
        && (kinds.isEmpty() || kinds.contains(kind));
  }

  /// Whether a name fits a pattern, in which `*` stands for any characters. A regular expression
  /// would try all ways in which several `*` may share a name, and accounts write patterns: this
  /// takes each part at the first place where it is, which fits if any place does.
  public static boolean isLike(String name, String pattern) {
    String[] parts = pattern.split("\\*", -1);
    if (parts.length == 1) {
      return name.equals(pattern);
    }
    String last = parts[parts.length - 1];
    int end = name.length() - last.length();
    if (!name.startsWith(parts[0]) || !name.endsWith(last)) {
      return false;
    }
    int at = parts[0].length();
    for (int i = 1; i < parts.length - 1; i++) {
      int found = name.indexOf(parts[i], at);
      if (found < 0) {
        return false;
      }
      at = found + parts[i].length();
    }
    return at <= end;
  }

  /// When it is told of an incident that has opened.
  public Instant told(Instant opened) {
    return within(opened.plus(after));
  }

  /// When it is told again of one that it was told of so many times.
  ///
  /// @param times 1 or more
  public Optional<Instant> toldAgain(Instant told, int times) {
    return remind.map(
        first -> {
          Duration wait = first;
          for (int i = 1; i < times && wait.compareTo(LONGEST_REMINDER) < 0; i++) {
            wait = wait.multipliedBy(2);
          }
          Duration most = first.compareTo(LONGEST_REMINDER) > 0 ? first : LONGEST_REMINDER;
          return within(told.plus(wait.compareTo(most) > 0 ? most : wait));
        });
  }

  private Instant within(Instant at) {
    return hours.map(some -> some.from(at)).orElse(at);
  }
}
