package dev.rollcall.server.signal;

import java.util.List;
import org.jdbi.v3.core.Handle;

/// Decides what follows from signals.
@FunctionalInterface
public interface SignalConsumer {
  /// Writes what follows in the transaction `tx`, which also deletes the signals: so each is
  /// consumed exactly once. It may run more than once for the same signals, if a transaction fails.
  ///
  /// @param signals in the order in which they were written, where they are about the same subject
  void consume(Handle tx, List<Signal> signals);
}
