package dev.rollcall.server.time;

import dev.rollcall.server.time.CronLine.Field;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.OptionalLong;

/// The times at which the job of a crontab line runs, as in Debian's cron (vixie-cron 3.0pl1).
///
/// - **Days.** If neither day field begins with `*`, one of the two has to match; otherwise both.
/// - **Clock forward by less than three hours.** A job with wildcards, whose minute or hour begins
///   with `*`, does not run at the skipped times. Any other job runs once, right after the change.
/// - **Clock back by three hours at most.** A job with wildcards runs each time that a repeated
///   minute comes. Any other job runs only the first time.
/// - **A larger change** counts as a clock that was set: skipped times are not run, repeated times
///   run twice.
/// - **Forward by less than five minutes** skips nothing.
final class CronSchedule {
  private static final int HOUR = 60;
  private static final int DAY = 24 * HOUR;
  private static final int CATCH_UP = 5;
  private static final int LARGEST_CHANGE = 3 * HOUR;

  /// The calendar repeats after this many years.
  private static final int YEARS = 400;

  private final long minutes;
  private final int hours;
  private final int days;
  private final int months;
  private final int weekdays;
  private final boolean bothDays;
  private final boolean wildcard;

  CronSchedule(Field minutes, Field hours, Field days, Field months, Field weekdays) {
    this.minutes = minutes.bits();
    this.hours = (int) hours.bits();
    this.days = (int) days.bits();
    this.months = (int) months.bits();
    int week = (int) weekdays.bits();
    this.weekdays = (week | week >> 7) & 0x7f; // Sunday is 0 and 7
    this.bothDays = days.wildcard() || weekdays.wildcard();
    this.wildcard = minutes.wildcard() || hours.wildcard();
  }

  /// Whether the calendar contains any time that matches.
  boolean comes() {
    return following(0).isPresent();
  }

  /// The first time after `last`.
  ///
  /// @return [JobSchedule#NEVER] if there is none
  Instant next(Instant last, ZoneRules rules) {
    Instant from = last;
    ZoneOffset offset = rules.getOffset(last);
    long reached = reached(last, offset, rules);
    OptionalLong minute = following(reached);
    while (minute.isPresent()) {
      long at = minute.getAsLong() * 60 - offset.getTotalSeconds();
      ZoneOffsetTransition change = rules.nextTransition(from);
      if (change == null || at < change.toEpochSecond()) {
        return Instant.ofEpochSecond(at);
      }
      long before = minute(change.toEpochSecond() + change.getOffsetBefore().getTotalSeconds());
      long after = minute(change.toEpochSecond() + change.getOffsetAfter().getTotalSeconds());
      long forward = after - before;
      boolean leftOutRuns = forward < CATCH_UP || (!wildcard && forward < LARGEST_CHANGE);
      if (forward > 0 && leftOutRuns && minute.getAsLong() <= after) {
        return change.getInstant();
      }
      if (forward < 0 ? wildcard || -forward > LARGEST_CHANGE : minute.getAsLong() < after) {
        minute = following(after - 1);
      }
      from = change.getInstant();
      offset = change.getOffsetAfter();
    }
    return JobSchedule.NEVER;
  }

  /// The last minute on the local clock whose jobs have run. For jobs that run once, after the
  /// clock was put back, it is the last minute before that change.
  private long reached(Instant last, ZoneOffset offset, ZoneRules rules) {
    long minute = minute(last.getEpochSecond() + offset.getTotalSeconds());
    if (wildcard) {
      return minute;
    }
    ZoneOffsetTransition change = rules.previousTransition(last.plusNanos(1));
    if (change == null || !change.isOverlap()) {
      return minute;
    }
    long before = minute(change.toEpochSecond() + change.getOffsetBefore().getTotalSeconds());
    long after = minute(change.toEpochSecond() + change.getOffsetAfter().getTotalSeconds());
    return before - after > LARGEST_CHANGE ? minute : Math.max(minute, before - 1);
  }

  private static long minute(long seconds) {
    return Math.floorDiv(seconds, 60L);
  }

  /// The first minute on the local clock after `minute` that matches. Both are counted from 1970.
  private OptionalLong following(long minute) {
    LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(minute + 1, (long) DAY));
    int today = fits(date) ? inDay((int) Math.floorMod(minute + 1, (long) DAY)) : -1;
    if (today >= 0) {
      return OptionalLong.of(date.toEpochDay() * DAY + today);
    }
    int first = inDay(0);
    LocalDate month = date.withDayOfMonth(1);
    int day = first < 0 ? 0 : firstDay(month, date.getDayOfMonth() + 1);
    for (int i = 0; i < YEARS * 12 && day == 0 && first >= 0; i++) {
      month = month.plusMonths(1);
      day = firstDay(month, 1);
    }
    return day == 0
        ? OptionalLong.empty()
        : OptionalLong.of((month.toEpochDay() + day - 1) * DAY + first);
  }

  private boolean fits(LocalDate date) {
    return firstDay(date.withDayOfMonth(1), date.getDayOfMonth()) == date.getDayOfMonth();
  }

  /// The first day of the month, from `from` on, that matches; 0 if there is none.
  private int firstDay(LocalDate month, int from) {
    if ((months & 1 << month.getMonthValue()) == 0) {
      return 0;
    }
    int first = month.getDayOfWeek().getValue() % 7;
    long week = (weekdays >> first) | ((weekdays << (7 - first)) & 0x7f); // of the first seven days
    long byWeekday = (week | week << 7 | week << 14 | week << 21 | week << 28) << 1;
    long fit = bothDays ? days & byWeekday : days | byWeekday;
    fit &= (1L << (month.lengthOfMonth() + 1)) - (1L << from);
    return fit <= 0 ? 0 : Long.numberOfTrailingZeros(fit);
  }

  /// The first minute of the day, from `from` on, that matches; -1 if there is none.
  private int inDay(int from) {
    int hour = from / HOUR;
    long rest = minutes >>> from % HOUR;
    if ((hours & 1 << hour) != 0 && rest != 0) {
      return from + Long.numberOfTrailingZeros(rest);
    }
    int later = hours & -2 << hour;
    return later == 0 || minutes == 0
        ? -1
        : Integer.numberOfTrailingZeros(later) * HOUR + Long.numberOfTrailingZeros(minutes);
  }
}
