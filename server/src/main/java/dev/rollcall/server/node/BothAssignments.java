package dev.rollcall.server.node;

import dev.rollcall.server.httpclient.NoAnswer;
import dev.rollcall.server.time.Clock;
import inet.ipaddr.IPAddress;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// The targets of a node's own come first, when they are due; between them, those of a pool.
/// Whatever the pool does, the node's own do not wait for it: it is asked in another thread, and if
/// it does not answer, or asks for an hour's rest, only its targets come later.
final class BothAssignments implements Assignments {
  private static final System.Logger LOG = System.getLogger(BothAssignments.class.getName());

  /// How long a pool has to answer, before the node's own targets are looked at again.
  private static final Duration MOMENT = Duration.ofMillis(100);

  private final Assignments own;
  private final Assignments pool;
  private final Executor threads;
  private final Clock clock;
  private final GrowingPause pause = new GrowingPause(Duration.ofSeconds(1), Duration.ofMinutes(1));
  private volatile Optional<String> problem = Optional.empty();

  // Used by the thread of the node only.
  private @Nullable FutureTask<Lease> asked;
  private Duration poolAt;

  /// @param threads where the pool is asked
  BothAssignments(Assignments own, Assignments pool, Executor threads, Clock clock) {
    this.own = own;
    this.pool = pool;
    this.threads = threads;
    this.clock = clock;
    this.poolAt = clock.monotonic();
  }

  @Override
  public Lease next(int limit) throws InterruptedException {
    Lease mine = own.next(limit);
    if (!mine.targets().isEmpty()) {
      return mine;
    }
    Duration early = poolAt.minus(clock.monotonic());
    Lease other = early.isPositive() ? Lease.none(early) : ofPool(limit);
    return other.withPause(shorter(mine.pause(), other.pause()));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /// Waits for a moment. An answer that comes later is that of the next call.
  private Lease ofPool(int limit) throws InterruptedException {
    FutureTask<Lease> request = asked;
    if (request == null) {
      request = new FutureTask<>(() -> pool.next(limit));
      asked = request;
      threads.execute(request);
    }
    try {
      Lease lease = request.get(MOMENT.toNanos(), TimeUnit.NANOSECONDS);
      asked = null;
      answers();
      return lease;
    } catch (TimeoutException e) {
      return Lease.none(Duration.ZERO);
    } catch (ExecutionException e) {
      asked = null;
      if (e.getCause() instanceof NoAnswer none) {
        return Lease.none(doesNotAnswer(none));
      }
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new IllegalStateException(e.getCause());
    }
  }

  private void answers() {
    pause.reset();
    if (problem.isPresent()) {
      problem = Optional.empty();
      LOG.log(Level.INFO, "targets are assigned again");
    }
  }

  private Duration doesNotAnswer(NoAnswer none) {
    if (problem.isEmpty()) {
      LOG.log(
          Level.WARNING,
          "only targets of this node's own are measured, the pool is asked again: {0}",
          none.reason());
    }
    problem = Optional.of(none.reason());
    Duration wait = pause.next(none.retryAfter());
    poolAt = clock.monotonic().plus(wait);
    return wait;
  }

  @Override
  public Optional<String> problem() {
    return problem;
  }

  // Leases of a node's own have no number.

  @Override
  public void refuse(Lease lease, List<IPAddress> targets) {
    if (lease.number() != 0) {
      pool.refuse(lease, targets);
    }
  }

  @Override
  public void done(Lease lease) {
    if (lease.number() != 0) {
      pool.done(lease);
    }
  }
}
