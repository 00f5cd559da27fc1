package dev.rollcall.server.monitor.store;

import java.util.OptionalDouble;

/// The counts of a service over all its ticks, deleted ones included.
///
/// @param ticks those up or down; unknown observations do not count
/// @param averageResponseMs the mean response time of these ticks, in milliseconds
public record Metric(long ticks, long up, long down, long unknown, double averageResponseMs) {

  /// The percentage of ticks that were up; empty before the first tick.
  public OptionalDouble uptimePercent() {
    return ticks == 0 ? OptionalDouble.empty() : OptionalDouble.of(100.0 * up / ticks);
  }
}
