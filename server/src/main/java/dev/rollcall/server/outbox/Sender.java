package dev.rollcall.server.outbox;

import dev.rollcall.server.config.OneLine;
import dev.rollcall.server.outbox.Channel.Result;
import dev.rollcall.server.sql.Lease;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.time.ClockWatch;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/// Sends the deliveries of one channel: a thread waits until a delivery is due or somebody wakes
/// it, and each delivery has its own virtual thread. It claims only as many as there are places at
/// the receiver, so a queue for one receiver does not delay others.
final class Sender implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Sender.class.getName());

  /// A delivery is given up after retries for this long.
  static final Duration PERSISTENCE = Duration.ofDays(3);

  private static final Duration LONGEST_REST = Duration.ofHours(1);
  private static final Duration AGAIN = Duration.ofSeconds(1);
  private static final Duration MOMENT = Duration.ofMillis(10);
  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final int LONGEST_REASON = 500;

  /// If the wall clock loses more than this on the monotonic one, it was set back.
  private static final Duration SET_BACK = Duration.ofSeconds(2);

  private final Channel channel;
  private final DeliveryQueue deliveryQueue;
  private final ReceiverLimits limits;
  private final DeliveryMetrics metrics;
  private final Clock clock;
  private final Duration look;
  private final ReceiverBreaker receiverBreaker = new ReceiverBreaker();
  private final Set<Long> underWay = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads;
  private final BackgroundLoop loop;
  private final ClockWatch clocks;
  private boolean released;

  /// @param look the longest time without looking for due deliveries
  Sender(
      Channel channel,
      DeliveryQueue deliveryQueue,
      ReceiverLimits limits,
      DeliveryMetrics metrics,
      Clock clock,
      Duration look) {
    this.channel = channel;
    this.deliveryQueue = deliveryQueue;
    this.limits = limits;
    this.metrics = metrics;
    this.clock = clock;
    this.look = look;
    this.clocks = new ClockWatch(clock, SET_BACK);
    this.loop =
        new BackgroundLoop(
            "outbox-" + channel.name(), "sending on channel " + channel.name(), AGAIN, this::look);
    this.threads =
        Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("deliver-" + channel.name() + "-", 0).factory());
  }

  void start() {
    loop.start();
  }

  /// Lets it look for due deliveries at once.
  void wake() {
    loop.wake();
  }

  private Duration look() {
    if (!released) {
      deliveryQueue.releaseAbandoned();
      released = true;
    }
    ClockWatch.Change change = clocks.look();
    if (change.isSetBack()) {
      deliveryQueue.mend(change.now());
    }
    clocks.seen(change);
    return round();
  }

  /// Begins what may begin.
  ///
  /// @return how long to wait, unless it is woken
  private Duration round() {
    Duration now = clock.monotonic();
    int room = limits.take(channel.receiver(), room(now));
    if (room == 0) {
      // A free place wakes it. Otherwise wait for the pause, or shortly, as another channel has all
      // places.
      Duration pause = receiverBreaker.pause(now);
      return pause.isZero() ? AGAIN : pause;
    }
    int begun = 0;
    try {
      List<Lease<String>> leases = deliveryQueue.claim(clock.wall(), room);
      Map<Long, DeliveryQueue.Head> heads = deliveryQueue.heads(leases);
      for (Lease<String> lease : leases) {
        // If it is still being sent, it has exceeded its lease: wait for its end.
        if (underWay.add(lease.key())) {
          Optional<DeliveryQueue.Head> head = Optional.ofNullable(heads.get(lease.key()));
          threads.execute(() -> run(lease, head));
          begun++;
        }
      }
      return leases.size() == room ? Duration.ZERO : rest();
    } finally {
      limits.give(channel.receiver(), room - begun);
    }
  }

  private int room(Duration now) {
    int own = underWay.size();
    int share = limits.share(channel.receiver()) - own;
    return Math.max(0, Math.min(share, receiverBreaker.room(now, own)));
  }

  /// The time until the next lane is due; a moment if a lane is due that another process is
  /// claiming.
  private Duration rest() {
    return deliveryQueue
        .earliest()
        .map(due -> Duration.between(clock.wall(), due))
        .filter(left -> left.compareTo(look) < 0)
        .map(left -> left.isPositive() ? left.plusMillis(1) : MOMENT)
        .orElse(look);
  }

  private void run(Lease<String> lease, Optional<DeliveryQueue.Head> head) {
    try {
      DeliveryQueue.Done done =
          head.isPresent()
              ? attempt(head.get())
              : new DeliveryQueue.Done(lease, Optional.empty(), clock.wall());
      underWay.remove(lease.key()); // before another claim is possible
      keep(done);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closing: the lease ends, and it is sent again
    } finally {
      underWay.remove(lease.key());
      limits.give(channel.receiver(), 1);
      wake();
    }
  }

  private DeliveryQueue.Done attempt(DeliveryQueue.Head head) throws InterruptedException {
    Result result = send(head.delivery());
    Instant now = clock.wall();
    return switch (result) {
      case Result.Sent _ -> {
        receiverBreaker.reached();
        metrics.count(channel.name(), "sent");
        yield head.done(DeliveryState.DELIVERED, now, Optional.empty(), now);
      }
      case Result.Refused(String reason) -> {
        receiverBreaker.reached();
        yield failed(head, "refused: " + reason, now);
      }
      case Result.Retry(String reason, Optional<Duration> after, boolean forAll) -> {
        if (forAll) {
          receiverBreaker.missed(head.lease().key(), clock.monotonic());
        } else {
          receiverBreaker.reached();
        }
        if (head.delivery().owed().plus(PERSISTENCE).isBefore(now)) {
          yield failed(head, "given up: " + reason, now);
        }
        metrics.count(channel.name(), "retried");
        Duration wait = Backoff.after(head.delivery().attempt(), ThreadLocalRandom.current());
        Duration asked = after.filter(rest -> rest.compareTo(LONGEST_REST) < 0).orElse(wait);
        yield head.done(
            DeliveryState.PENDING,
            now,
            Optional.of(cut(reason)),
            now.plus(asked.compareTo(wait) > 0 ? asked : wait));
      }
    };
  }

  private DeliveryQueue.Done failed(DeliveryQueue.Head head, String reason, Instant now) {
    metrics.count(channel.name(), "failed");
    Delivery delivery = head.delivery();
    LOG.log(
        Level.WARNING,
        "alert {0} of {1} to {2} is given up after {3,number,#} {4}: {5} (delivery {6,number,#}"
            + " on channel {7})",
        delivery.kind(),
        OneLine.of(delivery.subject()),
        channel.receiver(),
        delivery.attempt(),
        delivery.attempt() == 1 ? "attempt" : "attempts",
        cut(reason),
        head.id(),
        channel.name());
    return head.done(DeliveryState.FAILED, now, Optional.of(cut(reason)), now);
  }

  private Result send(Delivery delivery) throws InterruptedException {
    try {
      return channel.send(delivery);
    } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError e) {
      LOG.log(Level.ERROR, "channel " + channel.name() + " failed in Rollcall itself", e);
      return new Result.Retry(
          "Rollcall failed: " + e.getClass().getSimpleName(), Optional.empty(), false);
    }
  }

  /// Writes the result of an attempt, however long the database is unavailable. While this thread
  /// waits, this process does not send the same delivery again.
  private void keep(DeliveryQueue.Done done) throws InterruptedException {
    while (true) {
      try {
        if (!deliveryQueue.finish(done)) {
          LOG.log(
              Level.DEBUG, "a delivery on channel {0} took longer than its lease", channel.name());
        }
        return;
      } catch (StorageException e) {
        if (loop.awaitClosing(AGAIN)) {
          return; // the lease ends, and it is sent again
        }
      }
    }
  }

  private static String cut(String reason) {
    return OneLine.of(reason, LONGEST_REASON);
  }

  /// Begins no more deliveries. Those under way have a moment to end; otherwise they are sent
  /// again.
  @Override
  public void close() {
    loop.close();
    threads.shutdown();
    try {
      if (!threads.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        threads.shutdownNow();
        if (!threads.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
          LOG.log(Level.WARNING, "some deliveries on channel {0} did not end", channel.name());
        }
      }
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
    channel.close();
  }
}
