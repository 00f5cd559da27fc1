package dev.rollcall.server.sql;

import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.time.Instant;

/// A clock that stands still until it is turned.
public final class TestClock implements Clock {
  private volatile Instant wall = Instant.parse("2026-11-20T12:00:00Z");
  private volatile Duration monotonic = Duration.ofHours(1);

  @Override
  public Instant wall() {
    return wall;
  }

  @Override
  public Duration monotonic() {
    return monotonic;
  }

  /// Lets time pass.
  public synchronized void pass(Duration time) {
    wall = wall.plus(time);
    monotonic = monotonic.plus(time);
  }

  /// Sets the wall clock on or back, while no time passes.
  public synchronized void leap(Duration by) {
    wall = wall.plus(by);
  }
}
