package dev.rollcall.server.heartbeat.store;

import dev.rollcall.server.heartbeat.ping.State;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/// The number of heartbeats in each state, for the API, the pages and the metrics.
///
/// Counting reads a whole index, about 1 ms for each 10,000. Above 10,000, the counts are reused
/// for 30 times as long as counting took, 30 s at most, and only one caller at a time counts again.
/// So the cost does not depend on how often they are asked for.
public final class StateCounts {
  private static final long MANY = 10_000;
  private static final int PAUSE = 30;
  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final Counted NOTHING = new Counted(Map.of(), Duration.ZERO);

  private final HeartbeatStore heartbeats;
  private final Clock clock;
  private final ReentrantLock counting = new ReentrantLock();
  private final Map<Scope, Counted> known = new ConcurrentHashMap<>();

  /// @param until when to count again, on the monotonic clock
  private record Counted(Map<State, Long> counts, Duration until) {
    boolean many() {
      return sum(counts) > MANY;
    }
  }

  public StateCounts(HeartbeatStore heartbeats, Clock clock) {
    this.heartbeats = heartbeats;
    this.clock = clock;
  }

  /// How many there are in each state.
  public Map<State, Long> counts(Scope scope) {
    Counted last = known.getOrDefault(scope, NOTHING);
    if (!last.many()) {
      return count(scope);
    }
    if (clock.monotonic().compareTo(last.until()) < 0 || !counting.tryLock()) {
      return last.counts();
    }
    try {
      return count(scope);
    } finally {
      counting.unlock();
    }
  }

  /// How many there are in that state, or in all.
  public long count(Scope scope, Optional<State> state) {
    Map<State, Long> counts = counts(scope);
    return state.map(one -> counts.getOrDefault(one, 0L)).orElseGet(() -> sum(counts));
  }

  private Map<State, Long> count(Scope scope) {
    Duration began = clock.monotonic();
    Map<State, Long> counts = heartbeats.counts(scope);
    Duration done = clock.monotonic();
    Duration pause = done.minus(began).multipliedBy(PAUSE);
    Counted counted =
        new Counted(counts, done.plus(pause.compareTo(LONGEST) < 0 ? pause : LONGEST));
    if (counted.many()) {
      known.put(scope, counted);
    } else {
      known.remove(scope);
    }
    return counts;
  }

  private static long sum(Map<State, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }
}
