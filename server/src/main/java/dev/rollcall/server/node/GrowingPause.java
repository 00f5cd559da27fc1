package dev.rollcall.server.node;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// The pauses between attempts: each twice as long as the one before, up to a limit. They differ a
/// little, so that the nodes of a server that was down do not all come back at once.
final class GrowingPause {
  private static final double SPREAD = 0.2;

  /// What a server may ask for at most.
  private static final Duration LONGEST_ASKED = Duration.ofHours(1);

  private final Duration first;
  private final Duration longest;
  private Duration next;

  GrowingPause(Duration first, Duration longest) {
    this.first = first;
    this.longest = longest;
    this.next = first;
  }

  /// The next pause.
  ///
  /// @param asked what the server asked for; it is never shorter than that
  Duration next(Optional<Duration> asked) {
    double spread = 1 + SPREAD * ThreadLocalRandom.current().nextDouble();
    Duration pause = Duration.ofNanos((long) (next.toNanos() * spread));
    Duration twice = next.multipliedBy(2);
    next = twice.compareTo(longest) < 0 ? twice : longest;
    Duration wanted = asked.orElse(Duration.ZERO);
    Duration bounded = wanted.compareTo(LONGEST_ASKED) < 0 ? wanted : LONGEST_ASKED;
    return pause.compareTo(bounded) > 0 ? pause : bounded;
  }

  /// An attempt succeeded.
  void reset() {
    next = first;
  }
}
