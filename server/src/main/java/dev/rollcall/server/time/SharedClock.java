package dev.rollcall.server.time;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// The clock of a server that several machines share, so that times which different processes write
/// can be compared, however wrong the clocks of their machines are.
///
/// It goes on by the monotonic clock of this machine from the last time that was taken over. So the
/// wall clock of this machine has no part in it, whether it is wrong, set, or put right.
///
/// An answer that took a while says what the time was at some moment of that while. It is taken
/// over if that cannot have been what this clock showed, with [#NEAR] to spare: so a slow answer is
/// worth something, and a good time is not given up for a worse one. Taking over is a jump of the
/// wall clock, as if somebody had set it.
///
/// Until somebody has told the time, it shows that of this machine, and says so ([#isKnown]).
public final class SharedClock implements Clock {
  /// A smaller difference is none.
  static final Duration NEAR = Duration.ofMillis(100);

  private final Clock own;

  /// The time when the monotonic clock of this machine was zero.
  private volatile Optional<Instant> zero = Optional.empty();

  /// @param own the clocks of this machine
  public SharedClock(Clock own) {
    this.own = own;
  }

  @Override
  public Instant wall() {
    Optional<Instant> start = zero;
    return start.isPresent() ? start.get().plus(own.monotonic()) : own.wall();
  }

  @Override
  public Duration monotonic() {
    return own.monotonic();
  }

  @Override
  public boolean isKnown() {
    return zero.isPresent();
  }

  /// How far the wall clock of this machine is ahead; negative: behind.
  public Duration ownAhead() {
    return Duration.between(wall(), own.wall());
  }

  /// The server has told its time.
  ///
  /// @param asked when it was asked, on the monotonic clock
  /// @param answered when its answer came
  /// @return whether it is taken over
  public synchronized boolean follow(Instant told, Duration asked, Duration answered) {
    Duration half = answered.minus(asked).dividedBy(2);
    Instant start = told.minus(asked).minus(half);
    boolean agrees =
        zero.isPresent()
            && Duration.between(zero.get(), start).abs().compareTo(half.plus(NEAR)) <= 0;
    if (!agrees) {
      zero = Optional.of(start);
    }
    return !agrees;
  }
}
