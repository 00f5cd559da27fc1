package dev.rollcall.server.node;

import java.time.Duration;
import java.util.Optional;

/// Where results go: a collector.
public interface ResultReceiver {
  /// What became of a batch.
  sealed interface Outcome {
    /// It is stored.
    record Stored() implements Outcome {}

    /// It is wrong, and sending it again would change nothing.
    record Refused(String reason) implements Outcome {}

    /// It may be stored later.
    ///
    /// @param after how long the receiver asks to be left alone
    record Later(String reason, Optional<Duration> after) implements Outcome {}
  }

  /// Sends a batch. The receiver notices one that it has already.
  Outcome send(String node, SpooledBatch batch) throws InterruptedException;
}
