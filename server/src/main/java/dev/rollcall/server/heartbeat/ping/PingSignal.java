package dev.rollcall.server.heartbeat.ping;

import java.util.OptionalLong;

/// What a ping reports.
public sealed interface PingSignal {
  /// A run begins. This does not count as the expected ping.
  record Start() implements PingSignal {}

  /// A run has succeeded.
  record Success() implements PingSignal {}

  /// A run has failed.
  ///
  /// @param exit its exit code, if given: 1 to 255, or any of 32 bits on Windows, with a sign or
  ///   without
  record Failure(OptionalLong exit) implements PingSignal {}
}
