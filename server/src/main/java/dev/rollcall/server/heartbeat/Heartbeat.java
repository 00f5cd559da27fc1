package dev.rollcall.server.heartbeat;

import java.time.Instant;
import java.util.Optional;

/// A heartbeat as it stands in its row.
///
/// @param recent the newest of its runs; the others are in [RunStore]
record Heartbeat(
    long id,
    String name,
    Expectation expectation,
    State state,
    Moments moments,
    Counts counts,
    RecentRuns recent) {
  /// When what was, and is to be.
  ///
  /// @param created when it first called in
  /// @param last when it last called in
  /// @param next when the next is expected; the grace comes on top
  /// @param lateSince the moment that it missed, while it is late
  /// @param due when to look at it, empty where nothing is expected; never later than its deadline,
  ///   often earlier: a call in time moves the deadline alone, so that the index of what is due
  ///   need not be written each time
  record Moments(
      Instant created,
      Optional<Instant> last,
      Instant next,
      Optional<Instant> lateSince,
      Optional<Instant> due) {}

  /// What was counted.
  ///
  /// @param calls how often it called in; starts of runs do not count
  /// @param runs how many runs there were; the last 100 are kept
  /// @param open how many of those kept have started and not ended
  record Counts(long calls, long runs, int open) {}

  /// Whether there are runs of it that are not in its row.
  boolean hasOlderRuns() {
    return counts.runs() > recent.size();
  }

  /// From when on it is late.
  Instant deadline() {
    return expectation.deadline(moments.next());
  }

  /// When it last called in, or became known.
  Instant lastKnown() {
    return moments.last().orElse(moments.created());
  }
}
