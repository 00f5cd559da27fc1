package dev.rollcall.server.heartbeat;

import java.time.Duration;
import java.time.Instant;

/// What was agreed with a job: when it calls in, and how long after that it may still do so.
///
/// @param grace zero or more, in whole seconds
record Terms(Plan plan, Duration grace) {
  /// From when on it is late, where it was expected at `next`.
  Instant deadline(Instant next) {
    return next.plus(grace);
  }
}
