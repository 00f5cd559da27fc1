package dev.rollcall.server.time;

import java.time.Duration;
import java.time.Instant;

/// The wall clock and the monotonic clock. Tests set them; what uses a database has the clock of
/// that (`Database.clock`), everything else [Clock#system()].
public interface Clock {
  /// Wall time: for instants that are stored and shown. It may jump in either direction.
  Instant wall();

  /// Time since a fixed moment of this process: for measuring durations. It never goes back.
  Duration monotonic();

  /// Whether the wall clock is the one that counts. Until then, nothing may get a time that other
  /// processes compare with theirs.
  default boolean isKnown() {
    return true;
  }

  /// The clocks of this machine.
  static Clock system() {
    return new Clock() {
      @Override
      public Instant wall() {
        return Instant.now();
      }

      @Override
      public Duration monotonic() {
        return Duration.ofNanos(System.nanoTime());
      }
    };
  }
}
