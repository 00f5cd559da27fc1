package dev.rollcall.server.heartbeat.schedule;

import dev.rollcall.server.heartbeat.ping.HeartbeatChange;
import dev.rollcall.server.heartbeat.ping.PingOutcome;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;

/// Knows when pings could not be received or recorded, whatever the reason. A heartbeat whose ping
/// may have been lost then does not become late.
///
/// - Pings that fail are known when they fail.
/// - Pings that hang are counted by the second in which they came. This costs two additions a ping.
/// - Pings that wait for a free thread are not known yet. Therefore a sample thread is started in
///   the same way: while it does not run, pings do not run either.
public final class LostCalls {
  /// A ping that takes at least this long to be recorded hangs.
  static final Duration LONG = Duration.ofSeconds(1);

  /// Longer than any database or connection hangs before it fails.
  private static final int SECONDS = 256;

  private final Clock clock;
  private final AtomicIntegerArray waiting = new AtomicIntegerArray(SECONDS);
  private final AtomicReference<Optional<Span>> failed = new AtomicReference<>(Optional.empty());
  private final AtomicLong missed = new AtomicLong();
  private final RejectedCalls rejected;
  private final Executor threads;
  private volatile Supplier<Duration> lag = () -> Duration.ZERO;
  private Sample sample = new Sample(Duration.ZERO);

  /// Shows whether new threads run.
  private static final class Sample implements Runnable {
    private final Duration sent;
    private volatile boolean ran;

    Sample(Duration sent) {
      this.sent = sent;
    }

    @Override
    public void run() {
      ran = true;
    }
  }

  /// A span of time on the monotonic clock.
  record Span(Duration from, Duration to) {
    Span and(Span other) {
      return new Span(
          from.compareTo(other.from) < 0 ? from : other.from,
          to.compareTo(other.to) > 0 ? to : other.to);
    }

    static Optional<Span> join(Optional<Span> one, Optional<Span> other) {
      return one.map(span -> other.map(span::and).orElse(span)).or(() -> other);
    }

    Duration length() {
      return to.minus(from);
    }
  }

  public LostCalls(Clock clock) {
    this(clock, Thread::startVirtualThread);
  }

  /// @param threads runs pings as the port does, each on its own thread
  LostCalls(Clock clock, Executor threads) {
    this.clock = clock;
    this.threads = threads;
    this.rejected = new RejectedCalls(clock);
    sample.run();
  }

  /// Records a ping, and remembers if that fails or takes long.
  public PingOutcome note(Function<HeartbeatChange, PingOutcome> write, HeartbeatChange call) {
    Duration came = clock.monotonic();
    int second = place(came.toSeconds());
    waiting.incrementAndGet(second);
    try {
      return write.apply(call);
    } catch (RuntimeException | Error e) { // the caller did not cause any of these
      Span span = new Span(came, clock.monotonic());
      failed.updateAndGet(known -> Span.join(known, Optional.of(span)));
      throw e;
    } finally {
      waiting.decrementAndGet(second);
    }
  }

  /// Pings may wait elsewhere before they are recorded.
  ///
  /// @param lag every ping that came longer ago is recorded
  public void waitIn(Supplier<Duration> lag) {
    this.lag = lag;
  }

  /// Every ping that came longer ago is recorded.
  Duration lag() {
    return lag.get();
  }

  /// The pings that were rejected because the server was full.
  public RejectedCalls rejected() {
    return rejected;
  }

  /// When pings could not be received since the last call of this method; up to now if some hang.
  synchronized Optional<Span> take() {
    Duration now = clock.monotonic();
    Optional<Span> span =
        Span.join(
            rejected.take(noThread(now)),
            Span.join(failed.getAndSet(Optional.empty()), Span.join(hanging(now), behind(now))));
    span.ifPresent(_ -> missed.incrementAndGet());
    return span;
  }

  /// How often [#take] has returned a span.
  long missed() {
    return missed.get();
  }

  /// Pings that wait elsewhere, unless only for a moment.
  private Optional<Span> behind(Duration now) {
    return Optional.of(lag())
        .filter(longest -> longest.compareTo(LONG) >= 0)
        .map(longest -> new Span(now.minus(longest), now));
  }

  private Optional<Span> hanging(Duration now) {
    long last = now.toSeconds();
    for (long second = last - SECONDS + 1; second < last - LONG.toSeconds(); second++) {
      if (waiting.get(place(second)) > 0) {
        return Optional.of(new Span(Duration.ofSeconds(second), now));
      }
    }
    return Optional.empty();
  }

  /// Whether the sample thread was started at least a second ago and has not run yet.
  private boolean noThread(Duration now) {
    if (sample.ran) {
      sample = new Sample(now);
      threads.execute(sample);
      return false;
    }
    return now.minus(sample.sent).compareTo(LONG) >= 0;
  }

  private static int place(long second) {
    return (int) Math.floorMod(second, (long) SECONDS);
  }
}
