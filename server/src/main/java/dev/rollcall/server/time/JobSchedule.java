package dev.rollcall.server.time;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;

/// When a heartbeat is expected after a ping.
public sealed interface JobSchedule {
  /// The last second of the year 9999: for a schedule that has no further time.
  Instant NEVER = Instant.ofEpochSecond(253_402_300_799L);

  /// The time at which the next ping is expected, after one at `last`.
  Instant next(Instant last);

  /// A fixed time after the last ping.
  ///
  /// @param frequency 1 s to 520 weeks, in whole seconds
  record Every(Duration frequency) implements JobSchedule {
    private static final Duration LEAST = Duration.ofSeconds(1);
    private static final Duration MOST = Duration.ofDays(520 * 7L);

    public Every {
      if (frequency.compareTo(LEAST) < 0 || frequency.compareTo(MOST) > 0) {
        throw new IllegalArgumentException(frequency + " is not 1 s to 520 weeks");
      }
    }

    @Override
    public Instant next(Instant last) {
      return last.plus(frequency);
    }
  }

  /// The times of a crontab line in a time zone: see [CronSchedule].
  ///
  /// @param expression the five fields of a crontab line, as in `0 3 * * *`, or `@daily` and the
  ///   like
  record Calendar(String expression, ZoneId zone) implements JobSchedule {
    private static final int LONGEST_ZONE = 64;

    /// Zones of the tz database that Java leaves out.
    private static final Map<String, String> OF_OLD =
        Map.of("EST", "-05:00", "MST", "-07:00", "HST", "-10:00", "ROC", "Asia/Taipei");

    /// The time zone of that name; empty if there is none.
    public static Optional<ZoneId> zone(String name) {
      if (name.length() > LONGEST_ZONE) {
        return Optional.empty();
      }
      try {
        return Optional.of(ZoneId.of(name, OF_OLD));
      } catch (DateTimeException e) {
        return Optional.empty();
      }
    }

    /// Reads and checks an expression.
    ///
    /// @throws IllegalArgumentException if it is no schedule or never matches; the message is a
    ///   phrase
    public static Calendar of(String expression, ZoneId zone) {
      if (!CronLine.read(expression).comes()) {
        throw new IllegalArgumentException(
            "never matches: there is no day or no time that fits all its fields");
      }
      return new Calendar(expression.strip().replaceAll("[ \t]+", " "), zone);
    }

    @Override
    public Instant next(Instant last) {
      return CronLine.read(expression).next(last, zone.getRules());
    }
  }
}
