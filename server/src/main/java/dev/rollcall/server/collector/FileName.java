package dev.rollcall.server.collector;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The name of a results file, which contains its start in UTC: `results_2026-01-07_22-30-45.db`.
/// Files of older programs may have only the day: `results_2026-01-07.db`.
record FileName(String text, Instant begun) implements Comparable<FileName> {
  private static final Pattern NAME =
      Pattern.compile("results_(\\d{4})-(\\d\\d)-(\\d\\d)(?:_(\\d\\d)-(\\d\\d)-(\\d\\d))?\\.db");

  /// The name of a file started in that second.
  static FileName of(Instant begun) {
    Instant second = begun.truncatedTo(ChronoUnit.SECONDS);
    LocalDateTime at = LocalDateTime.ofInstant(second, ZoneOffset.UTC);
    return new FileName(
        "results_%04d-%02d-%02d_%02d-%02d-%02d.db"
            .formatted(
                at.getYear(),
                at.getMonthValue(),
                at.getDayOfMonth(),
                at.getHour(),
                at.getMinute(),
                at.getSecond()),
        second);
  }

  /// Parses the name of a file; empty if it is not the name of a results file.
  static Optional<FileName> parse(Path file) {
    String text = file.getFileName().toString();
    Matcher name = NAME.matcher(text);
    if (!name.matches()) {
      return Optional.empty();
    }
    try {
      LocalDateTime begun =
          LocalDateTime.of(
              number(name, 1),
              number(name, 2),
              number(name, 3),
              number(name, 4),
              number(name, 5),
              number(name, 6));
      return Optional.of(new FileName(text, begun.toInstant(ZoneOffset.UTC)));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static int number(Matcher name, int group) {
    String digits = name.group(group);
    return digits == null ? 0 : Integer.parseInt(digits);
  }

  /// The name of the next file: with the present second; or, if the clock has not moved on or was
  /// set back, the second after this one. So names sort in the order in which files were started.
  FileName next(Instant now) {
    return now.truncatedTo(ChronoUnit.SECONDS).isAfter(begun) ? of(now) : of(begun.plusSeconds(1));
  }

  @Override
  public int compareTo(FileName other) {
    int byTime = begun.compareTo(other.begun);
    return byTime != 0 ? byTime : text.compareTo(other.text);
  }
}
