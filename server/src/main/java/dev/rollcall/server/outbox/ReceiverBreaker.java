package dev.rollcall.server.outbox;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/// How many deliveries a receiver is to be sent at once. Each subject waits after a failure of its
/// own; this is for a receiver that fails all of them, however many there are: once 8 subjects in a
/// row have got through to nobody, one is tried at a time, with a pause of 1 to 5 s between, until
/// one gets through.
final class ReceiverBreaker {
  private static final int SUBJECTS = 8;
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(5);

  private final Set<Long> failed = new HashSet<>();
  private Duration pause = FIRST;
  private Duration until = Duration.ZERO;

  /// How many may begin.
  ///
  /// @param now the monotonic clock
  /// @param underWay how many have begun and not ended
  synchronized int room(Duration now, int underWay) {
    if (failed.size() < SUBJECTS) {
      return ReceiverLimits.MOST;
    }
    return underWay == 0 && now.compareTo(until) >= 0 ? 1 : 0;
  }

  /// How long until there may be room again; zero where there may be at once.
  synchronized Duration pause(Duration now) {
    Duration left = until.minus(now);
    return failed.size() < SUBJECTS || left.isNegative() ? Duration.ZERO : left;
  }

  /// Somebody answered there.
  synchronized void reached() {
    failed.clear();
    pause = FIRST;
  }

  /// Nobody answered there.
  synchronized void missed(long lane, Duration now) {
    if (failed.size() < SUBJECTS) {
      failed.add(lane);
    }
    if (failed.size() == SUBJECTS) {
      until = now.plus(pause);
      pause = pause.multipliedBy(2).compareTo(LONGEST) < 0 ? pause.multipliedBy(2) : LONGEST;
    }
  }
}
