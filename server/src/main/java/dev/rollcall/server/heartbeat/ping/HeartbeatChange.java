package dev.rollcall.server.heartbeat.ping;

import dev.rollcall.server.heartbeat.definition.Expectation;
import dev.rollcall.server.heartbeat.definition.HeartbeatDefinition;
import dev.rollcall.server.heartbeat.definition.HeartbeatName;
import dev.rollcall.server.signal.AlertKeys;
import java.time.Instant;
import java.util.Optional;

/// A change of a heartbeat that somebody asks for.
public sealed interface HeartbeatChange {
  /// Which heartbeat it is about.
  HeartbeatName key();

  /// A ping.
  ///
  /// @param terms when the next ping is expected; empty: as the last ping that stated it
  /// @param moment the time that the job states; empty: when it came
  /// @param came when it came, if it is applied later; empty: now
  record Ping(
      HeartbeatName key,
      PingSignal signal,
      Optional<Expectation> terms,
      Optional<Instant> moment,
      Said said,
      Optional<Instant> came)
      implements HeartbeatChange {
    /// A ping that comes now.
    public Ping(
        HeartbeatName key,
        PingSignal signal,
        Optional<Expectation> terms,
        Optional<Instant> moment,
        Said said) {
      this(key, signal, terms, moment, said, Optional.empty());
    }

    /// The same, as it came at that time.
    public Ping cameAt(Instant time) {
      return new Ping(key, signal, terms, moment, said, Optional.of(time));
    }
  }

  /// What the job states about its run.
  ///
  /// @param run distinguishes overlapping runs of one job; empty: the job has one run at a time
  /// @param output the beginning of what it printed
  record Said(Optional<String> run, Optional<JobOutput> output) {
    public static final Said NOTHING = new Said(Optional.empty(), Optional.empty());
  }

  /// Removes the heartbeat and its runs.
  record Removal(HeartbeatName key) implements HeartbeatChange {}

  /// No ping is expected until the heartbeat is resumed.
  record Pause(HeartbeatName key) implements HeartbeatChange {}

  /// From now on, the next ping is expected.
  record Resumption(HeartbeatName key) implements HeartbeatChange {}

  /// It has these keys instead of those it had.
  record Keys(HeartbeatName key, AlertKeys keys) implements HeartbeatChange {}

  /// The configuration file declares it.
  record Declaration(HeartbeatDefinition definition) implements HeartbeatChange {
    @Override
    public HeartbeatName key() {
      return definition.key();
    }
  }

  /// The configuration file declares it no longer.
  record EndOfDeclaration(HeartbeatName key) implements HeartbeatChange {}
}
