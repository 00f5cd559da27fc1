package dev.rollcall.server.heartbeat;

import dev.rollcall.server.heartbeat.LostCalls.Span;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.time.ClockWatch;
import dev.rollcall.server.time.Durations;
import dev.rollcall.server.time.SleepClock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/// Watches for moments that pass: one thread, which waits for the next moment that the database
/// knows, and looks five times a second at least, as a call may bring one forward.
///
/// It accuses nobody of what Rollcall is to blame for. While this thread stands still, the database
/// hangs or fails, or calls hang or are turned away, and for five seconds after, nobody is found
/// late; where that took five seconds or longer, whoever was due meanwhile gets the grace of a
/// start.
final class LateDetector implements AutoCloseable {
  private static final Logger LOG = System.getLogger(LateDetector.class.getName());
  private static final Duration ROUND = Duration.ofMillis(200);
  private static final Duration AGAIN = Duration.ofSeconds(1);

  /// By less, the clock was not set.
  private static final Duration SET = Duration.ofSeconds(2);

  /// What waited in queues and sockets meanwhile has so long to be noted.
  private static final Duration SETTLING = Duration.ofSeconds(5);

  /// An absence this long makes jobs give up, and call again later.
  private static final Duration ABSENCE = Duration.ofSeconds(5);

  private final LateHeartbeats lateHeartbeats;
  private final ClockCorrections corrections;
  private final StartupGrace startupGrace;
  private final PingReceivers receivers;
  private final Clock clock;
  private final SleepClock sleep;
  private final BackgroundLoop loop =
      new BackgroundLoop("heartbeats", "the search for late heartbeats", AGAIN, this::round);
  private Optional<ClockWatch> clocks = Optional.empty();
  private boolean told;
  private Optional<Span> away = Optional.empty();

  /// The last absence, until a look has shown that it is over.
  private Optional<Span> settled = Optional.empty();

  LateDetector(
      LateHeartbeats lateHeartbeats,
      ClockCorrections corrections,
      StartupGrace startupGrace,
      PingReceivers receivers,
      Clock clock,
      SleepClock sleep) {
    this.lateHeartbeats = lateHeartbeats;
    this.corrections = corrections;
    this.startupGrace = startupGrace;
    this.receivers = receivers;
    this.clock = clock;
    this.sleep = sleep;
  }

  void start() {
    loop.start();
  }

  /// Looks once, and tells how long to wait for the next time.
  Duration round() {
    Duration began = clock.monotonic();
    Duration pause = AGAIN; // where it fails
    try {
      follow();
      if (isBack()) {
        look();
        watched(
            () -> {
              startupGrace.stamp();
              return true;
            });
        settled = Optional.empty();
        told &= away.isPresent();
      }
      pause = away.isPresent() ? ROUND : watched(this::pause);
      return pause;
    } catch (StorageException e) {
      awaySince(began);
      throw e;
    } finally {
      if (clocks.isPresent()) {
        clocks.get().rest(pause);
      }
    }
  }

  /// Follows the clocks, whatever they do.
  private void follow() {
    if (clocks.isEmpty()) {
      ClockWatch begun = new ClockWatch(clock, sleep, SET);
      begin(clock.monotonic());
      corrections.started(clock.wall());
      clocks = Optional.of(begun);
      return;
    }
    ClockWatch watch = clocks.get();
    ClockWatch.Change change = watch.look();
    if (isLong(change.stoodStill())) {
      awaySince(change.monotonic().minus(change.stoodStill()));
    }
    if (!change.set().isZero()) {
      LOG.log(
          Level.WARNING,
          "the clock was set {0} by {1}",
          change.isSetBack() ? "back" : "forward",
          Durations.words(change.set().abs()));
      corrections.clockSet(change.now(), change.set());
    }
    if (!change.slept().isZero()) {
      Span nap = new Span(change.monotonic().minus(change.slept()), change.monotonic());
      away = Span.join(away, Optional.of(nap));
    }
    watch.seen(change);
  }

  /// Asks the database, and remembers if that takes long: calls wait for it too.
  private <T> T watched(Supplier<T> question) {
    Duration asked = clock.monotonic();
    T answer = question.get();
    if (isLong(clock.monotonic().minus(asked))) {
      awaySince(asked);
    }
    return answer;
  }

  private static boolean isLong(Duration stall) {
    return stall.compareTo(LostCalls.LONG) >= 0;
  }

  private void awaySince(Duration from) {
    Span span = new Span(from, clock.monotonic());
    away = Span.join(Span.join(settled, away), Optional.of(span));
  }

  /// Whether all is as it should be, and has been for long enough.
  private boolean isBack() {
    away = Span.join(away, watched(receivers::unheard));
    if (away.isEmpty()) {
      return true;
    }
    Span span = away.get();
    boolean counts = span.length().compareTo(ABSENCE) >= 0;
    if (clock.monotonic().minus(span.to()).compareTo(SETTLING) < 0) {
      if (counts && !told) {
        told = true;
        LOG.log(
            Level.WARNING,
            "heartbeats may be lost: none becomes late until they can be received again");
      }
      return false;
    }
    if (counts) {
      begin(span.to());
      LOG.log(
          Level.INFO,
          "heartbeats may have been lost for "
              + Durations.words(span.length())
              + ": those that were due meanwhile get the startup grace");
    }
    settled = away;
    away = Optional.empty();
    return true;
  }

  private void begin(Duration until) {
    startupGrace.begin(until);
    lateHeartbeats.sift(startupGrace.started());
  }

  private void look() {
    Instant now = clock.wall().minus(receivers.lag());
    if (watched(lateHeartbeats::earliest).filter(due -> !due.isAfter(now)).isEmpty()) {
      return;
    }
    StartupGrace.Accused accused = startupGrace.accused();
    accused.before().ifPresent(before -> look(Instant.ofEpochMilli(Long.MIN_VALUE), before, now));
    look(accused.after(), now, now);
  }

  private void look(Instant after, Instant until, Instant now) {
    int found = LateHeartbeats.AT_ONCE;
    while (found == LateHeartbeats.AT_ONCE && away.isEmpty() && !loop.isClosing()) {
      Duration asked = clock.monotonic();
      found = watched(() -> lateHeartbeats.look(after, until, now, asked));
    }
  }

  private Duration pause() {
    Instant now = clock.wall();
    Optional<Duration> next =
        lateHeartbeats
            .earliest()
            .filter(due -> due.isAfter(now))
            .map(due -> Duration.between(now, due).plusMillis(1))
            .filter(wait -> wait.compareTo(ROUND) < 0);
    return next.orElse(ROUND);
  }

  @Override
  public void close() {
    loop.close();
  }
}
