package dev.rollcall.server.heartbeat.ping;

import dev.rollcall.server.heartbeat.definition.Expectation;
import dev.rollcall.server.heartbeat.definition.HeartbeatName;
import java.time.Instant;
import java.util.Optional;

/// A heartbeat as it is in its row.
///
/// @param recent its newest runs; the others have rows of their own
public record Heartbeat(
    long id,
    HeartbeatName key,
    Expectation expectation,
    State state,
    Moments moments,
    Counts counts,
    RecentRuns recent) {
  /// The times of a heartbeat.
  ///
  /// @param created when its first ping came
  /// @param last when its last ping came
  /// @param next when the next ping is expected, without the grace
  /// @param lateSince while it is late: the deadline that it missed
  /// @param due when to examine the row; empty if no ping is expected. Never later than the
  ///   deadline, often earlier: a ping in time moves only the deadline, so that the index on
  ///   `due_at` need not be written with each ping
  public record Moments(
      Instant created,
      Optional<Instant> last,
      Instant next,
      Optional<Instant> lateSince,
      Optional<Instant> due) {}

  /// The counters of a heartbeat.
  ///
  /// @param calls number of pings; pings that start a run do not count
  /// @param runs number of runs; the last 100 are stored
  /// @param open how many of the stored runs have started and not ended
  public record Counts(long calls, long runs, int open) {}

  public String name() {
    return key.name();
  }

  /// Whether some of its runs are stored outside of its row.
  public boolean hasOlderRuns() {
    return counts.runs() > recent.size();
  }

  /// The time from which it is late.
  public Instant deadline() {
    return expectation.deadline(moments.next());
  }

  /// When its last ping came; if none has come, when it was created.
  public Instant lastKnown() {
    return moments.last().orElse(moments.created());
  }
}
