package dev.rollcall.server.monitor.schedule;

import dev.rollcall.server.http.Unavailable;
import dev.rollcall.server.monitor.check.Outcome;
import dev.rollcall.server.monitor.check.ScheduledCheck;
import dev.rollcall.server.monitor.definition.ServiceReader;
import dev.rollcall.server.monitor.store.OutcomeRows;
import dev.rollcall.server.monitor.store.ServiceStore;
import dev.rollcall.server.redis.Redis;
import dev.rollcall.server.redis.StreamBuffer;
import dev.rollcall.server.signal.SignalWriter;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.Lease;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/// Writes the outcomes of checks. The due row, tick, counts, sums and events of a check are written
/// in one transaction, so that they agree after any crash.
///
/// Outcomes wait in a backlog for a moment, so that many share a transaction: one costs as much as
/// many outcomes do. They also wait while the database is unavailable; where there is a Redis, they
/// wait there ([OutcomeStream]). They are written in their order.
public final class OutcomeWriter implements Batch<Outcome, Boolean> {
  private static final Logger LOG = System.getLogger(OutcomeWriter.class.getName());

  private final ChangeLog log;
  private static final int AT_ONCE = 1_000;
  private static final Duration LINGER = Duration.ofMillis(200);

  /// A clock that is further ahead is wrong.
  private static final Duration FUTURE = Duration.ofSeconds(2);

  /// What waits in Redis for less than this is being written.
  private static final Duration BEHIND = Duration.ofSeconds(2);

  private final Database database;
  private final GroupCommit commits;
  private final Schedule schedule;
  private final Clock clock;
  private final Backlog<Found> backlog;
  private final EarlyOutcomes earlyOutcomes;
  private final OvertakenOutcomes overtaken;
  private final SignalWriter signals;
  private final Consumer<List<Outcome>> committed;
  private final ReentrantLock writing = new ReentrantLock();
  private volatile Runnable lost = () -> {};
  private volatile Optional<StreamBuffer<Outcome, Boolean>> stream = Optional.empty();
  private volatile boolean stuck;

  /// Since when the oldest of those waits that are being written.
  private volatile Optional<Duration> writingSince = Optional.empty();

  private final AtomicBoolean identified = new AtomicBoolean();

  /// An outcome, and the state to reset if it cannot be written.
  ///
  /// @param since when it began to wait, on the monotonic clock: a check takes longer than its
  ///   response, as one that waits for packets that are lost
  record Found(RunState state, Outcome outcome, Duration since) {
    /// The name of the service in a log line.
    String label() {
      return state.check().label();
    }

    /// The number of ticks: a report is also an outcome of each dependency in it.
    private int outcomes() {
      return counted(outcome);
    }

    private long service() {
      return outcome.serviceId();
    }
  }

  /// The number of ticks of an outcome.
  static int counted(Outcome outcome) {
    return 1 + outcome.observation().measurements().dependencies().map(List::size).orElse(0);
  }

  /// @param most how many outcomes may wait, derived services included; beyond that the oldest are
  ///   lost
  /// @param reader reads definitions as they are stored
  /// @param signals gets the confirmed changes of state
  /// @param committed is called with the outcomes after their commit, and returns at once
  public OutcomeWriter(
      Database database,
      GroupCommit commits,
      Schedule schedule,
      int most,
      ServiceReader reader,
      Clock clock,
      SignalWriter signals,
      Consumer<List<Outcome>> committed) {
    this.signals = signals;
    this.committed = committed;
    this.database = database;
    this.commits = commits;
    this.schedule = schedule;
    this.clock = clock;
    this.log = new ChangeLog(clock);
    this.backlog =
        new Backlog<>(most, Found::outcomes, Found::service, found -> found.state().outcomeLost());
    this.earlyOutcomes = new EarlyOutcomes(most, OutcomeWriter::counted);
    this.overtaken =
        new OvertakenOutcomes(schedule, reader, clock, signals, committed, () -> lost.run());
  }

  /// Calls this after each commit after which services that are traced are lost, or no longer. It
  /// returns at once.
  public void whenLost(Runnable changed) {
    lost = changed;
  }

