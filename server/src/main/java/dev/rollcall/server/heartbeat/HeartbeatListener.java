package dev.rollcall.server.heartbeat;

import java.util.List;
import org.jdbi.v3.core.Handle;

/// Takes down what is owed to whoever wants to know.
@FunctionalInterface
public interface HeartbeatListener {
  /// Writes what is owed for these notices in the transaction `tx` that found them, so that they
  /// are told once it is committed, and only then. It may run more than once for the same notices,
  /// in transactions that failed.
  void tell(Handle tx, List<HeartbeatNotice> notices);
}
