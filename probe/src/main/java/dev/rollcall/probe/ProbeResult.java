package dev.rollcall.probe;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/// What one probe found: well, or why not, and how long it took.
///
/// @param name the probe's name
/// @param failure why the probe is not well, in one line; empty when it is well. Never longer than
///   [#LONGEST_FAILURE] characters
/// @param duration from the start of the check to its end, or to where the prober gave up on it
public record ProbeResult(String name, Optional<String> failure, Duration duration) {
  /// How many characters of a failure are kept: 500.
  public static final int LONGEST_FAILURE = 500;

  /// Checks itself: a failure is one line of bounded length, whatever was thrown.
  public ProbeResult {
    Objects.requireNonNull(name, "name");
    failure = failure.map(OneLine::of);
    Objects.requireNonNull(duration, "duration");
  }

  static ProbeResult well(String name, Duration duration) {
    return new ProbeResult(name, Optional.empty(), duration);
  }

  static ProbeResult failed(String name, String why, Duration duration) {
    return new ProbeResult(name, Optional.of(why), duration);
  }

  /// Whether the check returned normally, in time.
  public boolean healthy() {
    return failure.isEmpty();
  }

  /// `took 12.3ms` when well, with the duration as Go prints it ([time.Duration.String][1]); else
  /// `error`.
  ///
  /// [1]: https://pkg.go.dev/time#Duration.String
  public String comment() {
    return healthy() ? "took " + GoDuration.text(duration) : "error";
  }

  /// `probe check failed: <why>` when not well.
  public Optional<String> error() {
    return failure.map(why -> "probe check failed: " + why);
  }
}
