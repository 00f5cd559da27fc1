package dev.rollcall.server.heartbeat;

import dev.rollcall.server.heartbeat.LostCalls.Span;
import dev.rollcall.server.sql.Clock;
import dev.rollcall.server.sql.StorageException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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

  /// The clock went on so much further than time did.
  private static final Duration SET_ON = Duration.ofSeconds(2);

  /// The clock was set back by so much.
  private static final Duration SET_BACK = Duration.ofSeconds(-2);

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
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread =
      Thread.ofPlatform().daemon().name("heartbeats").unstarted(this::watch);
  private boolean begun;
  private boolean failing;
  private boolean told;
  private Optional<Span> away = Optional.empty();

  /// The last absence, until a look has shown that it is over.
  private Optional<Span> settled = Optional.empty();

  private Instant wall = Instant.EPOCH;
  private Duration monotonic = Duration.ZERO;
  private Duration expected = Duration.ZERO;
  private Optional<Duration> slept = Optional.empty();

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
    thread.start();
  }

  private void watch() {
    try {
      Duration pause = Duration.ZERO;
      while (!closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        pause = round();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Looks once, and tells how long to wait for the next time.
  Duration round() {
    Duration began = clock.monotonic();
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
      failing = false;
      return rest(away.isPresent() ? ROUND : watched(this::pause));
    } catch (StorageException e) {
      if (!failing) {
        LOG.log(
            Level.WARNING, "the search for late heartbeats waits for the database: " + e.reason());
      }
      failing = true;
      awaySince(began);
      return rest(AGAIN);
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      LOG.log(Level.ERROR, "looking for late heartbeats failed in Rollcall itself", e);
      return rest(AGAIN);
    }
  }

  private Duration rest(Duration pause) {
    expected = clock.monotonic().plus(pause);
    return pause;
  }

  /// Follows the clocks, whatever they do.
  private void follow() {
    Instant now = clock.wall();
    Duration time = clock.monotonic();
    if (!begun) {
      begin(time);
      corrections.started(now);
      slept = sleep.slept();
      begun = true;
    } else {
      if (isLong(time.minus(expected))) {
        awaySince(expected);
      }
      Duration drift = Duration.between(wall, now).minus(time.minus(monotonic));
      if (drift.compareTo(SET_ON) > 0 || drift.compareTo(SET_BACK) < 0) {
        drifted(now, drift);
      }
    }
    wall = now;
    monotonic = time;
  }

  /// The machine slept, or the clock was set, or both.
  private void drifted(Instant now, Duration drift) {
    Optional<Duration> total = sleep.slept();
    Duration nap =
        total
            .flatMap(to -> slept.map(to::minus))
            .filter(LateDetector::isLong)
            .orElse(Duration.ZERO);
    Duration set = drift.minus(nap);
    if (set.compareTo(SET_ON) > 0 || set.compareTo(SET_BACK) < 0) {
      LOG.log(
          Level.WARNING,
          "the clock was set "
              + (set.isNegative() ? "back by " : "forward by ")
              + set.abs().toSeconds()
              + " s");
      corrections.clockSet(now, set);
    }
    if (!nap.isZero()) {
      Duration time = clock.monotonic();
      away = Span.join(away, Optional.of(new Span(time.minus(nap), time)));
    }
    slept = total;
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
              + span.length().toSeconds()
              + " s: those that were due meanwhile get the startup grace");
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
    while (found == LateHeartbeats.AT_ONCE && away.isEmpty() && closed.getCount() > 0) {
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
    closed.countDown();
    try {
      if (thread.getState() != Thread.State.NEW) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
