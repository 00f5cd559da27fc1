package dev.rollcall.server.node;

import dev.rollcall.server.httpclient.NoAnswer;
import dev.rollcall.server.node.Assignments.Lease;
import dev.rollcall.server.node.UnderWay.Finished;
import dev.rollcall.server.node.UnderWay.Work;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.time.SleepClock;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What a node does again and again: asks for targets, has them measured, keeps what was found, and
/// reports it as measured. Its rounds are for one thread.
///
/// Targets are begun as fast as their packets fill the rate of the node, however long one of them
/// takes: one that does not answer takes seconds, and few packets.
final class MeasuringLoop {
  private static final System.Logger LOG = System.getLogger(MeasuringLoop.class.getName());

  /// What is asked for at once has packets for about this long.
  private static final Duration WORTH = Duration.ofSeconds(2);

  private static final int MOST_AT_ONCE = 1_000;

  /// What is under way takes memory, a few kilobytes for each target.
  static final int MOST_UNDER_WAY = 4_000;

  /// How much longer than they have to targets may be under way, since they wait for the rate.
  private static final Duration QUEUEING = Duration.ofSeconds(5);

  /// How fast the mean of packets follows what targets take.
  private static final double NEWEST = 0.25;

  /// A machine that slept for less loses no answers.
  private static final Duration SHORTEST_SLEEP = Duration.ofSeconds(1);

  /// Before a pool is asked again that has assigned what is under way.
  private static final Duration AGAIN = Duration.ofSeconds(1);

  private static final Duration IDLE = Duration.ofMinutes(1);

  private final NodeSettings settings;
  private final Assignments assignments;
  private final ResultSink sink;
  private final NodeCounts counts;
  private final SleepClock sleep;
  private final Clock clock;
  private final UnderWay underWay;
  private final PacketRate rate;
  private final GrowingPause pause = new GrowingPause(Duration.ofSeconds(1), Duration.ofMinutes(1));
  private volatile Optional<String> problem = Optional.empty();

  /// The packets that a target takes, in the mean.
  private double packets;

  /// When to ask next, on the monotonic clock.
  private Duration askAt;

  /// What was found and is not safe yet.
  private List<Measurement> unsafe = List.of();

  private Optional<Lease> unsafeLease = Optional.empty();

  MeasuringLoop(
      NodeSettings settings,
      Assignments assignments,
      UnderWay underWay,
      ResultSink sink,
      NodeCounts counts,
      SleepClock sleep,
      Clock clock) {
    this.settings = settings;
    this.assignments = assignments;
    this.sink = sink;
    this.counts = counts;
    this.sleep = sleep;
    this.clock = clock;
    this.underWay = underWay;
    this.rate = new PacketRate(settings.rate(), clock);
    this.packets = settings.ping().silentPackets();
    this.askAt = clock.monotonic();
  }

  /// Why no targets are assigned, or not all; empty while they are.
  Optional<String> problem() {
    return problem.or(assignments::problem);
  }

  /// Keeps what was measured, and begins to measure what is assigned now.
  ///
  /// @return how long to wait before the next round, if nothing is finished before
  Duration round() throws InterruptedException {
    keepFinished();
    int limit = limit();
    Duration wait = limit == 0 ? IDLE : longer(rate.pause(), askAt.minus(clock.monotonic()));
    if (wait.isPositive()) {
      return wait;
    }
    try {
      begin(assignments.next(limit));
    } catch (NoAnswer e) {
      noTargets(e);
    }
    keepFinished();
    return longer(rate.pause(), askAt.minus(clock.monotonic()));
  }

  private static Duration longer(Duration one, Duration other) {
    Duration longest = one.compareTo(other) > 0 ? one : other;
    return longest.isNegative() ? Duration.ZERO : longest;
  }