  /// Outcomes go through Redis from now on.
  public void through(Redis redis) {
    stream =
        Optional.of(
            OutcomeStream.in(
                redis, schedule, overtaken, clock, signals, committed, () -> lost.run()));
  }

  /// A service that was checked before it had a row has its id now. Its outcomes get that id,
  /// unless they are not newer than the last one in the database, as another process may have
  /// checked it too; or if they are from the future, as the clock of this machine is wrong, and it
  /// did not know the right one yet.
  ///
  /// Whoever calls this has to call [#writeIdentified] afterwards.
  ///
  /// @param known what the database contains about the service
  void identify(RunState state, ScheduledCheck check, ServiceStore.Scheduled known, long claimed) {
    Optional<Instant> after = known.lastAt();
    Instant until = clock.wall().plus(FUTURE);
    for (Outcome outcome : earlyOutcomes.identify(state, check, known, claimed)) {
      Instant at = outcome.observation().at();
      if (at.isAfter(until)) {
        state.outcomeLost();
      } else if (after.isEmpty() || at.isAfter(after.get())) {
        if (backlog.add(new Found(state, outcome, clock.monotonic()))) {
          identified.set(true);
        }
      } else {
        overtaken.dropped(counted(outcome));
      }
    }
  }

  /// Writes identified outcomes, unless another thread is about to.
  void writeIdentified() {
    if (identified.getAndSet(false)) {
      flushOrStuck();
    }
  }

  /// A service that was checked before it had a row is no longer checked.
  void forget(RunState state) {
    earlyOutcomes.forget(state);
  }

