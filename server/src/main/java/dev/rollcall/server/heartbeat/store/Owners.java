package dev.rollcall.server.heartbeat.store;

import org.jdbi.v3.core.Handle;

/// Which accounts and teams there are; they belong to another capability.
@FunctionalInterface
public interface Owners {
  /// Whether there is one with this id whose deletion has not begun.
  boolean exists(Handle tx, long owner);
}
