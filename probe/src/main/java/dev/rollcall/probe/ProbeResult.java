package dev.rollcall.probe;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// What one probe found: well, or why not, and how long it took.
///
/// @param name the probe's name
/// @param status how well it is
/// @param reason why it is not [Status#OK], in one line; empty where it is. Never longer than
///   [#LONGEST_FAILURE] characters
/// @param duration from the start of the check to its end, or to where the prober gave up on it
/// @param details what the probe tells besides, by name, in its order; each value is one line
public record ProbeResult(
    String name,
    Status status,
    Optional<String> reason,
    Duration duration,
    Map<String, String> details) {
  /// How many characters of a failure, and of a detail, are kept: 500.
  public static final int LONGEST_FAILURE = 500;

  /// Checks itself: a text is one line of bounded length, whatever was thrown.
  public ProbeResult {
    Objects.requireNonNull(name, "name");
    if (reason.isPresent() == (status == Status.OK)) {
      throw new IllegalArgumentException("a reason belongs to what is not well: " + status);
    }
    reason = reason.map(OneLine::of);
    Objects.requireNonNull(duration, "duration");
    details = details.isEmpty() ? Map.of() : lines(details);
  }

  /// A result without details: down where there is a failure, else well.
  public ProbeResult(String name, Optional<String> failure, Duration duration) {
    this(name, failure.isPresent() ? Status.DOWN : Status.OK, failure, duration, Map.of());
  }

  private static Map<String, String> lines(Map<String, String> details) {
    Map<String, String> lines = new LinkedHashMap<>();
    details.forEach((name, value) -> lines.put(OneLine.of(name), OneLine.detail(name, value)));
    return Collections.unmodifiableMap(lines);
  }

  static ProbeResult well(String name, Duration duration) {
    return new ProbeResult(name, Optional.empty(), duration);
  }

  static ProbeResult failed(String name, String why, Duration duration) {
    return new ProbeResult(name, Optional.of(why), duration);
  }

  /// What a check that returned normally found, by what it noted on its way.
  static ProbeResult returned(String name, Attempt attempt, Duration duration) {
    Optional<String> degraded = attempt.degraded();
    Status status = degraded.isPresent() ? Status.DEGRADED : Status.OK;
    return new ProbeResult(name, status, degraded, duration, attempt.details());
  }

  /// What a check that failed found: what it noted is kept with why it failed.
  static ProbeResult threw(String name, String why, Attempt attempt, Duration duration) {
    return new ProbeResult(name, Status.DOWN, Optional.of(why), duration, attempt.details());
  }

  /// Whether the check returned normally, in time; also when it is [Status#DEGRADED].
  public boolean healthy() {
    return status != Status.DOWN;
  }

  /// Why the probe is down; empty when it is not.
  public Optional<String> failure() {
    return healthy() ? Optional.empty() : reason;
  }

  /// `took 12.3ms` when well, with the duration as Go prints it ([time.Duration.String][1]);
  /// `degraded: <why>`; else `error`.
  ///
  /// [1]: https://pkg.go.dev/time#Duration.String
  public String comment() {
    return switch (status) {
      case OK -> "took " + GoDuration.text(duration);
      case DEGRADED -> "degraded: " + reason.orElse("");
      case DOWN -> "error";
    };
  }

  /// `probe check failed: <why>` when not well.
  public Optional<String> error() {
    return failure().map(why -> "probe check failed: " + why);
  }
}
