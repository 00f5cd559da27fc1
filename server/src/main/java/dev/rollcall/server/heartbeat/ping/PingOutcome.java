package dev.rollcall.server.heartbeat.ping;

import dev.rollcall.server.signal.Circle;
import java.time.Instant;
import java.util.Optional;

/// The result of a [HeartbeatChange].
public sealed interface PingOutcome {
  /// A ping was recorded.
  ///
  /// @param next when the next ping is expected
  /// @param paused whether the heartbeat is paused, so that no ping is expected
  record Recorded(Instant next, boolean paused) implements PingOutcome {}

  /// The ping is durable, and is applied when the database is available again.
  ///
  /// @param next when the next ping is expected, if the ping states that
  record Waiting(Optional<Instant> next) implements PingOutcome {}

  /// The ping was older than one recorded before, and changed nothing.
  ///
  /// @param last when that one came
  record Stale(Instant last) implements PingOutcome {}

  /// There is no heartbeat of that name.
  record Unknown() implements PingOutcome {}

  /// The first ping of a name did not state when the next one is expected.
  record NoTerms() implements PingOutcome {}

  /// The ping would have created more heartbeats than are allowed.
  record Full(long most) implements PingOutcome {}

  /// The ping would have created more heartbeats than one account may have.
  record AccountFull(long most) implements PingOutcome {}

  /// The ping would have created a heartbeat of an account or team that is deleted.
  record OwnerGone() implements PingOutcome {}

  /// The configuration file declares the heartbeat, so this cannot be changed elsewhere.
  record Declared() implements PingOutcome {}

  /// The heartbeat would depend on itself, directly or not.
  record InCircle(Circle circle) implements PingOutcome {}

  /// The heartbeat was changed or removed.
  record Changed() implements PingOutcome {}
}
