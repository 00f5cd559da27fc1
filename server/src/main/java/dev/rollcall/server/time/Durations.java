package dev.rollcall.server.time;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations as people write them: `250ms`, `15s`, `1m30s`, `2h`, `30d`. Whole numbers, larger
/// units first, each unit at most once. Days and weeks may also have the form of pings: `1D`, `2W`.
///
/// All formatting of durations is here too: for settings, for people, and in the forms of
/// contracts.
public final class Durations {
  private static final Map<String, ChronoUnit> UNITS = units();
  private static final Pattern SHAPE =
      Pattern.compile(
          "(?:(\\d+)W)?(?:(\\d+)[dD])?(?:(\\d+)h)?(?:(\\d+)m)?(?:(\\d+)s)?(?:(\\d+)ms)?");

  private static final int MINUTE = 60;
  private static final int HOUR = 60 * MINUTE;
  private static final int DAY = 24 * HOUR;
  private static final List<Map.Entry<String, Integer>> UNITS_OF_JOBS =
      List.of(
          Map.entry("W", 7 * DAY),
          Map.entry("D", DAY),
          Map.entry("h", HOUR),
          Map.entry("m", MINUTE));

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

  /// `8 s`, `4 min 12 s`, `3 h 5 min`, `12 d 4 h`: two units, rounded down. The script of the page
  /// formats them in the same way.
  public static String words(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    if (seconds < MINUTE) {
      return seconds + " s";
    }
    if (seconds < HOUR) {
      return two(seconds, MINUTE, " min", 1, " s");
    }
    return seconds < DAY
        ? two(seconds, HOUR, " h", MINUTE, " min")
        : two(seconds, DAY, " d", HOUR, " h");
  }

  private static String two(
      long seconds, int large, String largeUnit, int small, String smallUnit) {
    long rest = seconds % large / small;
    return seconds / large + largeUnit + (rest == 0 ? "" : " " + rest + smallUnit);
  }

  /// `0.42 ms`, `4.2 ms`, `42 ms`, `1,234 ms`.
  public static String millis(Duration duration) {
    double millis = duration.toNanos() / 1e6;
    if (millis < 0.995) {
      return String.format(Locale.ROOT, "%.2f ms", millis);
    }
    if (millis < 9.95) {
      return String.format(Locale.ROOT, "%.1f ms", millis);
    }
    return millis < 999.5
        ? Math.round(millis) + " ms" // the most frequent case, thousands of times on a page
        : String.format(Locale.ROOT, "%,.0f ms", millis);
  }

  /// A duration as a job writes it, in the largest unit that gives a whole number: `90s`, `2h`,
  /// `1D`, `3W`.
  public static String ofJob(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds == 0) {
      return "0s";
    }
    for (Map.Entry<String, Integer> unit : UNITS_OF_JOBS) {
      if (seconds % unit.getValue() == 0) {
        return seconds / unit.getValue() + unit.getKey();
      }
    }
    return seconds + "s";
  }

  /// `2h15m30s`: whole seconds in the form of Go, with hours as the largest unit.
  public static String ofGo(Duration duration) {
    String seconds = duration.toSecondsPart() + "s";
    if (duration.toHours() > 0) {
      return duration.toHours() + "h" + duration.toMinutesPart() + "m" + seconds;
    }
    return duration.toMinutes() > 0 ? duration.toMinutes() + "m" + seconds : seconds;
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
