package dev.rollcall.server.heartbeat;

import dev.rollcall.server.sql.Clock;
import dev.rollcall.server.sql.StorageException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Watches for moments that pass: one thread, which waits for the next moment that the database
/// knows, and looks five times a second at least, as a call may bring one forward.
final class Lookout implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Lookout.class.getName());
  private static final Duration ROUND = Duration.ofMillis(200);
  private static final Duration AGAIN = Duration.ofSeconds(1);

  /// The clock went on so much further than time did: the machine slept, or was set right. Or
  /// nobody has looked for so long: the process stood still, or the database was away, so that jobs
  /// called in vain.
  private static final Duration LEAP = Duration.ofSeconds(5);

  /// The clock was set back by so much.
  private static final Duration SET_BACK = Duration.ofSeconds(-2);

  private final Lateness lateness;
  private final Absences absences;
  private final Clock clock;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread = Thread.ofVirtual().name("heartbeats").unstarted(this::watch);
  private boolean begun;
  private boolean away;
  private Instant wall = Instant.EPOCH;
  private Duration monotonic = Duration.ZERO;
  private Duration expected = Duration.ZERO;

  Lookout(Lateness lateness, Absences absences, Clock clock) {
    this.lateness = lateness;
    this.absences = absences;
    this.clock = clock;
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
    try {
      follow();
      look();
      absences.stamp();
      away = false;
      return rest(pause());
    } catch (StorageException e) {
      if (!away) {
        LOG.log(Level.WARNING, "late heartbeats are found later: " + e.reason());
      }
      away = true;
      return AGAIN;
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      LOG.log(Level.ERROR, "looking for late heartbeats failed in Rollcall itself", e);
      return rest(AGAIN);
    }
  }

  private Duration rest(Duration pause) {
    expected = clock.monotonic().plus(pause);
    return pause;
  }

  /// Follows the clock, whatever it does.
  private void follow() {
    Instant now = clock.wall();
    Duration passed = clock.monotonic().minus(monotonic);
    Duration drift = Duration.between(wall, now).minus(passed);
    Duration missed = clock.monotonic().minus(expected);
    if (!begun || drift.compareTo(LEAP) > 0 || missed.compareTo(LEAP) > 0) {
      absences.begin();
      lateness.sift(absences.started());
      if (begun) {
        Duration gone = drift.compareTo(missed) > 0 ? drift : missed;
        LOG.log(
            Level.INFO,
            "nobody looked for late heartbeats for "
                + gone.toSeconds()
                + " s: those that were due meanwhile get the grace of a start");
      }
      begun = true;
      expected = clock.monotonic();
    } else if (drift.compareTo(SET_BACK) < 0) {
      LOG.log(Level.WARNING, "the clock was set back by " + drift.negated().toSeconds() + " s");
      lateness.mend(now);
    }
    wall = now;
    monotonic = monotonic.plus(passed);
  }

  private void look() {
    Instant now = clock.wall();
    if (lateness.earliest().filter(due -> !due.isAfter(now)).isEmpty()) {
      return;
    }
    Absences.Accused accused = absences.accused();
    accused.before().ifPresent(before -> look(Instant.ofEpochMilli(Long.MIN_VALUE), before));
    look(accused.after(), now);
  }

  private void look(Instant after, Instant until) {
    while (closed.getCount() > 0 && lateness.look(after, until) == Lateness.AT_ONCE) {
      // the next of them
    }
  }

  private Duration pause() {
    Instant now = clock.wall();
    Optional<Duration> next =
        lateness
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
