package dev.rollcall.server.app;

import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.time.Instant;

/// The clocks of this machine, on which time can pass at once.
final class PassingClock implements Clock {
  private final Clock system = Clock.system();
  private volatile Duration passed = Duration.ZERO;

  /// Lets time pass.
  synchronized void pass(Duration time) {
    passed = passed.plus(time);
  }

  @Override
  public Instant wall() {
    return system.wall().plus(passed);
  }

  @Override
  public Duration monotonic() {
    return system.monotonic().plus(passed);
  }
}
