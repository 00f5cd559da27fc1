package dev.rollcall.server.time;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations as people write them: `250ms`, `15s`, `1m30s`, `2h`, `30d`. Whole numbers, larger
/// units first, each unit at most once. Days and weeks may also have the form of pings: `1D`, `2W`.
///
/// All durations are formatted here too, by one method. Its forms differ in their units: those of
/// settings, of people, of jobs and of Go.
public final class Durations {
  private static final Pattern SHAPE =
      Pattern.compile(
          "(?:(\\d+)W)?(?:(\\d+)[dD])?(?:(\\d+)h)?(?:(\\d+)m)?(?:(\\d+)s)?(?:(\\d+)ms)?");

  private static final long SECOND = 1000;
  private static final long MINUTE = 60 * SECOND;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  private record Unit(long millis, String word) {}

  /// How durations are written.
  ///
  /// @param units the largest first
  /// @param most as many units in a row, from the first one that counts
  /// @param whole whether the first one has to be without a rest
  /// @param zeros whether units behind the first one are written although there are none of them
  /// @param between what is between two units
  private record Form(List<Unit> units, int most, boolean whole, boolean zeros, String between) {
    boolean begins(Unit unit, long millis) {
      return millis >= unit.millis && (!whole || millis % unit.millis == 0);
    }
  }

  private static final Form SETTING =
      new Form(
          List.of(
              new Unit(DAY, "d"),
              new Unit(HOUR, "h"),
              new Unit(MINUTE, "m"),
              new Unit(SECOND, "s"),
              new Unit(1, "ms")),
          5,
          false,
          false,
          "");

  private static final Form PEOPLE =
      new Form(
          List.of(
              new Unit(DAY, " d"),
              new Unit(HOUR, " h"),
              new Unit(MINUTE, " min"),
              new Unit(SECOND, " s")),
          2,
          false,
          false,
          " ");

  private static final Form JOB =
      new Form(
          List.of(
              new Unit(7 * DAY, "W"),
              new Unit(DAY, "D"),
              new Unit(HOUR, "h"),
              new Unit(MINUTE, "m"),
              new Unit(SECOND, "s")),
          1,
          true,
          false,
          "");

  private static final Form GO =
      new Form(
          List.of(new Unit(HOUR, "h"), new Unit(MINUTE, "m"), new Unit(SECOND, "s")),
          3,
          false,
          true,
          "");

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
      for (Unit unit : SETTING.units) {
        String count = matcher.group(group++);
        if (count != null) {
          sum = sum.plus(Duration.ofMillis(Math.multiplyExact(Long.parseLong(count), unit.millis)));
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

  /// `1m30s`, `2h`, `30d`: the text of a duration, as [#parse] reads it; a fraction of a
  /// millisecond is left out.
  public static String text(Duration duration) {
    long millis = duration.toMillis();
    return millis == 0 ? "0s" : write(millis, SETTING);
  }

  /// `8 s`, `4 min 12 s`, `3 h 5 min`, `12 d 4 h`: two units, rounded down. The script of the page
  /// formats them in the same way.
  public static String words(Duration duration) {
    return write(Math.max(0, duration.toMillis()), PEOPLE);
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
    return write(duration.toSeconds() * SECOND, JOB);
  }

  /// `2h15m30s`: whole seconds in the form of Go, with hours as the largest unit.
  public static String ofGo(Duration duration) {
    return write(duration.toMillis(), GO);
  }

  private static String write(long millis, Form form) {
    List<Unit> units = form.units;
    int first = 0;
    while (first < units.size() - 1 && !form.begins(units.get(first), millis)) {
      first++;
    }
    StringBuilder text = new StringBuilder(12);
    long rest = millis;
    for (int i = first; i < Math.min(units.size(), first + form.most); i++) {
      Unit unit = units.get(i);
      long count = rest / unit.millis;
      rest -= count * unit.millis;
      if (i == first) {
        text.append(count).append(unit.word);
      } else if (count > 0 || form.zeros) {
        text.append(form.between).append(count).append(unit.word);
      }
    }
    return text.toString();
  }
}
