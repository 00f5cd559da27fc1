package dev.rollcall.server.outbox;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/// Limits how many deliveries a receiver gets at once if it does not answer. Each subject waits
/// after its own failures; this is for all subjects together. After 8 subjects without an answer
/// since the last success, one delivery is tried at a time, with pauses of 1 to 5 s, until one gets
/// an answer.
final class ReceiverBreaker {
  private static final int SUBJECTS = 8;
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(5);

  private final Set<Long> failed = new HashSet<>();
  private Duration pause = FIRST;
  private Duration until = Duration.ZERO;

  /// How many deliveries may begin.
  ///
  /// @param now the monotonic clock
  /// @param underWay how many have begun and not ended
  synchronized int room(Duration now, int underWay) {
    if (failed.size() < SUBJECTS) {
      return ReceiverLimits.MOST;
    }
    return underWay == 0 && now.compareTo(until) >= 0 ? 1 : 0;
  }

  /// How long until another delivery may begin; zero if one may begin at once.
  synchronized Duration pause(Duration now) {
    Duration left = until.minus(now);
    return failed.size() < SUBJECTS || left.isNegative() ? Duration.ZERO : left;
  }

  /// The receiver answered.
  synchronized void reached() {
    failed.clear();
    pause = FIRST;
  }

  /// The receiver did not answer.
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
