package dev.rollcall.server.time;

import java.time.Duration;
import java.time.Instant;

/// What time it is. Tests set it; everything else uses [Clock#system()].
public interface Clock {
  /// The wall clock: for instants that are stored and shown. It may jump in either direction.
  Instant wall();

  /// Time since some fixed moment of this process: for measuring how long something takes. It never
  /// runs backwards.
  Duration monotonic();

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
