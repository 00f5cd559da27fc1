package dev.rollcall.server.outbox;

import dev.rollcall.server.config.OneLine;
import dev.rollcall.server.outbox.Channel.Result;
import dev.rollcall.server.outbox.DeliveryQueue.Lane;
import dev.rollcall.server.sql.Lease;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.time.ClockWatch;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Sends the deliveries of all channels: a thread waits until a delivery is due or somebody wakes
/// it, and each delivery has its own virtual thread. It claims only as many of a channel as there
/// are places at its receiver, so a receiver that hangs does not delay others.
final class Sender implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Sender.class.getName());

  /// A delivery is given up after retries for this long.
  static final Duration PERSISTENCE = Duration.ofDays(3);

  private static final Duration LONGEST_REST = Duration.ofHours(1);
  private static final Duration AGAIN = Duration.ofSeconds(1);
  private static final Duration MOMENT = Duration.ofMillis(10);
  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final int LONGEST_REASON = 500;
  private static final String HALF_WAY = "not sent to its end: another process may send it by now";

  /// If the wall clock loses more than this on the monotonic one, it was set back.
  private static final Duration SET_BACK = Duration.ofSeconds(2);

  private volatile List<ActiveChannel> active = List.of();

  /// No longer used, but something may still be sent on them.
  private final Set<ActiveChannel> leaving = ConcurrentHashMap.newKeySet();

  private final DeliveryQueue deliveryQueue;
  private final ReceiverLimits limits = new ReceiverLimits();
  private final DeliveryMetrics metrics;
  private final Clock clock;
  private final Duration look;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("deliver-", 0).factory());
  private final BackgroundLoop loop =
      new BackgroundLoop("outbox", "the sending of alerts", AGAIN, this::look);
  private final ClockWatch clocks;
  private boolean released;

  /// @param look the longest time without looking for due deliveries
  Sender(DeliveryQueue deliveryQueue, DeliveryMetrics metrics, Clock clock, Duration look) {
    this.deliveryQueue = deliveryQueue;
    this.metrics = metrics;
    this.clock = clock;
    this.look = look;
    this.clocks = new ClockWatch(clock, SET_BACK);
  }

  void start() {
    loop.start();
  }

  /// Sends on these channels only, from the next round on. A channel that was used before goes on
  /// with what it is sending, and with the state of its receiver.
  synchronized void use(Collection<Channel> channels) {
    List<ActiveChannel> before = active;
    List<ActiveChannel> now =
        channels.stream()
            .map(channel -> existing(before, channel).orElseGet(() -> joined(channel)))
            .toList();
    before.stream().filter(one -> !now.contains(one)).forEach(this::leave);
    active = now;
    wake();
  }

  private static Optional<ActiveChannel> existing(List<ActiveChannel> before, Channel channel) {
    return before.stream().filter(one -> one.channel() == channel).findFirst();
  }

  private ActiveChannel joined(Channel channel) {
    ActiveChannel joined = new ActiveChannel(channel);
    limits.join(joined.receiver());
    metrics.show(channel.name());
    return joined;
  }

  private void leave(ActiveChannel one) {
    limits.leave(one.receiver());
    leaving.add(one);
  }

  /// Lets it look for due deliveries at once.
  void wake() {
    loop.wake();
  }

  /// How many deliveries are being sent.
  int underWay() {
    return limits.underWay();
  }

  private Duration look() {
    closeWhatIsIdle();
    List<ActiveChannel> now = active;
    if (now.isEmpty()) {
      return look; // whoever adds a channel wakes it
    }
    if (!released) {
      deliveryQueue.releaseAbandoned();
      released = true;
    }
    ClockWatch.Change change = clocks.look();
    if (change.isSetBack()) {
      deliveryQueue.clockSetBack(change.now());
    }
    clocks.seen(change);
    Map<String, Instant> due =
        deliveryQueue.earliest(now.stream().map(one -> one.channel().name()).toList());
    Duration rest = look;
    for (ActiveChannel one : now) {
      Instant next = due.get(one.channel().name());
      if (next != null) {
        rest = shorter(rest, round(one, next));
      }
    }
    return rest;
  }

  private void closeWhatIsIdle() {
    leaving.removeIf(
        one -> {
          boolean idle = one.underWay().isEmpty();
          if (idle) {
            one.channel().close();
          }
          return idle;
        });
  }

  /// Begins what may begin on one channel.
  ///
  /// @param next when its next lane is due
  /// @return how long to wait, unless it is woken
  private Duration round(ActiveChannel one, Instant next) {
    Instant wall = clock.wall();
    if (next.isAfter(wall)) {
      return Duration.between(wall, next).plusMillis(1);
    }
    Duration now = clock.monotonic();
    String receiver = one.receiver();
    int room = limits.take(receiver, room(one, now));
    if (room == 0) {
      // A free place wakes it. Otherwise wait for the pause, or shortly, as another channel has all
      // places.
      Duration pause = one.breaker().pause(now);
      return pause.isZero() ? AGAIN : pause;
    }
    int begun = 0;
    try {
      List<Lease<Lane>> leases = deliveryQueue.claim(one.channel().name(), wall, room);
      Map<Long, DeliveryQueue.Head> heads = heads(one, leases);
      for (Lease<Lane> lease : leases) {
        // If it is still being sent, it has exceeded its lease: wait for its end.
        if (one.underWay().add(lease.key())) {
          Optional<DeliveryQueue.Head> head = Optional.ofNullable(heads.get(lease.key()));
          threads.execute(() -> run(one, lease, head));
          begun++;
        }
      }
      // Fewer, although they are due: another process claims them. Otherwise look at the rest.
      return leases.isEmpty() ? MOMENT : Duration.ZERO;
    } finally {
      limits.give(receiver, room - begun);
    }
  }

  private Map<Long, DeliveryQueue.Head> heads(ActiveChannel one, List<Lease<Lane>> leases) {
    try {
      return deliveryQueue.heads(leases);
    } catch (RuntimeException e) {
      leases.stream()
          .filter(lease -> one.underWay().add(lease.key()))
          .forEach(lease -> threads.execute(() -> giveBack(one, lease)));
      throw e;
    }
  }

  private int room(ActiveChannel one, Duration now) {
    int own = one.underWay().size();
    int share = limits.share(one.receiver()) - own;
    return Math.max(0, Math.min(share, one.breaker().room(now, own)));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private void run(ActiveChannel one, Lease<Lane> lease, Optional<DeliveryQueue.Head> head) {
    try {
      // It may not be this process's any more, if that stood still: then another one sends it. The
      // channel asks again, right before the receiver gets it.
      boolean sends = head.isPresent() && deliveryQueue.claimant().stillHolds(lease);
      DeliveryQueue.Done done = sends ? attempt(one, head.get()) : unsent(lease);
      one.underWay().remove(lease.key()); // before another claim is possible
      boolean kept = keep(() -> deliveryQueue.finish(done)).orElse(true);
      if (!kept && done.attempted().isPresent() && head.get().claim().hasBegun()) {
        overtaken(one, head.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closing: the lease ends, and it is sent again
    } finally {
      one.underWay().remove(lease.key());
      limits.give(one.receiver(), 1);
      wake();
    }
  }

  /// Whoever sends it need not wait for the end of the lease.
  private DeliveryQueue.Done unsent(Lease<Lane> lease) {
    return new DeliveryQueue.Done(lease, Optional.empty(), clock.wall());
  }

  /// A lane was claimed, but it is not known what is to be sent.
  private void giveBack(ActiveChannel one, Lease<Lane> lease) {
    try {
      var _ = keep(() -> deliveryQueue.finish(unsent(lease)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closing: the lease ends
    } finally {
      one.underWay().remove(lease.key());
      wake();
    }
  }

  private DeliveryQueue.Done attempt(ActiveChannel one, DeliveryQueue.Head head)
      throws InterruptedException {
    Channel channel = one.channel();
    ReceiverBreaker receiverBreaker = one.breaker();
    Result result = send(channel, head.delivery());
    Instant now = clock.wall();
    return switch (result) {
      case Result.Sent(_, Optional<String> receipt, Optional<String> remark) -> {
        receiverBreaker.reached();
        metrics.count(channel.name(), "sent");
        metrics.told(channel.name(), head.delivery(), now);
        yield head.delivered(now, receipt, remark);
      }
      case Result.Withheld(boolean begun) ->
          begun ? head.failed(DeliveryState.PENDING, now, HALF_WAY, now) : unsent(head.lease());
      case Result.Refused(String reason) -> {
        receiverBreaker.reached();
        yield failed(channel, head, "refused: " + reason, now);
      }
      case Result.Retry(String reason, Optional<Duration> after, boolean forAll) -> {
        if (forAll) {
          receiverBreaker.missed(head.lease().key(), clock.monotonic());
        } else {
          receiverBreaker.reached();
        }
        if (head.delivery().written().plus(PERSISTENCE).isBefore(now)) {
          yield failed(channel, head, "given up: " + reason, now);
        }
        metrics.count(channel.name(), "retried");
        Duration wait = Backoff.after(head.delivery().attempt(), ThreadLocalRandom.current());
        Duration asked = after.filter(rest -> rest.compareTo(LONGEST_REST) < 0).orElse(wait);
        yield head.failed(
            DeliveryState.PENDING,
            now,
            cut(reason),
            now.plus(asked.compareTo(wait) > 0 ? asked : wait));
      }
    };
  }

  private DeliveryQueue.Done failed(
      Channel channel, DeliveryQueue.Head head, String reason, Instant now) {
    metrics.count(channel.name(), "failed");
    Delivery delivery = head.delivery();
    LOG.log(
        Level.WARNING,
        "alert {0} of {1} to {2} is given up after {3,number,#} {4}: {5} (delivery {6,number,#}"
            + " on channel {7})",
        delivery.kind().word(),
        OneLine.of(delivery.subject()),
        channel.receiver(),
        delivery.attempt(),
        delivery.attempt() == 1 ? "attempt" : "attempts",
        cut(reason),
        head.id(),
        channel.name());
    return head.failed(DeliveryState.FAILED, now, cut(reason), now);
  }

  private static Result send(Channel channel, Delivery delivery) throws InterruptedException {
    try {
      return channel.send(delivery);
    } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError e) {
      LOG.log(Level.ERROR, "channel " + channel.name() + " failed in Rollcall itself", e);
      return new Result.Retry(
          "Rollcall failed: " + e.getClass().getSimpleName(), Optional.empty(), false);
    }
  }

  /// It was sent, but another process has taken it over.
  private void overtaken(ActiveChannel one, DeliveryQueue.Head head) throws InterruptedException {
    int again = keep(() -> deliveryQueue.tellAgain(head, clock.wall())).orElse(0);
    if (again > 0) {
      LOG.log(
          Level.WARNING,
          "alert {0} of {1} to {2} may have arrived after newer ones, as this process stood still:"
              + " {3,number,#} of these are sent again (delivery {4,number,#} on channel {5})",
          head.delivery().kind().word(),
          OneLine.of(head.delivery().subject()),
          one.channel().receiver(),
          again,
          head.id(),
          one.channel().name());
    }
  }

  /// Writes the result of an attempt, however long the database is unavailable. While this thread
  /// waits, this process does not send the same delivery again.
  ///
  /// @return empty if it was not written before the end of this process: then the lease ends, and
  ///   it is sent again
  private <T> Optional<T> keep(Supplier<T> writing) throws InterruptedException {
    while (true) {
      try {
        return Optional.of(writing.get());
      } catch (StorageException e) {
        if (loop.awaitClosing(AGAIN)) {
          return Optional.empty();
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
          LOG.log(Level.WARNING, "some deliveries did not end");
        }
      }
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
    Stream.concat(active.stream(), leaving.stream()).forEach(one -> one.channel().close());
  }
}
