package dev.rollcall.server.app;

import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.time.Instant;

/// The clocks of this machine, with a wall clock that can be set.
final class SetClock implements Clock {
  private final Clock system = Clock.system();
  private volatile Duration ahead = Duration.ZERO;

  /// The wall clock is ahead of the right time from now on, or behind it (negative).
  void set(Duration by) {
    ahead = by;
  }

  @Override
  public Instant wall() {
    return system.wall().plus(ahead);
  }

  @Override
  public Duration monotonic() {
    return system.monotonic();
  }
}
