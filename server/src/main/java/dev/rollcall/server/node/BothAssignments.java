package dev.rollcall.server.node;

import java.time.Duration;

/// The targets of a node's own come first, when they are due; between them, those of a pool.
record BothAssignments(Assignments own, Assignments pool) implements Assignments {
  @Override
  public Lease next(int limit) throws InterruptedException {
    Lease mine = own.next(limit);
    if (!mine.targets().isEmpty()) {
      return mine;
    }
    Lease other = pool.next(limit);
    Duration wait = mine.pause().compareTo(other.pause()) < 0 ? mine.pause() : other.pause();
    return other.withPause(wait);
  }

  /// Leases of a node's own have no number.
  @Override
  public void done(Lease lease) {
    if (lease.number() != 0) {
      pool.done(lease);
    }
  }
}
