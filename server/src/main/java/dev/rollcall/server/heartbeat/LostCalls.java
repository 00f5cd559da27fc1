package dev.rollcall.server.heartbeat;

import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/// When calls of jobs could not be taken or noted, whatever the reason: whoever may have called in
/// vain is not accused.
///
/// Calls that fail are known once they do. Calls that hang are counted while they do, by the second
/// in which they came: two additions a call, and no clock is asked twice. Calls that have not come
/// that far, as no thread is free to read them, are known by a thread of our own that waits like
/// theirs.
final class LostCalls {
  /// One that takes longer to be noted hangs.
  static final Duration LONG = Duration.ofSeconds(1);

  /// More than any database or connection hangs before it fails.
  private static final int SECONDS = 256;

  private final Clock clock;
  private final AtomicIntegerArray waiting = new AtomicIntegerArray(SECONDS);
  private final AtomicReference<Optional<Span>> failed = new AtomicReference<>(Optional.empty());
  private final AtomicLong missed = new AtomicLong();
  private final RejectedCalls rejected;
  private final Executor threads;
  private Sample sample = new Sample(Duration.ZERO);

  /// Does nothing but show that new threads run.
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

  /// Times on the monotonic clock.
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

  LostCalls(Clock clock) {
    this(clock, Thread::startVirtualThread);
  }

  /// @param threads runs calls as the port does, each on a thread of its own
  LostCalls(Clock clock, Executor threads) {
    this.clock = clock;
    this.threads = threads;
    this.rejected = new RejectedCalls(clock);
    sample.run();
  }

  /// Has a call noted, and remembers if that fails or takes long.
  PingOutcome note(Function<HeartbeatChange, PingOutcome> write, HeartbeatChange call) {
    Duration came = clock.monotonic();
    int second = place(came.toSeconds());
    waiting.incrementAndGet(second);
    try {
      return write.apply(call);
    } catch (RuntimeException | Error e) { // whatever it is, the caller is not to blame for it
      Span span = new Span(came, clock.monotonic());
      failed.updateAndGet(known -> Span.join(known, Optional.of(span)));
      throw e;
    } finally {
      waiting.decrementAndGet(second);
    }
  }

  /// Those for which there was no room.
  RejectedCalls rejected() {
    return rejected;
  }

  /// When calls were unheard since this was last asked, up to now where some hang.
  synchronized Optional<Span> take() {
    Duration now = clock.monotonic();
    Optional<Span> span =
        Span.join(
            rejected.take(noThread(now)),
            Span.join(failed.getAndSet(Optional.empty()), hanging(now)));
    span.ifPresent(_ -> missed.incrementAndGet());
    return span;
  }

  /// How often there was something to [#take].
  long missed() {
    return missed.get();
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

  /// Whether a thread that was started for long enough has not run yet.
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
