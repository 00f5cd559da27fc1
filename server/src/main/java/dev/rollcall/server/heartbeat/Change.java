package dev.rollcall.server.heartbeat;

import java.time.Instant;
import java.util.Optional;

/// What somebody does to a heartbeat; all of these are written by [Changes].
sealed interface Change {
  /// Whose heartbeat.
  String name();

  /// A job calls in.
  ///
  /// @param terms what it says about its next; empty: what it said last holds
  /// @param moment when, where it says so itself; empty: now
  record Beat(
      String name, Signal signal, Optional<Terms> terms, Optional<Instant> moment, Said said)
      implements Change {}

  /// What a job says about its run beside that.
  ///
  /// @param run tells overlapping runs of one job apart; empty: the job has one at a time
  /// @param output the beginning of what it printed
  record Said(Optional<String> run, Optional<Printed> output) {
    static final Said NOTHING = new Said(Optional.empty(), Optional.empty());
  }

  /// It is no longer expected, and forgotten.
  record Removal(String name) implements Change {}

  /// Nothing is expected of it until it is resumed.
  record Pause(String name) implements Change {}

  /// From now on the next one is expected.
  record Resumption(String name) implements Change {}
}
