package dev.rollcall.server.signal;

import java.util.List;
import org.jdbi.v3.core.Handle;

/// Writes signals: the side of those who find changes.
@FunctionalInterface
public interface SignalWriter {
  /// Writes signals in the transaction `tx` that found the changes. They are consumed after its
  /// commit. It may run more than once for the same signals, if a transaction fails.
  void write(Handle tx, List<Signal> signals);
}
