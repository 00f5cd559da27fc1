package dev.rollcall.server.monitor;

import dev.rollcall.server.sql.Lease;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.time.ClockWatch;
import dev.rollcall.server.time.Durations;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// Runs the checks: claims the services that are due, starts each check at its time on a virtual
/// thread of its own, and hands on what it found.
///
/// Five times a second it claims what comes due within the next moments. When the database is away
/// it goes on with the services it ran last, from memory, and what they are found to be waits until
/// the database is back.
final class Runner implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Runner.class.getName());

  private static final Duration ROUND = Duration.ofMillis(200);
  private static final Duration AHEAD = Duration.ofMillis(300);
  private static final Duration RETRY = Duration.ofMillis(500);
  private static final Duration SWEEP = Duration.ofSeconds(15);
  private static final Duration SET_BACK = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /// A database that says nothing for so long is away, as one that says that it is.
  private static final Duration SILENCE = Duration.ofSeconds(5);

  /// No moment that is waited for lies further ahead, except by a clock that was set back.
  private static final Duration LONGEST_SLEEP = ROUND.plus(AHEAD);

  /// A round takes moments, or [#SILENCE].
  private static final Duration STUCK = Duration.ofSeconds(30);

  /// Checks whose moment has passed (after a restart, or of many new services) start this far
  /// apart: as many as are claimed at once are under way before the next round, so that a runner
  /// that fell behind can catch up.
  private static final Duration PACE = Duration.ofNanos(100_000);

  /// Checks start at whole slots, several at a time, so that the machine wakes up for many at once.
  private static final Duration SLOT = Duration.ofMillis(20);

  private static final int AT_ONCE = 2_000;

  /// A process that has just started, with all services due at once, is slow: its code is not
  /// compiled yet. Given no more than it can do, its memory does not fill with checks that wait for
  /// the processor: at most so many of them overlap, unless that would start fewer than a thousand
  /// a second.
  private static final Duration COLD = Duration.ofSeconds(12);

  private static final int AT_ONCE_COLD = 500;
  private static final int OVERLAP_COLD = 64;
  private static final Duration PACE_COLD = Duration.ofMillis(1);

  private final DueServices dueServices;
  private final CheckRunner checkRunner;
  private final OutcomeWriter writer;
  private final MonitorMetrics metrics;
  private final Clock clock;
  private final int mostInFlight;
  private final Semaphore room;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("check-", 0).factory());
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicBoolean databaseAway = new AtomicBoolean();
  private final BackgroundLoop rounds =
      new BackgroundLoop("checks", "starting checks", ROUND, this::round);
  private final BackgroundLoop returns =
      new BackgroundLoop("checks-database", "preparing the database", RETRY, this::awaitDatabase);
  private final ClockWatch clocks;
  private final Duration warm;
  private final Instant started;
  private Instant swept;
  private Optional<Future<List<Lease<Schedule.Row>>>> unheard = Optional.empty();
  private volatile Runnable preparation = () -> {};
  private volatile Optional<Duration> lastRound = Optional.empty();

  /// @param mostInFlight how many checks may be under way at once
  Runner(
      DueServices dueServices,
      CheckRunner checkRunner,
      OutcomeWriter writer,
      MonitorMetrics metrics,
      Clock clock,
      int mostInFlight) {
    this.dueServices = dueServices;
    this.checkRunner = checkRunner;
    this.writer = writer;
    this.metrics = metrics;
    this.clock = clock;
    this.mostInFlight = mostInFlight;
    this.room = new Semaphore(mostInFlight);
    this.started = clock.wall();
    this.warm = clock.monotonic().plus(COLD);
    this.swept = started;
    this.clocks = new ClockWatch(clock, SET_BACK);
  }

  /// Begins to ask; without the database where that is away.
  ///
  /// @param prepare what has to be done in the database before anything is claimed in it; it is
  ///   called until it succeeds
  /// @param withoutIt what memory has to know where the database is away
  void start(Runnable prepare, Runnable withoutIt) {
    try {
      prepare(prepare);
    } catch (StorageException e) {
      withoutIt.run();
      preparation = prepare;
      leave(e.reason());
    }
    lastRound = Optional.of(clock.monotonic());
    rounds.start();
    returns.start();
  }

  private void prepare(Runnable prepare) {
    prepare.run();
    dueServices.mend(clock.wall()); // not `started`: another process may have asked since
  }

  private Duration round() throws InterruptedException {
    lastRound = Optional.of(clock.monotonic());
    return until(turn());
  }

  /// Starts whatever has its turn within the next moments, and says when to look again.
  private Instant turn() throws InterruptedException {
    Instant now = clock.wall();
    Instant next = now.plus(ROUND);
    int limit = Math.min(cold() ? AT_ONCE_COLD : AT_ONCE, room.availablePermits());
    if (limit == 0) {
      return next;
    }
    int late = 0;
    List<Start> starts = new ArrayList<>();
    for (DueServices.Turn turn : turns(now, limit)) {
      boolean due = turn.due().isBefore(now);
      starts.add(new Start(turn, slot(due ? now.plus(PACE.multipliedBy(late++)) : turn.due())));
    }
    starts.sort(Comparator.comparing(Start::at));
    begin(starts);
    if (cold() && starts.size() == limit) {
      return clock.wall(); // these have started, and more may be due
    }
    Instant lastLate = now.plus(PACE.multipliedBy(late));
    return lastLate.isAfter(next) ? lastLate : next;
  }

  private void begin(List<Start> starts) {
    room.acquireUninterruptibly(starts.size());
    if (cold()) {
      start(starts); // before any others
      return;
    }
    try {
      threads.execute(() -> start(starts));
    } catch (RejectedExecutionException e) {
      room.release(starts.size()); // closing
    }
  }

  /// A turn, and when it begins.
  private record Start(DueServices.Turn turn, Instant at) {}

  /// The first instant at or after `at` at which checks start.
  private static Instant slot(Instant at) {
    long millis = at.plusNanos(999_999).toEpochMilli();
    return Instant.ofEpochMilli(Math.ceilDiv(millis, SLOT.toMillis()) * SLOT.toMillis());
  }

  private List<DueServices.Turn> turns(Instant now, int limit) throws InterruptedException {
    Instant until = now.plus(AHEAD);
    if (databaseAway.get()) {
      return dueServices.remembered(until, limit);
    }
    if (writer.stuck()) {
      return away("what checks find cannot be written", until, limit);
    }
    Future<List<Lease<Schedule.Row>>> claim = unheard.orElseGet(() -> claim(now, until, limit));
    unheard = Optional.of(claim);
    try {
      List<Lease<Schedule.Row>> leases = claim.get(SILENCE.toMillis(), TimeUnit.MILLISECONDS);
      unheard = Optional.empty();
      return dueServices.begin(leases.subList(0, Math.min(limit, leases.size())));
    } catch (TimeoutException e) {
      // What it may yet claim is taken up once it is back.
      return away("nothing was heard of it for " + Durations.words(SILENCE), until, limit);
    } catch (ExecutionException e) {
      unheard = Optional.empty();
      return switch (e.getCause()) {
        case StorageException storage -> away(storage.reason(), until, limit);
        case RuntimeException bug -> throw bug;
        case null, default -> throw new IllegalStateException(e.getCause());
      };
    }
  }

  /// Asks the database whose turn it is, on a thread of its own: it may take minutes to say
  /// anything, or to say that it is away.
  private Future<List<Lease<Schedule.Row>>> claim(Instant now, Instant until, int limit) {
    ClockWatch.Change change = clocks.look();
    clocks.seen(change);
    boolean setBack = change.isSetBack();
    boolean sweeps = setBack || Duration.between(swept, now).compareTo(SWEEP) > 0;
    if (sweeps) {
      swept = now;
    }
    return threads.submit(
        () -> {
          if (setBack) {
            LOG.log(Level.WARNING, "the clock was set back: all services are due by the new time");
            dueServices.mend(now);
          }
          if (sweeps) {
            dueServices.sweep().forEach(metrics::forget);
          }
          return dueServices.claim(until, limit);
        });
  }

  private List<DueServices.Turn> away(String reason, Instant until, int limit) {
    leave(reason);
    return dueServices.remembered(until, limit);
  }

  private void leave(String reason) {
    LOG.log(
        Level.WARNING,
        "the database is unavailable, checks continue and results wait in memory: " + reason);
    databaseAway.set(true);
  }

  /// Beside the rounds, since a database that is away may take seconds to say so.
  private Duration awaitDatabase() {
    if (databaseAway.get() && writer.answers() && prepared() && writer.caughtUp()) {
      LOG.log(Level.INFO, "the database is available again");
      databaseAway.set(false);
    }
    return RETRY;
  }

  private boolean prepared() {
    try {
      prepare(preparation);
      preparation = () -> {};
      return true;
    } catch (StorageException e) {
      return false;
    }
  }

  /// Starts each check at its moment.
  private void start(List<Start> starts) {
    Iterator<Start> left = starts.iterator();
    try {
      while (left.hasNext()) {
        Start next = left.next();
        sleepUntil(next.at());
        if (cold() && running.get() >= OVERLAP_COLD) {
          Thread.sleep(PACE_COLD);
        }
        threads.execute(() -> run(next.turn()));
      }
    } catch (InterruptedException | RejectedExecutionException e) {
      Thread.currentThread().interrupt(); // closing: nobody looks for room or turns any more
    }
  }

  private boolean cold() {
    return clock.monotonic().compareTo(warm) < 0;
  }

  private void run(DueServices.Turn turn) {
    running.incrementAndGet();
    RunState state = turn.state();
    ScheduledCheck check = state.check();
    try {
      // What came due while Rollcall was not running is not late: nobody was there to ask.
      Instant due = turn.due().isBefore(started) ? started : turn.due();
      Observation observation = checkRunner.ask(check, due);
      metrics.observed(check, observation);
      if (!state.isNamed(check.name())) {
        metrics.forget(check.name()); // it was renamed or removed meanwhile
      }
      writer.keep(state, state.end(observation, clock.wall()));
    } catch (InterruptedException e) {
      state.abandon(clock.wall()); // closing
    } catch (RuntimeException | Error e) {
      state.abandon(clock.wall()); // or it would never have a turn again
      throw e;
    } finally {
      running.decrementAndGet();
      room.release();
    }
  }

  private void sleepUntil(Instant moment) throws InterruptedException {
    Thread.sleep(until(moment));
  }

  private Duration until(Instant moment) {
    Duration left = Duration.between(clock.wall(), moment);
    if (left.isNegative()) {
      return Duration.ZERO;
    }
    return left.compareTo(LONGEST_SLEEP) < 0 ? left : LONGEST_SLEEP;
  }

  /// Why nobody is asked, where somebody ought to be.
  Optional<String> trouble() {
    return lastRound
        .map(last -> clock.monotonic().minus(last))
        .filter(silence -> silence.compareTo(STUCK) > 0)
        .map(silence -> "no checks have run for " + Durations.words(silence));
  }

  /// How many checks are under way.
  int inFlight() {
    return mostInFlight - room.availablePermits();
  }

  /// Stops asking: what is under way is broken off and not counted.
  @Override
  public void close() {
    lastRound = Optional.empty();
    rounds.close(Duration.ZERO);
    returns.close(Duration.ZERO);
    threads.shutdownNow();
    try {
      if (!threads.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.log(Level.WARNING, "some checks did not end within " + Durations.words(PATIENCE));
      }
      writer.flush();
    } catch (StorageException e) {
      LOG.log(
          Level.WARNING,
          "{0,number,#} results of checks are lost, the database is unavailable: {1}",
          writer.waiting(),
          e.reason());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
