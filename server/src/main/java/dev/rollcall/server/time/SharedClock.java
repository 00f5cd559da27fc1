package dev.rollcall.server.time;

import java.time.Duration;
import java.time.Instant;

/// The clock of this machine, corrected to that of a database which several machines share: so
/// times that different processes write can be compared, however wrong the clocks of their machines
/// are.
///
/// A correction is a jump of the wall clock, as if somebody had set it. Small differences are not
/// corrected, as the time that an answer takes is one.
public final class SharedClock implements Clock {
  /// Below this, the two clocks agree.
  private static final Duration NEAR = Duration.ofMillis(500);

  private final Clock own;
  private volatile Duration correction = Duration.ZERO;

  /// @param own the clocks of this machine
  public SharedClock(Clock own) {
    this.own = own;
  }

  /// The wall clock of the database.
  @Override
  public Instant wall() {
    return own.wall().plus(correction);
  }

  @Override
  public Duration monotonic() {
    return own.monotonic();
  }

  /// The wall clock of this machine.
  public Instant ownWall() {
    return own.wall();
  }

  /// How far the database's clock is ahead of this machine's, as far as that is corrected.
  public Duration correction() {
    return correction;
  }

  /// The database's clock is ahead of this machine's by `ahead`, or behind it (negative).
  ///
  /// @return whether this was a correction
  public boolean follow(Duration ahead) {
    Duration wanted = ahead.abs().compareTo(NEAR) < 0 ? Duration.ZERO : ahead;
    if (wanted.minus(correction).abs().compareTo(NEAR) < 0) {
      return false;
    }
    correction = wanted;
    return true;
  }
}
