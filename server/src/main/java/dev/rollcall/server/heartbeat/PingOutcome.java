package dev.rollcall.server.heartbeat;

import java.time.Instant;

/// What became of a [HeartbeatChange].
sealed interface PingOutcome {
  /// A call was recorded.
  ///
  /// @param next when the next is expected
  /// @param paused whether nobody waits for it all the same
  record Recorded(Instant next, boolean paused) implements PingOutcome {}

  /// The call was older than one that was recorded before, and changed nothing.
  ///
  /// @param last when that one was
  record Stale(Instant last) implements PingOutcome {}

  /// There is no heartbeat of that name.
  record Unknown() implements PingOutcome {}

  /// The first call of a name has to say when the next comes, and did not.
  record NoTerms() implements PingOutcome {}

  /// It would have been one more heartbeat than there may be.
  record Full(long most) implements PingOutcome {}

  /// Removed, paused or resumed.
  record Changed() implements PingOutcome {}
}
