package dev.rollcall.server.heartbeat;

import java.util.OptionalLong;

/// What a job calls in for.
sealed interface PingSignal {
  /// A run begins. It is no heartbeat yet.
  record Start() implements PingSignal {}

  /// A run has ended well.
  record Success() implements PingSignal {}

  /// A run has failed.
  ///
  /// @param exit its exit code, where it tells: 1 to 255, or any of 32 bits on Windows, where they
  ///   are written with a sign or without
  record Failure(OptionalLong exit) implements PingSignal {}
}
