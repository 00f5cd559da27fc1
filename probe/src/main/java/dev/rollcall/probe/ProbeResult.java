package dev.rollcall.probe;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The result of one probe: status, reason and duration.
///
/// @param name the probe's name
/// @param status its status
/// @param reason why it is not [Status#OK], in one line; empty if it is. At most [#LONGEST_FAILURE]
///   characters
/// @param duration from the start of the check to its end, or to the moment at which the prober
///   gave it up
/// @param details additional values of the probe, by name, in its order; each value is one line
public record ProbeResult(
    String name,
    Status status,
    Optional<String> reason,
    Duration duration,
    Map<String, String> details) {
  /// Maximum length of a failure and of a detail: 500 characters.
  public static final int LONGEST_FAILURE = 500;

  /// Makes each text one line of limited length, whatever was thrown.
  public ProbeResult {
    Objects.requireNonNull(name, "name");
    if (reason.isPresent() == (status == Status.OK)) {
      throw new IllegalArgumentException("a reason belongs to what is not well: " + status);
    }
    reason = reason.map(OneLine::of);
    Objects.requireNonNull(duration, "duration");
    details = details.isEmpty() ? Map.of() : lines(details);
  }

  /// A result without details: down if there is a failure, else healthy.
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

  /// The result of a check that returned normally.
  static ProbeResult returned(String name, Attempt attempt, Duration duration) {
    Optional<String> degraded = attempt.degraded();
    Status status = degraded.isPresent() ? Status.DEGRADED : Status.OK;
    return new ProbeResult(name, status, degraded, duration, attempt.details());
  }

  /// The result of a failed check, with everything that it recorded.
  static ProbeResult threw(String name, String why, Attempt attempt, Duration duration) {
    return new ProbeResult(name, Status.DOWN, Optional.of(why), duration, attempt.details());
  }

  /// Whether the check returned normally in time. Also true for [Status#DEGRADED].
  public boolean healthy() {
    return status != Status.DOWN;
  }

  /// Why the probe is down; empty if it is not.
  public Optional<String> failure() {
    return healthy() ? Optional.empty() : reason;
  }

  /// `took 12.3ms` if healthy, with the duration in Go's format ([time.Duration.String][1]);
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

  /// `probe check failed: <why>` if unhealthy.
  public Optional<String> error() {
    return failure().map(why -> "probe check failed: " + why);
  }
}
