package dev.rollcall.server.monitor.store;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// The sums of the ticks of a span of time.
///
/// @param from its beginning
/// @param response mean, smallest and largest response time of the ticks that were up or down;
///   empty if there was none
public record PeriodSummary(
    Instant from, long up, long down, long unknown, Optional<Response> response) {

  /// Response times of several ticks.
  public record Response(Duration mean, Duration min, Duration max) {}
}
