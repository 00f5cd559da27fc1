package dev.rollcall.server.heartbeat.schedule;

import dev.rollcall.server.heartbeat.schedule.LostCalls.Span;
import dev.rollcall.server.signal.SignalWriter;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
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

/// Finds late heartbeats. One thread waits for the next due row, and looks at least five times a
/// second, since a ping may move a due time forward.
///
/// No heartbeat becomes late because of a problem of Rollcall. The search stops while this thread
/// stands still, while the database hangs or fails, and while pings hang or are rejected, and for 5
/// seconds after. If such an outage took 5 seconds or longer, heartbeats that were due meanwhile
/// get the startup grace.
public final class LateDetector implements AutoCloseable {
  private static final Logger LOG = System.getLogger(LateDetector.class.getName());
  private static final Duration ROUND = Duration.ofMillis(200);
  private static final Duration AGAIN = Duration.ofSeconds(1);

  /// If the wall clock drifts from the monotonic one by more than this, it was set.
  private static final Duration SET = Duration.ofSeconds(2);

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
  private final BackgroundLoop loop =
      new BackgroundLoop("heartbeats", "the search for late heartbeats", AGAIN, this::round);
  private Optional<ClockWatch> clocks = Optional.empty();
  private boolean warned;
  private Optional<Span> outage = Optional.empty();

  /// What was due by then has been looked for.
  private Duration looked = Duration.ZERO;

  /// The last outage, until a search after it has succeeded without another one.
  private Optional<Span> lastOutage = Optional.empty();

  /// @param signalWriter gets the changes that somebody may have to be told of
  /// @param realert time between two reminders while a heartbeat stays late
  /// @param grace how long Rollcall has to be up before a time that passed while it was down counts
  ///   as missed
  public LateDetector(
      Database database,
      GroupCommit commits,
      SignalWriter signalWriter,
      Duration realert,
      Duration grace,
      PingReceivers receivers,
      Clock clock,
      SleepClock sleep) {
    this.lateHeartbeats = new LateHeartbeats(database, commits, signalWriter, realert, clock);
    this.corrections = new ClockCorrections(commits, signalWriter, realert);
    this.startupGrace = new StartupGrace(database, commits, grace, clock);
    this.receivers = receivers;
    this.clock = clock;
    this.sleep = sleep;
  }

  public void start() {
    loop.start();
  }

  /// Searches once.
  ///
  /// @return how long to wait before the next search
  Duration round() {
    Duration began = clock.monotonic();
    Duration pause = AGAIN; // if it fails
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
      pause = outage.isPresent() ? ROUND : timed(this::pause);
      return pause;
    } catch (StorageException e) {
      addOutageFrom(began);
      throw e;
    } finally {
      if (clocks.isPresent()) {
        clocks.get().rest(pause);
      }
    }
  }

  /// Compares the wall clock with the monotonic one, whatever they do.
  private void checkClocks() {
    if (clocks.isEmpty()) {
      ClockWatch begun = new ClockWatch(clock, sleep, SET);
      begin(clock.monotonic());
      looked = clock.monotonic();
      corrections.started(clock.wall());
      clocks = Optional.of(begun);
      return;
    }
    ClockWatch watch = clocks.get();
    ClockWatch.Change change = watch.look();
    if (isLong(change.stoodStill())) {
      addOutageFrom(change.monotonic().minus(change.stoodStill()));
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
      Span sleepTime = new Span(change.monotonic().minus(change.slept()), change.monotonic());
      outage = Span.join(outage, Optional.of(sleepTime));
      looked = looked.minus(change.slept()); // the monotonic clock did not go on
    }
    watch.seen(change);
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
            "heartbeats may be lost, or wait: none becomes late until they are recorded in time"
                + " again");
      }
      return false;
    }
    if (counts) {
      begin(span.to());
      LOG.log(
          Level.INFO,
          "no heartbeat could become late for "
              + Durations.words(clock.monotonic().minus(looked))
              + ", as calls may have been lost, or waited: those that were due meanwhile get the"
              + " startup grace");
    }
    lastOutage = outage;
    outage = Optional.empty();
    return true;
  }

  private void begin(Duration until) {
    startupGrace.begin(until);
    lateHeartbeats.moveToDeadlines(startupGrace.started());
  }

  private void look() {
    Duration now = clock.monotonic();
    Duration lag = receivers.lag();
    look(clocks.orElseThrow().now().minus(lag)); // it may have been set since it was compared
    if (outage.isEmpty()) {
      looked = now.minus(lag);
    }
  }

  private void look(Instant now) {
    if (timed(lateHeartbeats::earliest).filter(due -> !due.isAfter(now)).isEmpty()) {
      return;
    }
    StartupGrace.LateRange range = startupGrace.mayBecomeLate();
    range.before().ifPresent(before -> look(Instant.ofEpochMilli(Long.MIN_VALUE), before, now));
    look(range.after(), now, now);
  }

  private void look(Instant after, Instant until, Instant now) {
    int found = LateHeartbeats.AT_ONCE;
    while (found == LateHeartbeats.AT_ONCE && outage.isEmpty() && !loop.isClosing()) {
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
    loop.close();
  }
}
