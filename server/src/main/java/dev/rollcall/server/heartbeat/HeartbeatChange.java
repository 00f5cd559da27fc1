package dev.rollcall.server.heartbeat;

import java.time.Instant;
import java.util.Optional;

/// What somebody does to a heartbeat; all of these are written by [HeartbeatWriter].
sealed interface HeartbeatChange {
  /// Whose heartbeat.
  String name();

  /// A job calls in.
  ///
  /// @param terms what it says about its next; empty: what it said last holds
  /// @param moment when, where it says so itself; empty: now
  record Beat(
      String name,
      PingSignal signal,
      Optional<Expectation> terms,
      Optional<Instant> moment,
      Said said)
      implements HeartbeatChange {}

  /// What a job says about its run beside that.
  ///
  /// @param run tells overlapping runs of one job apart; empty: the job has one at a time
  /// @param output the beginning of what it printed
  record Said(Optional<String> run, Optional<JobOutput> output) {
    static final Said NOTHING = new Said(Optional.empty(), Optional.empty());
  }

  /// It is no longer expected, and forgotten.
  record Removal(String name) implements HeartbeatChange {}

  /// Nothing is expected of it until it is resumed.
  record Pause(String name) implements HeartbeatChange {}

  /// From now on the next one is expected.
  record Resumption(String name) implements HeartbeatChange {}
}
