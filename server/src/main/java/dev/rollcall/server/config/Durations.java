package dev.rollcall.server.config;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations as people write them: `250ms`, `15s`, `1m30s`, `2h`, `30d`. Whole numbers, larger
/// units first, each unit at most once. Days and weeks may also have the form of pings: `1D`, `2W`.
public final class Durations {
  private static final Map<String, ChronoUnit> UNITS = units();
  private static final Pattern SHAPE =
      Pattern.compile(
          "(?:(\\d+)W)?(?:(\\d+)[dD])?(?:(\\d+)h)?(?:(\\d+)m)?(?:(\\d+)s)?(?:(\\d+)ms)?");

  /// Its number of nanoseconds fits into a long.
  private static final Duration LONGEST = Duration.ofDays(100_000);

  private Durations() {}

  /// Parses a duration.
  ///
  /// @throws IllegalArgumentException with a phrase that follows the text: `is no duration...`
  public static Duration parse(String text) {
    Matcher matcher = SHAPE.matcher(text);
    if (text.isEmpty() || !matcher.matches()) {
      throw new IllegalArgumentException(
          "is no duration: write it as 250ms, 15s, 1m30s, 2h, 30d or 2W");
    }
    try {
      Duration sum = Duration.ZERO;
      String weeks = matcher.group(1);
      if (weeks != null) {
        sum = Duration.ofDays(Math.multiplyExact(7, Long.parseLong(weeks)));
      }
      int group = 2;
      for (ChronoUnit unit : UNITS.values()) {
        String count = matcher.group(group++);
        if (count != null) {
          sum = sum.plus(Duration.of(Long.parseLong(count), unit));
        }
      }
      if (sum.compareTo(LONGEST) <= 0) {
        return sum;
      }
    } catch (ArithmeticException | NumberFormatException e) {
      // It is even longer.
    }
    throw new IllegalArgumentException("is too long a duration: give 100000d at most");
  }

  /// The text of a duration, as [#parse] reads it; a fraction of a millisecond is left out.
  public static String text(Duration duration) {
    if (duration.toMillis() == 0) {
      return "0s";
    }
    StringBuilder text = new StringBuilder();
    Duration rest = duration;
    for (Map.Entry<String, ChronoUnit> unit : UNITS.entrySet()) {
      long count = rest.dividedBy(unit.getValue().getDuration());
      if (count > 0) {
        text.append(count).append(unit.getKey());
        rest = rest.minus(Duration.of(count, unit.getValue()));
      }
    }
    return text.toString();
  }

  private static Map<String, ChronoUnit> units() {
    Map<String, ChronoUnit> units = new LinkedHashMap<>();
    units.put("d", ChronoUnit.DAYS);
    units.put("h", ChronoUnit.HOURS);
    units.put("m", ChronoUnit.MINUTES);
    units.put("s", ChronoUnit.SECONDS);
    units.put("ms", ChronoUnit.MILLIS);
    return units;
  }
}
