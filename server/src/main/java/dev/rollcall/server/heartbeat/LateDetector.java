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

/// Finds late heartbeats. One thread waits for the next due row, and looks at least five times a
/// second, since a ping may move a due time forward.
///
/// No heartbeat becomes late because of a problem of Rollcall. The search stops while this thread
/// stands still, while the database hangs or fails, and while pings hang or are rejected, and for 5
/// seconds after. If such an outage took 5 seconds or longer, heartbeats that were due meanwhile
/// get the startup grace.
final class LateDetector implements AutoCloseable {
  private static final Logger LOG = System.getLogger(LateDetector.class.getName());
  private static final Duration ROUND = Duration.ofMillis(200);
  private static final Duration AGAIN = Duration.ofSeconds(1);

  /// If the wall clock gains more than this on the monotonic one, it was set forward.
  private static final Duration SET_FORWARD = Duration.ofSeconds(2);

  /// If the wall clock loses more than this, it was set back.
  private static final Duration SET_BACK = Duration.ofSeconds(-2);

  /// After an outage, pings that waited in queues and sockets get this time to be recorded.
  private static final Duration SETTLING = Duration.ofSeconds(5);

  /// After an outage of this length, jobs have given up and call again later.
  private static final Duration LONG_OUTAGE = Duration.ofSeconds(5);

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
  private boolean warned;
  private Optional<Span> outage = Optional.empty();

  /// The last outage, until a search after it has succeeded without another one.
  private Optional<Span> lastOutage = Optional.empty();

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

  /// Searches once.
  ///
  /// @return how long to wait before the next search
  Duration round() {
    Duration began = clock.monotonic();
    try {
      checkClocks();
      if (isAvailable()) {
        look();
        timed(
            () -> {
              startupGrace.stamp();
              return true;
            });
        lastOutage = Optional.empty();
        warned &= outage.isPresent();
      }
      failing = false;
      return rest(outage.isPresent() ? ROUND : timed(this::pause));
    } catch (StorageException e) {
      if (!failing) {
        LOG.log(
            Level.WARNING, "the search for late heartbeats waits for the database: " + e.reason());
      }
      failing = true;
      addOutageFrom(began);
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

  /// Compares the wall clock with the monotonic one, whatever they do.
  private void checkClocks() {
    Instant now = clock.wall();
    Duration time = clock.monotonic();
    if (!begun) {
      begin(time);
      corrections.started(now);
      slept = sleep.slept();
      begun = true;
    } else {
      if (isLong(time.minus(expected))) {
        addOutageFrom(expected);
      }
      Duration drift = Duration.between(wall, now).minus(time.minus(monotonic));
      if (drift.compareTo(SET_FORWARD) > 0 || drift.compareTo(SET_BACK) < 0) {
        drifted(now, drift);
      }
    }
    wall = now;
    monotonic = time;
  }

  /// The machine slept, or the clock was set, or both.
  private void drifted(Instant now, Duration drift) {
    Optional<Duration> total = sleep.slept();
    Duration sleepTime =
        total
            .flatMap(to -> slept.map(to::minus))
            .filter(LateDetector::isLong)
            .orElse(Duration.ZERO);
    Duration set = drift.minus(sleepTime);
    if (set.compareTo(SET_FORWARD) > 0 || set.compareTo(SET_BACK) < 0) {
      LOG.log(
          Level.WARNING,
          "the clock was set "
              + (set.isNegative() ? "back by " : "forward by ")
              + set.abs().toSeconds()
              + " s");
      corrections.clockSet(now, set);
    }
    if (!sleepTime.isZero()) {
      Duration time = clock.monotonic();
      outage = Span.join(outage, Optional.of(new Span(time.minus(sleepTime), time)));
    }
    slept = total;
  }

  /// Asks the database. If that takes long, pings wait for it too: this counts as an outage.
  private <T> T timed(Supplier<T> question) {
    Duration asked = clock.monotonic();
    T answer = question.get();
    if (isLong(clock.monotonic().minus(asked))) {
      addOutageFrom(asked);
    }
    return answer;
  }

  private static boolean isLong(Duration stall) {
    return stall.compareTo(LostCalls.LONG) >= 0;
  }

  private void addOutageFrom(Duration from) {
    Span span = new Span(from, clock.monotonic());
    outage = Span.join(Span.join(lastOutage, outage), Optional.of(span));
  }

  /// Whether pings are received, and have been for long enough.
  private boolean isAvailable() {
    outage = Span.join(outage, timed(receivers::unheard));
    if (outage.isEmpty()) {
      return true;
    }
    Span span = outage.get();
    boolean counts = span.length().compareTo(LONG_OUTAGE) >= 0;
    if (clock.monotonic().minus(span.to()).compareTo(SETTLING) < 0) {
      if (counts && !warned) {
        warned = true;
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
    lastOutage = outage;
    outage = Optional.empty();
    return true;
  }

  private void begin(Duration until) {
    startupGrace.begin(until);
    lateHeartbeats.sift(startupGrace.started());
  }

  private void look() {
    Instant now = clock.wall().minus(receivers.lag());
    if (timed(lateHeartbeats::earliest).filter(due -> !due.isAfter(now)).isEmpty()) {
      return;
    }
    StartupGrace.Accused accused = startupGrace.accused();
    accused.before().ifPresent(before -> look(Instant.ofEpochMilli(Long.MIN_VALUE), before, now));
    look(accused.after(), now, now);
  }

  private void look(Instant after, Instant until, Instant now) {
    int found = LateHeartbeats.AT_ONCE;
    while (found == LateHeartbeats.AT_ONCE && outage.isEmpty() && closed.getCount() > 0) {
      Duration asked = clock.monotonic();
      found = timed(() -> lateHeartbeats.look(after, until, now, asked));
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
