package dev.rollcall.server.monitor.check;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What is remembered of the certificate of a service.
///
/// @param ends when it ends, as last seen; empty if none was seen
/// @param warnings how many times somebody is warned of it so far; 0 while it does not end soon
public record Certificate(Optional<Instant> ends, int warnings) {
  /// None was seen.
  public static final Certificate NONE = new Certificate(Optional.empty(), 0);

  /// When somebody is warned once more.
  private static final List<Duration> AGAIN =
      List.of(Duration.ofDays(7), Duration.ofDays(3), Duration.ofDays(1));

  /// The same after one more observation: a pure function. One that is seen again has no fewer
  /// warnings than before, also if the clock was set back.
  ///
  /// @param seen when the certificate ends; empty if the check saw none
  /// @param soon what ends within this time is warned of; zero: nothing is
  public Certificate after(Optional<Instant> seen, Instant now, Duration soon) {
    if (seen.isEmpty()) {
      return this;
    }
    boolean same = seen.equals(ends);
    int due = warnings(Duration.between(now, seen.get()), soon);
    return same && due <= warnings ? this : new Certificate(seen, due);
  }

  private static int warnings(Duration left, Duration soon) {
    if (soon.isZero() || left.compareTo(soon) > 0) {
      return 0;
    }
    return 1
        + (int)
            AGAIN.stream()
                .filter(again -> again.compareTo(soon) < 0 && left.compareTo(again) <= 0)
                .count();
  }
}
