package dev.rollcall.server.time;

import java.util.List;
import java.util.Locale;

/// Reads the five fields of a crontab line, or `@daily` and the like, as Debian's cron does
/// (vixie-cron 3.0pl1). It accepts and rejects the same lines, and they mean the same.
///
/// Some of its rules are surprising:
///
/// - A field that begins with `*` is a wildcard, whatever follows (`*/2`).
/// - A range that ends before it begins is empty (`Fri-Sun`, as `Sun` is 0).
/// - What follows a number or a range up to the next blank is ignored, unless it is a letter or a
///   digit (`1-5;7`).
final class CronLine {
  private static final int LONGEST = 1_000;
  private static final String HOW = "write the five fields of a crontab line, as in 0 3 * * *";
  private static final List<String> NO_NAMES = List.of();
  private static final List<String> MONTHS =
      List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
  private static final List<String> WEEKDAYS =
      List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");

  private static final long MOST = Long.MAX_VALUE / 10 - 1;
  private static final char END = '\n';

  /// The values of one field.
  ///
  /// @param bits bit n is set if the field matches n
  /// @param wildcard whether the field begins with `*`
  record Field(long bits, boolean wildcard) {}

  private final String line;
  private int place;

  private CronLine(String line) {
    this.line = line;
  }

  /// @throws IllegalArgumentException if Debian's cron would reject the line; the message is a
  ///   phrase that follows the name of the parameter
  static CronSchedule read(String line) {
    if (line.length() > LONGEST) {
      throw new IllegalArgumentException("is longer than " + LONGEST + " characters");
    }
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if ((c < ' ' && c != '\t') || c > '~') {
        throw new IllegalArgumentException(
            "has an invalid character at position " + (i + 1) + ": " + HOW);
      }
    }
    CronLine rest = new CronLine(line);
    rest.skipBlanks();
    return rest.peek() == '@' ? named(line.strip()) : rest.fields();
  }

  private static CronSchedule named(String name) {
    return switch (name) {
      case "@yearly", "@annually" -> read("0 0 1 1 *");
      case "@monthly" -> read("0 0 1 * *");
      case "@weekly" -> read("0 0 * * 0");
      case "@daily", "@midnight" -> read("0 0 * * *");
      case "@hourly" -> read("0 * * * *");
      case "@reboot" -> throw new IllegalArgumentException("has no fixed times: give a frequency");
      default ->
          throw new IllegalArgumentException(
              "is none of @yearly, @annually, @monthly, @weekly, @daily, @midnight and @hourly");
    };
  }

  private CronSchedule fields() {
    Field minutes = field("minute", 0, 59, NO_NAMES);
    Field hours = field("hour", 0, 23, NO_NAMES);
    Field days = field("day of the month", 1, 31, NO_NAMES);
    Field months = field("month", 1, 12, MONTHS);
    Field weekdays = field("day of the week", 0, 7, WEEKDAYS);
    if (peek() != END) {
      throw new IllegalArgumentException(
          "has more than the five fields of a schedule: leave out seconds and the command");
    }
    return new CronSchedule(minutes, hours, days, months, weekdays);
  }

  private Field field(String name, int low, int high, List<String> names) {
    boolean wildcard = peek() == '*';
    long bits = 0;
    boolean more = true;
    while (more) {
      bits |= range(name, low, high, names);
      more = peek() == ',';
      if (more) {
        place++;
      }
    }
    while (!blank() && peek() != END) {
      if (low == 0 && high == 59 && peek() == '=') {
        throw bad(name); // cron takes the line for a variable
      }
      place++;
    }
    skipBlanks();
    return new Field(bits, wildcard);
  }

  /// `*`, a number, or a range, optionally with a step.
  private long range(String name, int low, int high, List<String> names) {
    int from = low;
    int to = high;
    if (peek() == '*') {
      place++;
    } else {
      from = number(name, low, names);
      if (peek() == '-') {
        place++;
        to = number(name, low, names);
      } else if (peek() == '/') {
        throw new IllegalArgumentException(
            "has a step after a single " + name + ": write " + from + "-" + high + "/... for it");
      } else {
        to = from;
      }
    }
    int step = 1;
    if (peek() == '/') {
      place++;
      step = number(name, 0, NO_NAMES);
    }
    if (step <= 0 || from < low || from > high || to < low || to > high) {
      throw bad(name);
    }
    long bits = 0;
    for (long value = from; value <= to; value += step) {
      bits |= 1L << value;
    }
    return bits;
  }

  private int number(String name, int low, List<String> names) {
    int from = place;
    boolean digits = true;
    long number = 0;
    for (char c = peek(); letter(c) || digit(c); c = peek()) {
      digits &= digit(c);
      number = number > MOST ? Long.MAX_VALUE : number * 10 + (c - '0');
      place++;
    }
    int index = names.indexOf(line.substring(from, place).toLowerCase(Locale.ROOT));
    if (index >= 0) {
      return low + index;
    }
    if (place == from || !digits) {
      throw bad(name);
    }
    return (int) number; // overflows as in atoi
  }

  private IllegalArgumentException bad(String name) {
    return new IllegalArgumentException("is no schedule (see its " + name + "): " + HOW);
  }

  private void skipBlanks() {
    while (blank()) {
      place++;
    }
  }

  private char peek() {
    return place < line.length() ? line.charAt(place) : END;
  }

  private boolean blank() {
    return peek() == ' ' || peek() == '\t';
  }

  private static boolean letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static boolean digit(char c) {
    return c >= '0' && c <= '9';
  }
}
