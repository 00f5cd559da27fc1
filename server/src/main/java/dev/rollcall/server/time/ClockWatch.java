package dev.rollcall.server.time;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Compares the clocks of this machine: whether the wall clock was set, whether the machine slept,
/// and whether the caller stood still.
///
/// For one thread. A change is reported again until the caller has handled it ([#seen]), because
/// handling it may fail.
public final class ClockWatch {
  /// What has happened since the last change that was handled.
  ///
  /// @param now the wall clock
  /// @param monotonic the monotonic clock
  /// @param set how far the wall clock was set forward, or back (negative); zero if the drift is
  ///   below the threshold
  /// @param slept how long the machine slept; zero if it is unknown
  /// @param stoodStill how long after the end of its [#rest] the caller looked again
  public record Change(
      Instant now, Duration monotonic, Duration set, Duration slept, Duration stoodStill) {
    /// Whether the wall clock was set back.
    public boolean isSetBack() {
      return set.isNegative();
    }
  }

  /// Shorter sleeps are noise: the clocks are not read at the same instant.
  private static final Duration SHORTEST_SLEEP = Duration.ofSeconds(1);

  private final Clock clock;
  private final SleepClock sleep;
  private final Duration threshold;
  private Instant wall;
  private Duration monotonic;
  private Optional<Duration> slept;
  private Duration restsUntil;

  /// For callers that handle a sleep of the machine like a clock that was set forward.
  ///
  /// @param threshold the drift from the monotonic clock above which the wall clock counts as set
  public ClockWatch(Clock clock, Duration threshold) {
    this(clock, Optional::empty, threshold);
  }

  /// @param threshold the drift from the monotonic clock above which the wall clock counts as set
  public ClockWatch(Clock clock, SleepClock sleep, Duration threshold) {
    this.clock = clock;
    this.sleep = sleep;
    this.threshold = threshold;
    this.wall = clock.wall();
    this.monotonic = clock.monotonic();
    this.slept = sleep.slept();
    this.restsUntil = monotonic;
  }

  /// Compares the clocks with the last change that was [#seen].
  public Change look() {
    Instant now = clock.wall();
    Duration time = clock.monotonic();
    Duration drift = Duration.between(wall, now).minus(time.minus(monotonic));
    Duration sleepTime = isSet(drift) ? slept() : Duration.ZERO;
    Duration set = isSet(drift.minus(sleepTime)) ? drift.minus(sleepTime) : Duration.ZERO;
    Duration late = time.minus(restsUntil);
    return new Change(now, time, set, sleepTime, late.isPositive() ? late : Duration.ZERO);
  }

  /// What the wall clock says now, unless it was set after the last change that was [#seen].
  public Instant now() {
    return wall.plus(clock.monotonic().minus(monotonic));
  }

  /// The caller has handled this change.
  public void seen(Change change) {
    wall = change.now();
    monotonic = change.monotonic();
    if (!change.set().isZero() || !change.slept().isZero()) {
      slept = sleep.slept(); // only then, because it reads a file
    }
  }

  /// The caller will look again after this time.
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
        .filter(each -> each.compareTo(SHORTEST_SLEEP) >= 0)
        .orElse(Duration.ZERO);
  }
}
