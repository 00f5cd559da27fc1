package dev.rollcall.server.collector;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Optional;

/// Converts instants to text: RFC 3339 in requests and answers; in files, UTC in the format of
/// [go-sqlite3](https://github.com/mattn/go-sqlite3).
///
/// `2026-01-07 22:30:00+00:00`, `2026-01-07 22:30:00.25+00:00`: SQLite's date functions can read
/// them. Their order as texts is their order in time, as `+` sorts before `.` and `.` before
/// digits.
final class Timestamps {
  private static final int LONGEST = 64;
  private static final DateTimeFormatter FRACTION =
      new DateTimeFormatterBuilder()
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .toFormatter();

  private Timestamps() {}

  /// Parses RFC 3339 with an offset: `2026-01-07T22:30:00Z`, `2026-01-07t23:30:00.5+01:00`. Digits
  /// beyond nanoseconds are dropped; a leap second becomes the first second of the next minute.
  static Optional<Instant> rfc3339(char[] text, int from, int length) {
    if (length < 20 || length > LONGEST) {
      return Optional.empty();
    }
    Reader in = new Reader(text, from, from + length);
    int year = in.number(4);
    in.expect('-');
    int month = in.number(2);
    in.expect('-');
    int day = in.number(2);
    in.expect('T');
    int hour = in.number(2);
    in.expect(':');
    int minute = in.number(2);
    in.expect(':');
    int second = in.number(2);
    int nanos = in.fraction();
    int offset = in.offset();
    if (!in.isGood() || second > 60) {
      return Optional.empty();
    }
    try {
      Instant at =
          LocalDateTime.of(
                  LocalDate.of(year, month, day),
                  LocalTime.of(hour, minute, Math.min(second, 59), nanos))
              .toInstant(ZoneOffset.UTC)
              .plusSeconds((second == 60 ? 1 : 0) - offset);
      int inUtc = at.atOffset(ZoneOffset.UTC).getYear();
      return inUtc >= 0 && inUtc <= 9999 ? Optional.of(at) : Optional.empty();
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /// The text in files.
  static String stored(Instant at) {
    return text(at, ' ').append("+00:00").toString();
  }

  /// Converts the text of a file to RFC 3339 in UTC; a text that cannot be parsed is returned
  /// unchanged.
  static String answered(String stored) {
    String text = stored.strip().replace(' ', 'T');
    if (!text.matches(".*(Z|[+-]\\d\\d:\\d\\d)")) {
      text += "Z"; // CURRENT_TIMESTAMP is in UTC and has no offset
    }
    char[] characters = text.toCharArray();
    return rfc3339(characters, 0, characters.length).map(Timestamps::rfc3339).orElse(stored);
  }

  /// `2026-01-07T22:30:00Z`
  static String rfc3339(Instant at) {
    return text(at, 'T').append('Z').toString();
  }

  private static StringBuilder text(Instant at, char between) {
    LocalDateTime time =
        LocalDateTime.ofEpochSecond(at.getEpochSecond(), at.getNano(), ZoneOffset.UTC);
    StringBuilder text = new StringBuilder(36);
    int year = time.getYear();
    text.append((char) ('0' + year / 1000)).append((char) ('0' + year / 100 % 10));
    two(text, year % 100).append('-');
    two(text, time.getMonthValue()).append('-');
    two(text, time.getDayOfMonth()).append(between);
    two(text, time.getHour()).append(':');
    two(text, time.getMinute()).append(':');
    two(text, time.getSecond());
    if (time.getNano() > 0) {
      FRACTION.formatTo(time, text);
    }
    return text;
  }

  private static StringBuilder two(StringBuilder text, int number) {
    return text.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
  }

  /// Parses one text. A mistake only clears a flag, which is checked at the end.
  private static final class Reader {
    private final char[] text;
    private final int end;
    private int at;
    private boolean good = true;

    Reader(char[] text, int from, int end) {
      this.text = text;
      this.at = from;
      this.end = end;
    }

    boolean isGood() {
      return good && at == end;
    }

    void expect(char wanted) {
      good &= at < end && (text[at] == wanted || text[at] == Character.toLowerCase(wanted));
      at++;
    }

    int number(int digits) {
      int number = 0;
      for (int i = 0; i < digits; i++) {
        boolean digit = at < end && text[at] >= '0' && text[at] <= '9';
        good &= digit;
        number = number * 10 + (digit ? text[at] - '0' : 0);
        at++;
      }
      return number;
    }

    int fraction() {
      if (at >= end || text[at] != '.') {
        return 0;
      }
      at++;
      int nanos = 0;
      int digits = 0;
      for (; at < end && text[at] >= '0' && text[at] <= '9'; at++, digits++) {
        nanos = digits < 9 ? nanos * 10 + text[at] - '0' : nanos;
      }
      good &= digits > 0;
      for (; digits < 9; digits++) {
        nanos *= 10;
      }
      return nanos;
    }

    /// Seconds east of UTC.
    int offset() {
      if (at < end && (text[at] == 'Z' || text[at] == 'z')) {
        at++;
        return 0;
      }
      int sign = at < end && text[at] == '-' ? -1 : 1;
      good &= at < end && (text[at] == '+' || text[at] == '-');
      at++;
      int hours = number(2);
      expect(':');
      int minutes = number(2);
      good &= hours <= 23 && minutes <= 59;
      return sign * (hours * 3600 + minutes * 60);
    }
  }
}
