package dev.rollcall.server.node;

import dev.rollcall.server.address.Addresses;
import inet.ipaddr.IPAddress;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/// Leaves out the targets that this node does not measure, whoever assigned them. The first time,
/// it says so: a node whose settings exclude all that it gets looks idle.
final class FilteredAssignments implements Assignments {
  private static final System.Logger LOG = System.getLogger(FilteredAssignments.class.getName());

  private final Assignments assignments;
  private final Predicate<IPAddress> welcome;
  private final AtomicLong refused;
  private boolean said;

  /// @param refused counts them
  FilteredAssignments(Assignments assignments, Predicate<IPAddress> welcome, AtomicLong refused) {
    this.assignments = assignments;
    this.welcome = welcome;
    this.refused = refused;
  }

  @Override
  public Lease next(int limit) throws InterruptedException {
    Lease lease = assignments.next(limit);
    List<IPAddress> good = lease.targets().stream().filter(welcome).toList();
    List<IPAddress> bad = lease.targets().stream().filter(welcome.negate()).toList();
    refused.addAndGet(bad.size());
    if (!bad.isEmpty()) {
      assignments.refuse(lease, bad);
      if (!said) {
        said = true;
        say(bad.getFirst());
      }
    }
    return lease.withTargets(good);
  }

  private void say(IPAddress one) {
    LOG.log(
        Level.WARNING,
        "{0} was assigned and is not measured here, and so are others like it: special addresses"
            + " (private, loopback, reserved) have to be in ''allow'', and none in ''deny'',"
            + " ''opt_out'' or outside of ''families'' is measured",
        Addresses.text(one));
  }

  @Override
  public void refuse(Lease lease, List<IPAddress> targets) {
    assignments.refuse(lease, targets);
  }

  @Override
  public void done(Lease lease) {
    assignments.done(lease);
  }
}