  /// How many targets to ask for; 0 if enough are under way.
  private int limit() {
    double perSecond = settings.rate() / packets;
    int most =
        (int)
            Math.clamp(
                perSecond * seconds(settings.ping().longest().plus(QUEUEING)), 1, MOST_UNDER_WAY);
    int worth = (int) Math.clamp(perSecond * seconds(WORTH), 1, MOST_AT_ONCE);
    return Math.clamp(most - underWay.size(), 0, worth);
  }

  private static double seconds(Duration time) {
    return time.toNanos() / 1e9;
  }

  /// A target that is under way, and is assigned again, is not measured twice at a time.
  private void begin(Lease lease) {
    pause.reset();
    if (problem.isPresent()) {
      problem = Optional.empty();
      LOG.log(Level.INFO, "targets are assigned again");
    }
    Lease left =
        lease.withTargets(
            lease.targets().stream().filter(target -> !underWay.includes(target)).toList());
    Duration now = clock.monotonic();
    if (left.targets().isEmpty()) {
      assignments.done(left); // nothing of it may be measured here
      askAt = now.plus(lease.targets().isEmpty() ? lease.pause() : longer(lease.pause(), AGAIN));
      return;
    }
    Work work = new Work(left, now, sleep.slept(), left.targets().size() * packets);
    rate.expect(work.packets());
    underWay.begin(work);
  }

  private void noTargets(NoAnswer e) {
    if (problem.isEmpty()) {
      LOG.log(Level.WARNING, "nothing is measured without targets, asking again: {0}", e.reason());
    }
    problem = Optional.of(e.reason());
    askAt = clock.monotonic().plus(pause.next(e.retryAfter()));
  }

  private void keepFinished() {
    keepUnsafe();
    for (Optional<Finished> next = underWay.poll(); next.isPresent(); next = underWay.poll()) {
      take(next.get());
      keepUnsafe();
    }
  }

  private void take(Finished end) {
    Work work = end.work();
    end.failure().ifPresent(MeasuringLoop::rethrow);
    long sent = end.found().stream().mapToLong(Measurement::packets).sum();
    counts.packets().addAndGet(sent);
    // One to which nothing could be sent counts too, or they would all be tried in no time.
    double counted =
        end.found().stream()
            .mapToInt(one -> Math.max(one.packets(), settings.ping().count()))
            .sum();
    rate.correct(work.packets(), counted);
    packets += NEWEST * (counted / work.lease().targets().size() - packets);
    if (sleptSince(work.slept())) {
      counts.discarded().addAndGet(end.found().size());
      LOG.log(Level.INFO, "the machine slept: what was measured meanwhile is measured again");
      return;
    }
    counts.targets().addAndGet(end.found().size());
    counts.answered().addAndGet(end.found().stream().filter(one -> one.received() > 0).count());
    boolean inTime =
        work.lease().within().isEmpty()
            || clock.monotonic().minus(work.beganAt()).compareTo(work.lease().within().get()) < 0;
    unsafe = end.found();
    unsafeLease = inTime ? Optional.of(work.lease()) : Optional.empty();
  }

  private static void rethrow(Throwable failure) {
    throw failure instanceof RuntimeException known ? known : new IllegalStateException(failure);
  }

  /// Notes the results of a lease, if that has not succeeded yet. Nothing more is begun before they
  /// are safe, so there are never more of them than what was under way.
  private void keepUnsafe() {
    if (unsafe.isEmpty()) {
      return;
    }
    sink.take(unsafe);
    unsafe = List.of();
    unsafeLease.ifPresent(this::done);
    unsafeLease = Optional.empty();
  }

  /// A pool may have something else then, unless it does not answer.
  private void done(Lease lease) {
    assignments.done(lease);
    if (problem.isEmpty()) {
      askAt = clock.monotonic();
    }
  }

  private boolean sleptSince(Optional<Duration> before) {
    Optional<Duration> now = sleep.slept();
    return before.isPresent()
        && now.isPresent()
        && now.get().minus(before.get()).compareTo(SHORTEST_SLEEP) > 0;
  }
}
