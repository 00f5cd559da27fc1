package dev.rollcall.server.heartbeat.routes;

import dev.rollcall.server.heartbeat.definition.Expectation;
import dev.rollcall.server.heartbeat.definition.HeartbeatName;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.time.JobSchedule;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;

/// Reads the parameters of a ping strictly. Each mistake is a [Refusal] that contains the
/// parameter, the value and what is allowed.
final class PingParameters {
  private static final long MOST_SECONDS = Duration.ofDays(520 * 7L).toSeconds();
  private static final int MOST_DIGITS = 18;

  private static final String LENGTHS =
      ": write a whole number and one of W, D, h, m, s, as in 10m; 520W at most";

  /// Where the parameters come from: a query.
  interface Source {
    /// The value of a parameter, if it is given.
    ///
    /// @throws Refusal if it is given more than once
    Optional<String> single(String name);
  }

  private PingParameters() {}

  /// The name in a query.
  static String name(Source source) {
    return name(
        source
            .single("name")
            .orElseThrow(
                () -> Refusal.ofParameter("name", "is missing: give the job a name, name=backup")));
  }

  /// Checks a name: see [HeartbeatName#fault].
  static String name(String name) {
    Optional<String> fault = HeartbeatName.fault(name);
    if (fault.isPresent()) {
      throw Refusal.ofParameter("name", fault.get());
    }
    return name;
  }

  /// When the next ping is expected: a frequency, or a schedule and its zone; and the grace.
  ///
  /// @return empty if neither frequency nor schedule is given
  static Optional<Expectation> terms(Source source) {
    Optional<String> frequency = source.single("frequency");
    Optional<String> schedule = source.single("schedule");
    Optional<String> zone = source.single("tz");
    Optional<Duration> grace =
        source.single("grace").map(text -> Duration.ofSeconds(seconds("grace", text, 0)));
    if (frequency.isPresent() && schedule.isPresent()) {
      throw Refusal.ofParameter("schedule", "is given together with frequency: give one of them");
    }
    if (zone.isPresent() && schedule.isEmpty()) {
      throw Refusal.ofParameter("tz", "is given without schedule: give both or neither");
    }
    Optional<JobSchedule> plan =
        frequency
            .<JobSchedule>map(
                text -> new JobSchedule.Every(Duration.ofSeconds(seconds("frequency", text, 1))))
            .or(() -> schedule.map(text -> calendar(text, zone)));
    if (plan.isEmpty() && grace.isPresent()) {
      throw Refusal.ofParameter("grace", "is given without frequency or schedule: give one too");
    }
    return plan.map(each -> new Expectation(each, grace.orElse(Duration.ZERO)));
  }

  /// The terms of a ping that has to state them.
  static Expectation requiredTerms(Source source) {
    return terms(source).orElseThrow(PingParameters::noTerms);
  }

  static Refusal noTerms() {
    return Refusal.ofParameter(
        "frequency",
        "is missing: give the time until the next call, as in frequency=10m, or a schedule");
  }

  private static JobSchedule calendar(String expression, Optional<String> zone) {
    ZoneId where = zone.map(PingParameters::zone).orElse(ZoneOffset.UTC);
    try {
      return JobSchedule.Calendar.of(expression, where);
    } catch (IllegalArgumentException e) {
      throw Refusal.ofParameter("schedule", "is '" + expression + "', which " + e.getMessage());
    }
  }

  static ZoneId zone(String text) {
    return JobSchedule.Calendar.zone(text)
        .orElseThrow(
            () ->
                Refusal.ofParameter(
                    "tz",
                    (text.isEmpty() ? "is empty" : "is '" + cut(text) + "', which is no time zone")
                        + ": write it as Europe/Berlin or UTC"));
  }

  /// A length of time in seconds.
  private static long seconds(String parameter, String text, long least) {
    int digits = text.length() - 1;
    long unit = digits < 1 ? 0 : unit(text.charAt(digits));
    long number = 0;
    boolean good = unit > 0;
    for (int i = 0; good && i < digits; i++) {
      char c = text.charAt(i);
      good = c >= '0' && c <= '9';
      number = Math.min(number * 10 + (c - '0'), MOST_SECONDS + 1); // it stays too large
    }
    if (!good) {
      throw Refusal.ofParameter(
          parameter,
          (text.isEmpty() ? "is empty" : "is '" + cut(text) + "'" + meant(text)) + LENGTHS);
    }
    if (number * unit > MOST_SECONDS) {
      throw Refusal.ofParameter(parameter, "is '" + cut(text) + "', which is too long" + LENGTHS);
    }
    if (number * unit < least) {
      throw Refusal.ofParameter(parameter, "is '" + cut(text) + "', which is too short" + LENGTHS);
    }
    return number * unit;
  }

  /// A suggestion for a length with the unit in the wrong case, such as `10d`.
  private static String meant(String text) {
    if (!text.matches("[0-9]{1,10}[dwHMS]")) {
      return "";
    }
    String digits = text.substring(0, text.length() - 1);
    char unit = text.charAt(text.length() - 1);
    return ": did you mean "
        + digits
        + (unit == 'd' || unit == 'w' ? Character.toUpperCase(unit) : Character.toLowerCase(unit))
        + "?";
  }

  private static long unit(char unit) {
    return switch (unit) {
      case 'W' -> 7 * 86_400;
      case 'D' -> 86_400;
      case 'h' -> 3_600;
      case 'm' -> 60;
      case 's' -> 1;
      default -> 0;
    };
  }

  /// The time that a job states, in Unix seconds.
  ///
  /// @param latest the latest time that is accepted
  static Optional<Instant> timestamp(Source source, Instant latest) {
    return source.single("timestamp").map(text -> moment(text, latest));
  }

  private static Instant moment(String text, Instant latest) {
    boolean good = !text.isEmpty() && text.length() <= MOST_DIGITS;
    long seconds = 0;
    for (int i = 0; good && i < text.length(); i++) {
      char c = text.charAt(i);
      good = c >= '0' && c <= '9';
      seconds = seconds * 10 + (c - '0');
    }
    if (!good || seconds == 0) {
      throw Refusal.ofParameter(
          "timestamp",
          (text.isEmpty() ? "is empty" : "is '" + cut(text) + "'")
              + ": write Unix seconds, as in 1664743905, or leave it out");
    }
    if (seconds > latest.getEpochSecond()) {
      throw Refusal.ofParameter(
          "timestamp",
          "is '"
              + text
              + "', which is too far ahead of the server's clock: "
              + latest.getEpochSecond()
              + " at most");
    }
    return Instant.ofEpochSecond(seconds);
  }

  /// The id that a job gives to a run.
  static Optional<String> run(Source source) {
    Optional<String> run = source.single("rid");
    if (run.isPresent() && !run.get().matches("[A-Za-z0-9._:-]{1,64}")) {
      throw Refusal.ofParameter(
          "rid", "is no run id: give 1 to 64 letters, digits, or any of . _ : -");
    }
    return run;
  }

  private static String cut(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "...";
  }
}
