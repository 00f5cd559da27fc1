package dev.rollcall.server.outbox;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// The time before the next attempt: about 1 s after the first, twice as long after each further
/// one, about 4 min at most. Each is multiplied by a random factor from 0.5 to 1.5, so that
/// deliveries that failed together are not retried together.
final class Backoff {
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(4);
  private static final int MOST_DOUBLINGS = 8; // exceeds LONGEST already

  private Backoff() {}

  /// @param attempts the number of attempts so far, at least 1
  static Duration after(int attempts, RandomGenerator random) {
    Duration doubled = FIRST.multipliedBy(1L << Math.min(attempts - 1, MOST_DOUBLINGS));
    long millis = (doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST).toMillis();
    return Duration.ofMillis(millis / 2 + random.nextLong(millis));
  }
}
