package dev.rollcall.server.monitor.check;

import java.time.Duration;

/// When a change of a service's state is certain enough that somebody may be told.
///
/// @param down how many observations down in a row it takes, unknown ones aside
/// @param up how many observations up in a row
/// @param interval how soon the next of them is asked for, if the service is checked less often
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
