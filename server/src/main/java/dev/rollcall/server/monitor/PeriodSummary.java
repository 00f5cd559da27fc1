package dev.rollcall.server.monitor;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// The sums of the ticks of a span of time.
///
/// @param from its beginning
/// @param response mean, smallest and largest response time of the ticks that were up or down;
///   empty if there was none
record PeriodSummary(Instant from, long up, long down, long unknown, Optional<Response> response) {

  /// Response times of several ticks.
  record Response(Duration mean, Duration min, Duration max) {}
}
