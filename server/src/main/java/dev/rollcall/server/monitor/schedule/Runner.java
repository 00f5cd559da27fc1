package dev.rollcall.server.monitor.schedule;

import dev.rollcall.server.http.Unavailable;
import dev.rollcall.server.monitor.check.CheckRunner;
import dev.rollcall.server.monitor.check.MonitorMetrics;
import dev.rollcall.server.monitor.check.Observation;
import dev.rollcall.server.monitor.check.Outcome;
import dev.rollcall.server.monitor.check.ScheduledCheck;
import dev.rollcall.server.sql.Lease;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.time.ClockWatch;
import dev.rollcall.server.time.Durations;
import dev.rollcall.server.time.Pauses;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// Runs the checks: claims services that are due, starts each check at its time on its own virtual
/// thread, and passes its outcome on.
///
/// Five times a second it claims the services that are due in the next 300 ms. While the database
/// is unavailable, it continues from memory with the services it knows, and the outcomes wait.
public final class Runner implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Runner.class.getName());

  private static final Duration ROUND = Duration.ofMillis(200);
  private static final Duration AHEAD = Duration.ofMillis(300);
  private static final Duration SWEEP = Duration.ofSeconds(15);
  private static final Duration SET_BACK = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /// The longest time to sleep. A longer one would only be computed after the clock was set back.
  private static final Duration LONGEST_SLEEP = ROUND.plus(AHEAD);

  /// If no round has ended for so long, the checks have stopped. A round takes moments, or
  /// [WithoutDatabase#SILENCE].
  private static final Duration STUCK = Duration.ofSeconds(30);

  /// Checks that are overdue (after a restart, or of many new services) start at this distance. It
  /// is small enough that all checks of one claim are under way before the next round, so that a
  /// runner that fell behind can catch up.
  private static final Duration PACE = Duration.ofNanos(100_000);

  /// Checks start at multiples of this time, several at once, so that the processor wakes up less
  /// often.
  private static final Duration SLOT = Duration.ofMillis(20);

  /// The time between rounds while all places are taken and more may be due.
  private static final Duration FULL = Duration.ofMillis(50);

  private static final int AT_ONCE = 2_000;

  /// A process that has just started is slow, as its code is not compiled yet, and all services may
  /// be due at once. Too many checks at once would fill its memory while they wait for the
  /// processor. In this time, at most [#OVERLAP_COLD] checks overlap, unless fewer than a thousand
  /// a second would start then.
  private static final Duration COLD = Duration.ofSeconds(12);

  private static final int AT_ONCE_COLD = 500;
  private static final int OVERLAP_COLD = 64;
  private static final Duration PACE_COLD = Duration.ofMillis(1);

  private final DueServices dueServices;
  private final CheckRunner checkRunner;
  private final PathWatch paths;
  private final OutcomeWriter writer;
  private final MonitorMetrics metrics;
  private final Clock clock;
  private final int mostInFlight;
  private final Semaphore room;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("check-", 0).factory());
  private final AtomicInteger running = new AtomicInteger();
  private final BackgroundLoop rounds =
      new BackgroundLoop("checks", "starting checks", ROUND, this::round);
  private final WithoutDatabase withoutDatabase;

  /// Services were changed here since the last sweep.
  private final AtomicBoolean changed = new AtomicBoolean();

  private final ClockWatch clocks;
  private final Duration warm;
  private final Instant started;
  private Instant swept;
  private final PendingClaim<List<Lease<Schedule.Row>>> pendingClaim = new PendingClaim<>();
  private volatile Optional<Duration> lastRound = Optional.empty();

  /// @param pauses tells whether this process stood still
  /// @param mostInFlight how many checks may run at once
  public Runner(
      DueServices dueServices,
      CheckRunner checkRunner,
      PathWatch paths,
      OutcomeWriter writer,
      MonitorMetrics metrics,
      Pauses pauses,
      Clock clock,
      int mostInFlight) {
    this.dueServices = dueServices;
    this.checkRunner = checkRunner;
    this.paths = paths;
    this.writer = writer;
    this.metrics = metrics;
    this.clock = clock;
    this.mostInFlight = mostInFlight;
    this.room = new Semaphore(mostInFlight);
    this.started = clock.wall();
    this.warm = clock.monotonic().plus(COLD);
    this.swept = started;
    this.clocks = new ClockWatch(clock, SET_BACK);
    this.withoutDatabase = new WithoutDatabase(dueServices, writer, pauses, clock);
  }

  /// Starts the checks; if the database is unavailable, from memory.
  ///
  /// @param prepare what has to be done in the database before the first claim; it is repeated
  ///   until it succeeds
  /// @param withoutIt fills the memory if the database is unavailable
  public void start(Runnable prepare, Runnable withoutIt) {
    if (!withoutDatabase.prepare(prepare)) {
      withoutIt.run();
    }
    lastRound = Optional.of(clock.monotonic());
    rounds.start();
    withoutDatabase.start();
  }

  private Duration round() throws InterruptedException {
    lastRound = Optional.of(clock.monotonic());
    return until(startDue());
  }

  /// Starts what is due in the next moments.
  ///
  /// @return when the next round begins
  private Instant startDue() throws InterruptedException {
    Instant now = clock.wall();
    Instant next = now.plus(ROUND);
    int places = room.availablePermits();
    if (places == 0) {
      return now.plus(FULL);
    }
    int limit = Math.min(cold() ? AT_ONCE_COLD : AT_ONCE, places);
    int late = 0;
    List<DueServices.DueCheck> starts = new ArrayList<>();
    for (DueServices.DueCheck dueCheck : dueChecks(now, limit)) {
      boolean due = dueCheck.due().isBefore(now);
      starts.add(
          dueCheck.startingAt(slot(due ? now.plus(PACE.multipliedBy(late++)) : dueCheck.due())));
    }
    starts.sort(Comparator.comparing(DueServices.DueCheck::start));
    begin(starts);
    if (cold() && starts.size() == limit) {
      return clock.wall(); // these have started, and more may be due
    }
    if (starts.size() == places) {
      return now.plus(FULL); // more may be due: they start when places are free again
    }
    Instant lastLate = now.plus(PACE.multipliedBy(late));
    return lastLate.isAfter(next) ? lastLate : next;
  }

  private void begin(List<DueServices.DueCheck> starts) {
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

  /// The first start time for checks at or after `at`.
  private static Instant slot(Instant at) {
    long millis = at.plusNanos(999_999).toEpochMilli();
    return Instant.ofEpochMilli(Math.ceilDiv(millis, SLOT.toMillis()) * SLOT.toMillis());
  }

  private List<DueServices.DueCheck> dueChecks(Instant now, int limit) throws InterruptedException {
    Instant until = now.plus(AHEAD);
    if (withoutDatabase.isNow()) {
      return withoutDatabase.remembered(until, limit);
    }
    Optional<String> waits = writer.waitingCommits();
    if (waits.isPresent()) { // a claim that finds nothing due would not notice
      return withoutDatabase.begin(waits.get(), until, limit);
    }
    if (writer.stuck()) {
      return withoutDatabase.begin("the results of checks cannot be written", until, limit);
    }
    if (withoutDatabase.isBehind()) {
      Optional<String> trouble = writer.trouble();
      return trouble.isPresent()
          ? withoutDatabase.begin(trouble.get(), until, limit)
          : withoutDatabase.remembered(until, limit);
    }
    try {
      List<Lease<Schedule.Row>> leases =
          pendingClaim.await(() -> claim(now, until, limit), WithoutDatabase.SILENCE);
      return dueServices.begin(leases.subList(0, Math.min(limit, leases.size())));
    } catch (TimeoutException e) {
      // The claim may still succeed. Then its checks start when the database answers again.
      String silent = "it has not answered for " + Durations.words(WithoutDatabase.SILENCE);
      return withoutDatabase.begin(writer.trouble().orElse(silent), until, limit);
    } catch (StorageException e) {
      return withoutDatabase.begin(e.reason(), until, limit);
    }
  }

  /// To be called after services were changed in this process. The next round then drops the state
  /// of those that were removed. Services that another process removed are dropped by the next
  /// regular sweep.
  public void servicesChanged() {
    changed.set(true);
  }

  /// Claims due services on another thread: a database may take minutes to answer, or to report a
  /// failure.
  private Future<List<Lease<Schedule.Row>>> claim(Instant now, Instant until, int limit) {
    ClockWatch.Change change = clocks.look();
    clocks.seen(change);
    boolean setBack = change.isSetBack();
    boolean sweeps =
        changed.getAndSet(false) || setBack || Duration.between(swept, now).compareTo(SWEEP) > 0;
    if (sweeps) {
      swept = now;
    }
    return threads.submit(
        () -> {
          if (setBack) {
            LOG.log(Level.WARNING, "the clock was set back: all services are due by the new time");
            dueServices.correctDueTimes(now);
          }
          if (sweeps) {
            dueServices.sweep(now).forEach(metrics::forget);
          }
          return dueServices.claim(until, limit);
        });
  }

  /// Starts each check at its time.
  private void start(List<DueServices.DueCheck> starts) {
    Iterator<DueServices.DueCheck> left = starts.iterator();
    try {
      while (left.hasNext()) {
        DueServices.DueCheck next = left.next();
        sleepUntil(next.start());
        if (cold() && running.get() >= OVERLAP_COLD) {
          Thread.sleep(PACE_COLD);
        }
        threads.execute(() -> run(next));
      }
    } catch (InterruptedException | RejectedExecutionException e) {
      Thread.currentThread().interrupt(); // closing: places and due rows no longer matter
    }
  }

  private boolean cold() {
    return clock.monotonic().compareTo(warm) < 0;
  }

  private void run(DueServices.DueCheck dueCheck) {
    running.incrementAndGet();
    RunState state = dueCheck.state();
    ScheduledCheck check = state.check();
    try {
      if (!dueServices.mayRun(dueCheck)) {
        state.abandon(dueCheck.run(), clock.wall());
        return; // this process stood still, and another one checks it
      }
      // A check that became due while Rollcall was not running does not count as late.
      Instant due = dueCheck.due().isBefore(started) ? started : dueCheck.due();
      Observation observation = paths.observed(check, checkRunner.ask(check, due));
      Optional<Outcome> outcome = state.end(dueCheck.run(), observation, clock.wall());
      if (outcome.isEmpty()) {
        return; // this process stood still, and another one has checked it since
      }
      metrics.observed(check, observation);
      if (check.isOperators() && !state.isNamed(check.name())) {
        metrics.forget(check.name()); // it was renamed or removed meanwhile
      }
      writer.keep(state, outcome.get());
    } catch (InterruptedException e) {
      state.abandon(dueCheck.run(), clock.wall()); // closing
    } catch (RuntimeException | Error e) {
      state.abandon(dueCheck.run(), clock.wall()); // otherwise it would never be due again
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

  /// Why no checks run, if they have stopped.
  public Optional<String> trouble() {
    return lastRound
        .map(last -> clock.monotonic().minus(last))
        .filter(silence -> silence.compareTo(STUCK) > 0)
        .map(silence -> "no checks have run for " + Durations.words(silence));
  }

  /// Whether checks go on without the database.
  public boolean isWithoutDatabase() {
    return withoutDatabase.isNow() && lastRound.isPresent() && trouble().isEmpty();
  }

  /// The number of checks under way.
  public int inFlight() {
    return mostInFlight - room.availablePermits();
  }

  /// Stops: checks under way are interrupted and have no outcome.
  @Override
  public void close() {
    lastRound = Optional.empty();
    rounds.close(Duration.ZERO);
    withoutDatabase.close();
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
    } catch (Unavailable e) {
      LOG.log(
          Level.WARNING,
          "{0,number,#} results of checks are lost: {1}",
          writer.waiting(),
          e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
