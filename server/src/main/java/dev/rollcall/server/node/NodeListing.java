package dev.rollcall.server.node;

import java.time.Instant;
import java.util.Optional;

/// A server that lists its nodes.
@FunctionalInterface
public interface NodeListing {
  /// Tells how this node is.
  ///
  /// @return the time of the server; empty if it lists no nodes
  /// @throws dev.rollcall.server.time.OutsideFailure (a RuntimeException) if it does not answer
  Optional<Instant> report(String node, NodeStatus status) throws InterruptedException;
}
