package dev.rollcall.server.heartbeat;

import dev.rollcall.server.heartbeat.LostCalls.Span;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.time.Durations;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Calls that were turned away for want of room, and for how long that excuses jobs.
///
/// It does for five minutes at most, as whoever keeps a server full would silence its alerts
/// otherwise. After that nothing of the kind excuses anybody until calls have been taken for ten
/// minutes without a break.
final class RejectedCalls {
  /// The longest time for which nobody is accused.
  static final Duration MOST = Duration.ofMinutes(5);

  /// Without anybody turned away for so long, it is over.
  static final Duration CALM = Duration.ofMinutes(10);

  /// What lasts longer is told.
  static final Duration LOUD = Duration.ofMinutes(1);

  private static final Logger LOG = System.getLogger(RejectedCalls.class.getName());

  private final Clock clock;
  private volatile LongSupplier counter = () -> 0;
  private long counted;
  private Duration asked;
  private Optional<Span> lasting = Optional.empty();
  private Duration toldAt = Duration.ZERO;

  RejectedCalls(Clock clock) {
    this.clock = clock;
    this.asked = clock.monotonic();
  }

  /// Where to learn how many were turned away so far.
  void countedBy(LongSupplier counter) {
    this.counter = counter;
  }

  /// How many were turned away so far.
  long total() {
    return counter.getAsLong();
  }

  /// When calls were turned away since this was last asked, as far as that excuses anybody.
  ///
  /// @param noThread whether calls wait for a thread, without having been rejected
  synchronized Optional<Span> take(boolean noThread) {
    Duration before = asked;
    long now = counter.getAsLong();
    asked = clock.monotonic();
    boolean more = now > counted || noThread;
    counted = now;
    if (!more) {
      forget();
      return Optional.empty();
    }
    Span span = new Span(before, asked);
    lasting = Optional.of(lasting.filter(one -> !isCalm(one, before)).map(span::and).orElse(span));
    return isExcused(tell(lasting.get())) ? Optional.of(span) : Optional.empty();
  }

  /// What is wrong, where it has lasted for a while.
  synchronized Optional<String> problem() {
    return lasting
        .filter(one -> one.length().compareTo(LOUD) > 0)
        .filter(one -> clock.monotonic().minus(one.to()).compareTo(LOUD) <= 0)
        .map(RejectedCalls::words);
  }

  private void forget() {
    if (lasting.filter(one -> isCalm(one, asked)).isPresent()) {
      lasting = Optional.empty();
      if (!toldAt.isZero()) {
        LOG.log(Level.INFO, "heartbeats are received again");
      }
      toldAt = Duration.ZERO;
    }
  }

  /// Once when it has lasted for a minute, and once when it excuses nobody any more.
  private Span tell(Span span) {
    Duration next = toldAt.isZero() ? LOUD : MOST;
    if (span.length().compareTo(next) > 0 && toldAt.compareTo(MOST) < 0) {
      toldAt = next;
      LOG.log(Level.WARNING, words(span));
    }
    return span;
  }

  private static String words(Span span) {
    String since =
        "heartbeats are rejected or wait because the server is full or too busy, for "
            + Durations.words(span.length().truncatedTo(ChronoUnit.MINUTES))
            + " now";
    return isExcused(span)
        ? since + ": none becomes late until they can be received again, for 5 min at most"
        : since + ": silent ones become late again, although their calls may have been rejected";
  }

  private static boolean isExcused(Span span) {
    return span.length().compareTo(MOST) <= 0;
  }

  private static boolean isCalm(Span span, Duration until) {
    return until.minus(span.to()).compareTo(CALM) >= 0;
  }
}
