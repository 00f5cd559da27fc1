package dev.rollcall.server.outbox;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The hours of the week in which a channel is told: `Mon-Fri 18:00-08:00, Sat-Sun`.
///
/// @param spans any of them counts
public record ChannelHours(List<Span> spans, ZoneId zone) {
  private static final List<String> DAYS = List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");
  private static final int MINUTES = 24 * 60;
  private static final String DAY = "(mon|tue|wed|thu|fri|sat|sun)[a-z]*";
  private static final Pattern SPAN =
      Pattern.compile(
          "(?:DAY(?:\\s*-\\s*DAY)?)?\\s*(?:(\\d{1,2}):(\\d\\d)\\s*-\\s*(\\d{1,2}):(\\d\\d))?"
              .replace("DAY", DAY));

  /// Minutes of some days.
  ///
  /// @param days on which it begins
  /// @param from the minute of the day
  /// @param to the first minute that no longer belongs to it; if it is not after `from`, that is on
  ///   the next day
  public record Span(Set<DayOfWeek> days, int from, int to) {
    /// Copies the days.
    public Span {
      days = Set.copyOf(days);
    }

    private boolean contains(ZonedDateTime at) {
      int minute = at.getHour() * 60 + at.getMinute();
      if (from < to) {
        return days.contains(at.getDayOfWeek()) && minute >= from && minute < to;
      }
      return (days.contains(at.getDayOfWeek()) && minute >= from)
          || (days.contains(at.getDayOfWeek().minus(1)) && minute < to);
    }
  }

  /// Copies the list.
  public ChannelHours {
    spans = List.copyOf(spans);
  }

  /// Reads such a text.
  ///
  /// @throws IllegalArgumentException with a phrase that follows the text
  public static ChannelHours of(String text, ZoneId zone) {
    List<Span> spans = new ArrayList<>();
    for (String part : text.toLowerCase(Locale.ROOT).split(",", -1)) {
      Matcher span = SPAN.matcher(part.strip());
      if (part.isBlank() || !span.matches()) {
        throw new IllegalArgumentException(
            "is not understood: write hours as 'Mon-Fri 18:00-08:00, Sat-Sun'");
      }
      int from = minute(span.group(3), span.group(4), 0);
      int to = minute(span.group(5), span.group(6), MINUTES);
      if (from == to || from == MINUTES) {
        throw new IllegalArgumentException("contains a span that is empty: write 00:00-24:00");
      }
      spans.add(new Span(days(span.group(1), span.group(2)), from, to));
    }
    return new ChannelHours(spans, zone);
  }

  private static int minute(String hour, String minute, int otherwise) {
    if (hour == null) {
      return otherwise;
    }
    int minutes = Integer.parseInt(hour) * 60 + Integer.parseInt(minute);
    if (minutes > MINUTES || Integer.parseInt(minute) > 59) {
      throw new IllegalArgumentException("contains a time that is none: 00:00 to 24:00");
    }
    return minutes;
  }

  private static Set<DayOfWeek> days(String first, String last) {
    if (first == null) {
      return EnumSet.allOf(DayOfWeek.class);
    }
    Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
    DayOfWeek end = day(last == null ? first : last);
    DayOfWeek day = day(first);
    for (; day != end; day = day.plus(1)) {
      days.add(day);
    }
    days.add(end);
    return days;
  }

  private static DayOfWeek day(String word) {
    return DayOfWeek.of(DAYS.indexOf(word) + 1);
  }

  /// The first moment from `at` on that belongs to them.
  Instant from(Instant at) {
    ZonedDateTime moment = at.atZone(zone);
    if (contains(moment)) {
      return at;
    }
    ZonedDateTime minute = moment.truncatedTo(ChronoUnit.MINUTES);
    for (int i = 0; i < 8 * MINUTES && !contains(minute); i++) {
      minute = minute.plus(Duration.ofMinutes(1));
    }
    return minute.toInstant();
  }

  private boolean contains(ZonedDateTime at) {
    return spans.stream().anyMatch(span -> span.contains(at));
  }
}
