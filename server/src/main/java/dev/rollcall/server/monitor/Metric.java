package dev.rollcall.server.monitor;

import java.util.OptionalDouble;

/// What is counted of a service over all its ticks ever.
///
/// @param ticks up and down together; an unknown observation is none of them
/// @param averageResponseMs the mean response time over all ticks, in milliseconds
record Metric(long ticks, long up, long down, long unknown, double averageResponseMs) {

  /// How much of its ticks it was up, in percent; nothing before the first.
  OptionalDouble uptimePercent() {
    return ticks == 0 ? OptionalDouble.empty() : OptionalDouble.of(100.0 * up / ticks);
  }
}
