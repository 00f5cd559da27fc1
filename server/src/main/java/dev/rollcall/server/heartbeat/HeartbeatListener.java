package dev.rollcall.server.heartbeat;

import java.util.List;
import org.jdbi.v3.core.Handle;

/// Writes notifications about heartbeats.
@FunctionalInterface
public interface HeartbeatListener {
  /// Writes what these notices require in the transaction `tx` that found them. So the
  /// notifications are sent only after its commit. It may run more than once for the same notices,
  /// if a transaction fails.
  void tell(Handle tx, List<HeartbeatNotice> notices);
}
