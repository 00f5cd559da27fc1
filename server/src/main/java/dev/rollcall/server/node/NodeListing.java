package dev.rollcall.server.node;

import java.time.Instant;
import java.util.Optional;

/// A server that lists its nodes.
@FunctionalInterface
public interface NodeListing {
  /// Tells how this node is. It throws a [dev.rollcall.server.time.OutsideFailure] if the server
  /// does not answer.
  ///
  /// @return the time of the server; empty if it lists no nodes
  Optional<Instant> report(String node, NodeStatus status) throws InterruptedException;
}
