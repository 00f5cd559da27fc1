package dev.rollcall.server.outbox;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long to wait before the next attempt: about 1 s after the first, twice as long after each
/// further one, about 4 min at most; each between half and one and a half of that by chance, so
/// that what failed together is not tried together.
final class Backoff {
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(4);
  private static final int MOST_DOUBLINGS = 8; // more than LONGEST already

  private Backoff() {}

  /// @param attempts how many there were, 1 at least
  static Duration after(int attempts, RandomGenerator random) {
    Duration doubled = FIRST.multipliedBy(1L << Math.min(attempts - 1, MOST_DOUBLINGS));
    long millis = (doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST).toMillis();
    return Duration.ofMillis(millis / 2 + random.nextLong(millis));
  }
}
