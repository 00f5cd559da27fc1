package dev.rollcall.server.time;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Follows the clocks of this machine, and tells what has happened to them since it was asked last:
/// whether the wall clock was set, whether the machine slept, whether the caller stood still.
///
/// For one thread. What it tells counts as told once it is [#seen], so that who fails to act on it
/// is told again.
public final class ClockWatch {
  /// What has happened.
  ///
  /// @param now the wall clock
  /// @param monotonic the monotonic clock
  /// @param set how far the wall clock was set forward, or, negative, back; of drifts below the
  ///   threshold, zero
  /// @param slept how long the machine slept, as far as it is known
  /// @param stoodStill how long after the end of its [#rest] the caller has come back
  public record Change(
      Instant now, Duration monotonic, Duration set, Duration slept, Duration stoodStill) {
    /// Whether the wall clock was set back.
    public boolean isSetBack() {
      return set.isNegative();
    }
  }

  /// What is shorter is noise: the clock that counts the naps is not read at the same instant.
  private static final Duration LEAST_NAP = Duration.ofSeconds(1);

  private final Clock clock;
  private final SleepClock sleep;
  private final Duration threshold;
  private Instant wall;
  private Duration monotonic;
  private Optional<Duration> slept;
  private Duration restsUntil;

  /// For those to whom it is all the same whether the machine slept or its clock was set forward.
  ///
  /// @param threshold how far the wall clock has to drift from the monotonic one to count as set
  public ClockWatch(Clock clock, Duration threshold) {
    this(clock, Optional::empty, threshold);
  }

  /// @param threshold how far the wall clock has to drift from the monotonic one to count as set
  public ClockWatch(Clock clock, SleepClock sleep, Duration threshold) {
    this.clock = clock;
    this.sleep = sleep;
    this.threshold = threshold;
    this.wall = clock.wall();
    this.monotonic = clock.monotonic();
    this.slept = sleep.slept();
    this.restsUntil = monotonic;
  }

  /// What has happened since the last change that was [#seen].
  public Change look() {
    Instant now = clock.wall();
    Duration time = clock.monotonic();
    Duration drift = Duration.between(wall, now).minus(time.minus(monotonic));
    Duration nap = isSet(drift) ? slept() : Duration.ZERO;
    Duration set = isSet(drift.minus(nap)) ? drift.minus(nap) : Duration.ZERO;
    Duration late = time.minus(restsUntil);
    return new Change(now, time, set, nap, late.isPositive() ? late : Duration.ZERO);
  }

  /// The caller has done what follows from this change.
  public void seen(Change change) {
    wall = change.now();
    monotonic = change.monotonic();
    if (!change.set().isZero() || !change.slept().isZero()) {
      slept = sleep.slept(); // asked for seldom: it reads a file
    }
  }

  /// The caller means to come back after so long.
  public void rest(Duration pause) {
    restsUntil = clock.monotonic().plus(pause);
  }

  private boolean isSet(Duration drift) {
    return drift.abs().compareTo(threshold) > 0;
  }

  private Duration slept() {
    return sleep
        .slept()
        .flatMap(to -> slept.map(to::minus))
        .filter(nap -> nap.compareTo(LEAST_NAP) >= 0)
        .orElse(Duration.ZERO);
  }
}
