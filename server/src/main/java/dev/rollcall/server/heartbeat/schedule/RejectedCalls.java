package dev.rollcall.server.heartbeat.schedule;

import dev.rollcall.server.heartbeat.schedule.LostCalls.Span;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.time.Durations;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Pings that were rejected because the server was full or too busy, and for how long heartbeats
/// therefore do not become late.
///
/// This holds for five minutes at most: otherwise somebody who keeps the server full could suppress
/// its alerts. It holds again only after ten minutes without a rejected ping.
public final class RejectedCalls {
  /// The longest time during which no heartbeat becomes late for this reason.
  static final Duration MOST = Duration.ofMinutes(5);

  /// After this long without a rejected ping, the incident is over.
  static final Duration CALM = Duration.ofMinutes(10);

  /// An incident that lasts longer is logged and reported.
  static final Duration LOUD = Duration.ofMinutes(1);

  private static final Logger LOG = System.getLogger(RejectedCalls.class.getName());

  private final Clock clock;
  private volatile LongSupplier counter = () -> 0;
  private long counted;
  private Duration asked;
  private Optional<Span> lasting = Optional.empty();
  private Duration loggedAt = Duration.ZERO;

  RejectedCalls(Clock clock) {
    this.clock = clock;
    this.asked = clock.monotonic();
  }

  /// Sets where the number of rejected pings is read.
  public void countedBy(LongSupplier counter) {
    this.counter = counter;
  }

  /// The number of pings rejected so far.
  public long total() {
    return counter.getAsLong();
  }

  /// When pings were rejected since the last call; empty if heartbeats become late all the same.
  ///
  /// @param noThread whether calls wait for a thread, without having been rejected
  synchronized Optional<Span> take(boolean noThread) {
    Duration before = asked;
    long now = counter.getAsLong();
    asked = clock.monotonic();
    boolean more = now > counted || noThread;
    counted = now;
    if (!more) {
      endIfCalm();
      return Optional.empty();
    }
    Span span = new Span(before, asked);
    lasting = Optional.of(lasting.filter(one -> !isCalm(one, before)).map(span::and).orElse(span));
    return isExcused(logIfLong(lasting.get())) ? Optional.of(span) : Optional.empty();
  }

  /// The problem, if it has lasted for more than a minute and is not over.
  public synchronized Optional<String> problem() {
    return lasting
        .filter(one -> one.length().compareTo(LOUD) > 0)
        .filter(one -> clock.monotonic().minus(one.to()).compareTo(LOUD) <= 0)
        .map(RejectedCalls::words);
  }

  private void endIfCalm() {
    if (lasting.filter(one -> isCalm(one, asked)).isPresent()) {
      lasting = Optional.empty();
      if (!loggedAt.isZero()) {
        LOG.log(Level.INFO, "heartbeats are received again");
      }
      loggedAt = Duration.ZERO;
    }
  }

  /// Logs once after a minute, and once when heartbeats become late again.
  private Span logIfLong(Span span) {
    Duration next = loggedAt.isZero() ? LOUD : MOST;
    if (span.length().compareTo(next) > 0 && loggedAt.compareTo(MOST) < 0) {
      loggedAt = next;
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
