package dev.rollcall.server.app;

import dev.rollcall.server.node.Assignments;
import dev.rollcall.server.target.IntakeResult;
import dev.rollcall.server.target.Pool;
import dev.rollcall.server.time.Clock;
import inet.ipaddr.IPAddress;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentLinkedDeque;

/// The target pool of the same process, for its node. One thread asks, and another may say what is
/// done.
final class OwnPool implements Assignments {
  private static final Duration LEAST_WAIT = Duration.ofSeconds(1);

  /// Targets may be added meanwhile, and asking costs one read.
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

  private final Pool pool;
  private final String node;
  private final Clock clock;

  /// What the next requests report as measured, one each.
  private final Deque<Long> done = new ConcurrentLinkedDeque<>();

  OwnPool(Pool pool, String node, Clock clock) {
    this.pool = pool;
    this.node = node;
    this.clock = clock;
  }

  @Override
  public Lease next(int limit) {
    OptionalLong reported =
        done.isEmpty() ? OptionalLong.empty() : OptionalLong.of(done.getFirst());
    IntakeResult found = pool.next(node, limit, reported);
    done.pollFirst();
    Duration wait =
        found
            .nextDue()
            .map(due -> Duration.between(clock.wall(), due))
            .filter(left -> left.compareTo(LONGEST_WAIT) < 0)
            .orElse(LONGEST_WAIT);
    return new Lease(
        found.targets(),
        Optional.of(Duration.between(clock.wall(), found.until())),
        done.isEmpty() && wait.compareTo(LEAST_WAIT) > 0 ? wait : LEAST_WAIT,
        found.targets().isEmpty() ? 0 : found.lease());
  }

  @Override
  public void refuse(Lease lease, List<IPAddress> targets) {
    pool.refuse(node, lease.number(), targets);
  }

  @Override
  public void done(Lease lease) {
    if (lease.number() != 0) {
      done.add(lease.number());
    }
  }
}