  /// Accepts an outcome. It is durable within moments, or when the database is available.
  void keep(RunState state, Outcome found) {
    boolean early = found.serviceId() < 0;
    if (early && earlyOutcomes.add(state, found)) {
      return;
    }
    Outcome outcome = early ? state.claimed(found) : found;
    if (!backlog.add(new Found(state, outcome, clock.monotonic()))) {
      return; // another thread writes it too
    }
    // Somebody may be told of a change: it is written at once, with what waits already.
    boolean interrupted = outcome.newStreak().isEmpty() && linger();
    flushOrStuck();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void flushOrStuck() {
    writing.lock(); // what follows from one failure is known before the next attempt
    try {
      flush();
    } catch (StorageException | Unavailable e) {
      stuck = true;
    } finally {
      writing.unlock();
    }
  }

  /// Waits for more outcomes.
  ///
  /// @return whether the wait was interrupted, as when the runner closes
  private static boolean linger() {
    try {
      Thread.sleep(LINGER);
      return false;
    } catch (InterruptedException e) {
      return true;
    }
  }

  /// Whether outcomes wait because the database failed when they were written.
  boolean stuck() {
    return stuck;
  }

  /// Whether outcomes of whichever process have waited in Redis for a while, or may have: a service
  /// that is claimed before they are written would be judged by what is old. That says nothing
  /// about the database: whoever writes them may be slow, or dead until another one does it.
  boolean isBehind() {
    return stream.isPresent() && stream.get().lag().compareTo(BEHIND) >= 0;
  }

  /// How far the database is behind: what was found longer ago is written, as far as is known.
  public Duration lag() {
    Optional<Duration> waits = backlog.oldest().map(Found::since);
    Optional<Duration> writing = writingSince; // after the backlog, as they come from there
    Duration here =
        Stream.concat(waits.stream(), writing.stream())
            .min(Comparator.naturalOrder())
            .map(oldest -> clock.monotonic().minus(oldest))
            .orElse(Duration.ZERO);
    Duration there = stream.isPresent() ? stream.get().lag() : Duration.ZERO;
    return here.compareTo(there) > 0 ? here : there;
  }

  /// Where outcomes wait while the database is unavailable, for the log.
  String waitsIn() {
    return isKeptInRedis() ? "Redis" : "memory";
  }

  /// Whether outcomes wait in Redis while the database is unavailable.
  public boolean isKeptInRedis() {
    return stream.isPresent() && stream.get().isTaken();
  }

  /// Why the database seems to be unavailable, if it does.
  Optional<String> trouble() {
    return database.trouble();
  }

  /// That commits wait for a standby, if they do.
  Optional<String> waitingCommits() {
    return database.waitingCommits();
  }

  /// Whether the database answers and all waiting outcomes are written.
  boolean caughtUp() {
    if (database.trouble().isPresent() || !schedule.rows().claimant().isBelieved()) {
      return false;
    }
    try {
      schedule.rows().earliest();
      flushAll();
      return !isBehind();
    } catch (StorageException | Unavailable e) {
      return false;
    }
  }

  private void flushAll() {
    writing.lock();
    try {
      flush();
      stuck = false;
    } finally {
      writing.unlock();
    }
  }

  /// The number of waiting outcomes.
  public int waiting() {
    return backlog.size() + earlyOutcomes.size();
  }

  /// The number of lost outcomes: too many waited, or others had found something newer.
  public long lost() {
    return backlog.lost() + earlyOutcomes.lost() + overtaken.dropped();
  }

  /// Writes all waiting outcomes, oldest first.
  ///
  /// @throws StorageException if the database is unavailable; the rest continues to wait
  /// @throws Unavailable if no more can wait in Redis either
  void flush() {
    writing.lock();
    try {
      for (List<Found> some = take(); !some.isEmpty(); some = take()) {
        try {
          write(some);
        } catch (StorageException | Unavailable e) {
          backlog.putBack(some);
          throw e;
        }
      }
    } finally {
      writingSince = Optional.empty();
      writing.unlock();
    }
  }

  private List<Found> take() {
    writingSince = backlog.oldest().map(Found::since);
    return backlog.take(AT_ONCE);
  }

  private void write(List<Found> some) {
    List<Outcome> outcomes = some.stream().map(Found::outcome).toList();
    try {
      if (stream.isPresent()) {
        stream.get().writeAll(outcomes);
        log.tell(some);
      } else {
        List<Boolean> written = commits.writeAll(this, outcomes);
        log.tell(chosen(some, written));
        writeOvertaken(chosen(some, written.stream().map(one -> !one).toList()));
      }
    } catch (StorageException | Unavailable e) {
      throw e;
    } catch (RuntimeException e) {
      if (some.size() > 1) { // one of them cannot be written: separate it from the others
        write(some.subList(0, some.size() / 2));
        write(some.subList(some.size() / 2, some.size()));
      } else {
        some.getFirst().state().outcomeLost();
        LOG.log(Level.ERROR, "a result could not be stored", e);
      }
    }
  }

  /// In a transaction of their own, as all lock rows in one order.
  private void writeOvertaken(List<Found> some) {
    if (!some.isEmpty()) {
      List<Outcome> outcomes = some.stream().map(Found::outcome).toList();
      log.tell(chosen(some, commits.writeAll(overtaken, outcomes)));
    }
  }

  /// Outcomes of one service stay in order, and all writers lock rows in the same order.
  @Override
  public Optional<Comparator<Outcome>> order() {
    return Optional.of(Comparator.comparingLong(Outcome::serviceId));
  }

  /// Returns for each outcome whether its due row was still leased here. Otherwise nothing is
  /// written: the service is gone, or another process has claimed it, and [OvertakenOutcomes]
  /// decides. An outcome that was written before is not counted again.
  @Override
  public List<Boolean> apply(Handle tx, List<Outcome> outcomes) {
    List<Boolean> valid = schedule.rows().finish(tx, outcomes.stream().map(this::finish).toList());
    List<Outcome> written =
        OutcomeRows.write(tx, chosen(outcomes, valid), signals, () -> lost.run(), clock.wall());
    tx.afterCommit(() -> committed.accept(written));
    return valid;
  }

  private Lease.Finish finish(Outcome outcome) {
    return new Lease.Finish(outcome.serviceId(), outcome.fence(), clock.wall(), outcome.repeat());
  }

  private static <T> List<T> chosen(List<T> outcomes, List<Boolean> which) {
    if (!which.contains(false)) {
      return outcomes;
    }
    List<T> chosen = new ArrayList<>(outcomes.size());
    for (int i = 0; i < outcomes.size(); i++) {
      if (which.get(i)) {
        chosen.add(outcomes.get(i));
      }
    }
    return Collections.unmodifiableList(chosen);
  }
}
