package dev.rollcall.server.target;

import dev.rollcall.server.sql.StorageException;
import inet.ipaddr.IPAddress;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/// Removes targets that the policy rejects after a change, in the background. Targets that it has
/// not reached yet, or could not remove because of the database, are removed when they are due, and
/// not leased.
final class Sweep implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Sweep.class.getName());
  private static final int AT_ONCE = 1_000;

  private final PoolStore store;
  private final Policy policy;
  private final TargetMetrics metrics;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("sweep").factory());

  Sweep(PoolStore store, Policy policy, TargetMetrics metrics) {
    this.store = store;
    this.policy = policy;
    this.metrics = metrics;
  }

  /// Starts to search those blocks, after the previous ones. If the pool is empty, `blocks` is not
  /// called.
  void over(Supplier<List<IPAddress>> blocks) {
    thread.execute(() -> run(blocks));
  }

  private void run(Supplier<List<IPAddress>> which) {
    int removed = 0;
    try {
      if (store.members() == 0) {
        return;
      }
      List<IPAddress> blocks = which.get();
      List<IPAddress> single = blocks.stream().filter(each -> !each.isMultiple()).toList();
      for (int from = 0; from < single.size(); from += AT_ONCE) {
        List<IPAddress> some = single.subList(from, Math.min(from + AT_ONCE, single.size()));
        removed += remove(List.copyOf(store.known(some)));
      }
      for (IPAddress block : blocks) {
        removed += block.isMultiple() ? sweep(block) : 0;
      }
    } catch (StorageException e) {
      LOG.log(
          Level.WARNING,
          "targets that the policy rejects are removed later, when they are due: " + e.reason());
    }
    if (removed > 0) {
      LOG.log(
          Level.INFO,
          "{0,number,#} targets were removed from the pool because the policy rejects them",
          removed);
    }
  }

  private int sweep(IPAddress block) {
    IPAddress low = block.getLower().withoutPrefixLength();
    IPAddress high = block.getUpper().withoutPrefixLength();
    int removed = 0;
    while (!Thread.currentThread().isInterrupted()) {
      List<IPAddress> some = store.within(low, high, AT_ONCE);
      removed += remove(some);
      if (some.size() < AT_ONCE || some.getLast().equals(high)) {
        break;
      }
      low = some.getLast().increment(1);
    }
    return removed;
  }

  private int remove(List<IPAddress> candidates) {
    List<IPAddress> rejected = candidates.stream().filter(each -> !policy.accepts(each)).toList();
    int removed = (int) store.remove(rejected).stream().filter(each -> each).count();
    metrics.removedByPolicy(removed);
    return removed;
  }

  @Override
  public void close() {
    thread.shutdownNow();
    thread.close();
  }
}
