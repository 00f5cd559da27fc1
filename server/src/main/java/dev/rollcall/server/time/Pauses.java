package dev.rollcall.server.time;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Knows when this process stood still: it was stopped (SIGSTOP, a paused virtual machine), got no
/// processor, or had no carrier left for virtual threads. What timed out meanwhile may have been
/// well.
///
/// A virtual thread beats four times a second, as checks run on such threads. A beat that is more
/// than a second late was a pause.
public final class Pauses implements AutoCloseable {
  private static final Duration BEAT = Duration.ofMillis(250);

  /// Shorter pauses are noise on a busy machine.
  static final Duration SHORTEST = Duration.ofSeconds(1);

  /// Longer than any check takes.
  private static final Duration REMEMBERED = Duration.ofMinutes(10);

  private record Span(Duration from, Duration to) {}

  private final Clock clock;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Deque<Span> spans = new ArrayDeque<>();
  private boolean started;
  private Duration last = Duration.ZERO;

  public Pauses(Clock clock) {
    this.clock = clock;
  }

  /// Starts to beat. Before that, no pause is known.
  public void start() {
    beat();
    Thread.ofVirtual().name("pauses").start(this::run);
  }

  private void run() {
    try {
      while (!closing.await(BEAT.toMillis(), TimeUnit.MILLISECONDS)) {
        beat();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Beats once.
  synchronized void beat() {
    Duration now = clock.monotonic();
    if (started && isPause(now)) {
      spans.addLast(new Span(last, now));
    }
    while (!spans.isEmpty() && spans.peekFirst().to().compareTo(now.minus(REMEMBERED)) < 0) {
      spans.removeFirst();
    }
    started = true;
    last = now;
  }

  private boolean isPause(Duration now) {
    return now.minus(last).compareTo(BEAT.plus(SHORTEST)) > 0;
  }

  /// How long the process has stood still since then, in all.
  ///
  /// @param from on the monotonic clock, not more than ten minutes ago
  public synchronized Duration since(Duration from) {
    Duration now = clock.monotonic();
    Duration sum = Duration.ZERO;
    Iterator<Span> newest = spans.descendingIterator();
    while (newest.hasNext()) {
      Span span = newest.next();
      if (span.to().compareTo(from) <= 0) {
        break;
      }
      sum = sum.plus(span.to().minus(later(span.from(), from)));
    }
    // After a pause, whoever asks may be awake before the beat is.
    return started && isPause(now) ? sum.plus(now.minus(later(last, from))) : sum;
  }

  private static Duration later(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  @Override
  public void close() {
    closing.countDown();
  }
}
