package dev.rollcall.server.heartbeat;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Optional;
import java.util.regex.Pattern;

/// When a heartbeat is expected after one that came.
sealed interface Plan {
  /// The year 9999: for a schedule without another moment.
  Instant NEVER = Instant.ofEpochSecond(253_402_300_799L);

  /// The moment by which the next has to come, after one at `last`.
  Instant next(Instant last);

  /// So long after the last.
  ///
  /// @param frequency 1 s to 520 weeks, in whole seconds
  record Every(Duration frequency) implements Plan {
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

  /// At the moments of a crontab line, in a time zone.
  ///
  /// Where clocks are put forward, a moment that the day skips is left out, as nobody can say
  /// whether the job runs then; where they are put back, a moment that the day has twice counts
  /// once, the first time.
  ///
  /// @param expression the five fields of a crontab line, as in `0 3 * * *`
  record Calendar(String expression, ZoneId zone) implements Plan {
    private static final int LONGEST = 100;
    private static final Pattern FIELDS =
        Pattern.compile("[0-9A-Za-z*,/-]+( +[0-9A-Za-z*,/-]+){4}");
    private static final String HOW = "write the five fields of a crontab line, as in 0 3 * * *";

    /// Loading the library takes a while that no start should pay for.
    private static final class Parser {
      static final CronParser UNIX =
          new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));
    }

    /// Reads what somebody wrote.
    ///
    /// @throws IllegalArgumentException in a phrase, where it is no schedule or never comes
    static Calendar of(String expression, ZoneId zone) {
      if (expression.length() > LONGEST) {
        throw new IllegalArgumentException("is longer than " + LONGEST + " characters");
      }
      if (!FIELDS.matcher(expression).matches()) {
        throw new IllegalArgumentException("is no schedule: " + HOW);
      }
      Calendar calendar = new Calendar(expression, zone);
      boolean comes;
      try {
        comes = calendar.following(Instant.EPOCH).isPresent();
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("is no schedule (" + e.getMessage() + "): " + HOW, e);
      } catch (RuntimeException e) { // it trips over a field such as `1-`
        throw new IllegalArgumentException("is no schedule: " + HOW, e);
      }
      if (comes) {
        return calendar;
      }
      throw new IllegalArgumentException("never comes");
    }

    @Override
    public Instant next(Instant last) {
      return following(last).orElse(NEVER);
    }

    private Optional<Instant> following(Instant last) {
      return ExecutionTime.forCron(Parser.UNIX.parse(expression))
          .nextExecution(last.atZone(zone))
          .map(ZonedDateTime::toInstant);
    }
  }
}
