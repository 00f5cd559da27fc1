package dev.rollcall.server.node;

import inet.ipaddr.IPAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/// Leaves out the targets that this node does not measure, whoever assigned them.
///
/// @param refused counts them
record FilteredAssignments(
    Assignments assignments, Predicate<IPAddress> welcome, AtomicLong refused)
    implements Assignments {
  @Override
  public Lease next(int limit) throws InterruptedException {
    Lease lease = assignments.next(limit);
    List<IPAddress> good = lease.targets().stream().filter(welcome).toList();
    refused.addAndGet(lease.targets().size() - good.size());
    return lease.withTargets(good);
  }

  @Override
  public void done(Lease lease) {
    assignments.done(lease);
  }
}
