package dev.rollcall.server.monitor.definition;

import java.time.Duration;

/// How many equal observations confirm that the state of a service changed. Only a confirmed change
/// can cause an alert.
///
/// @param down number of observations in a row that have to be down; unknown ones do not count
/// @param up number of observations in a row that have to be up
/// @param interval time until the next check while a change is not confirmed yet, if the interval
///   of the service is longer
public record Confirmation(int down, int up, Duration interval) {
  /// Two observations down in a row, and one up.
  public static final Confirmation DEFAULT = new Confirmation(2, 1, Duration.ofSeconds(10));

  /// Checks the numbers.
  public Confirmation {
    if (down < 1 || up < 1 || !interval.isPositive()) {
      throw new IllegalArgumentException("a confirmation takes at least one observation");
    }
  }
}
