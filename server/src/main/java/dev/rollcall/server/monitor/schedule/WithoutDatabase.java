package dev.rollcall.server.monitor.schedule;

import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.time.LogDebounce;
import dev.rollcall.server.time.Pauses;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// The time in which the database is unavailable and checks continue from memory, and its end: when
/// the outcomes that waited are written, and other processes have had time to write theirs.
final class WithoutDatabase implements AutoCloseable {
  private static final Logger LOG = System.getLogger(WithoutDatabase.class.getName());
  private static final Duration RETRY = Duration.ofMillis(500);

  /// A database that does not answer for so long counts as unavailable.
  static final Duration SILENCE = Duration.ofSeconds(5);

  /// If this process itself has stood still for so long, it is not the database that was silent,
  /// and others may have taken over what it remembers. It is less than others wait before they do.
  private static final Duration STOOD_STILL = Duration.ofSeconds(2);

  /// How long to wait for other processes.
  private static final Duration MOST_FOR_OTHERS = Duration.ofSeconds(10);

  private final DueServices dueServices;
  private final OutcomeWriter writer;
  private final Pauses pauses;
  private final Clock clock;
  private final AtomicBoolean away = new AtomicBoolean();
  private final BackgroundLoop returns =
      new BackgroundLoop("checks-database", "preparing the database", RETRY, this::awaitDatabase);
  private volatile Runnable preparation = () -> {};

  /// Since when this process is ready to claim again, and waits for others.
  private Optional<Duration> caughtUp = Optional.empty();

  private final LogDebounce outage;

  /// The reason in the last line about that. For the thread that begins checks.
  private String told = "";

  /// Results wait in Redis.
  private final LogDebounce behind;

  /// @param pauses tells whether this process stood still
  WithoutDatabase(DueServices dueServices, OutcomeWriter writer, Pauses pauses, Clock clock) {
    this.dueServices = dueServices;
    this.writer = writer;
    this.pauses = pauses;
    this.clock = clock;
    this.outage = new LogDebounce(Duration.ZERO, clock);
    this.behind = new LogDebounce(Duration.ZERO, clock);
  }

  /// Prepares the database. If it is unavailable, checks continue without it, and it is prepared
  /// once it is there.
  ///
  /// @param prepare what has to be done before the first claim
  /// @return whether it was prepared
  boolean prepare(Runnable prepare) {
    try {
      prepareNow(prepare);
      return true;
    } catch (StorageException e) {
      preparation = prepare;
      LOG.log(
          Level.WARNING,
          "started without the database, checks run and results wait in memory until it is"
              + " available: {0}",
          e.reason()); // also with Redis: services have no ids yet
      boolean _ = outage.begins(); // this is how it is told
      away.set(true);
      return false;
    }
  }

  private void prepareNow(Runnable prepare) {
    prepare.run();
    dueServices.correctDueTimes(
        clock.wall()); // not that of the start: another process may have run checks since
  }

  /// Looks for the end of the outage from now on.
  void start() {
    returns.start();
  }

  /// Whether checks continue from memory.
  boolean isNow() {
    return away.get();
  }

  /// The database seems to be unavailable: checks continue from memory, unless this process itself
  /// stood still. Then the next round tries again.
  ///
  /// @return the services due by `until`, at most `limit`
  List<DueServices.DueCheck> begin(String reason, Instant until, int limit) {
    if (stoodStill()) {
      return List.of();
    }
    begin(reason);
    return remembered(until, limit);
  }

  /// The services due by `until` according to memory, at most `limit`. None for a while after this
  /// process stood still: others may have taken them over, and if the database answers, that is
  /// known by then.
  List<DueServices.DueCheck> remembered(Instant until, int limit) {
    return stoodStill() ? List.of() : dueServices.remembered(until, limit);
  }

  private boolean stoodStill() {
    Duration from = clock.monotonic().minus(SILENCE).minus(STOOD_STILL);
    return pauses.since(from).compareTo(STOOD_STILL) >= 0;
  }

  /// Whether results wait in Redis that have to be written before anything is claimed.
  boolean isBehind() {
    boolean now = writer.isBehind();
    if (now && !stoodStill() && behind.begins()) {
      LOG.log(
          Level.WARNING,
          "results of checks have waited in Redis for some seconds: checks go on from memory until"
              + " they are written");
    }
    if (!now && behind.ends()) {
      LOG.log(Level.INFO, "the results of checks that waited in Redis are written");
    }
    return now;
  }

  private void begin(String reason) {
    if (outage.begins() || !reason.equals(told)) {
      told = reason;
      LOG.log(
          Level.WARNING,
          "the database is unavailable, checks continue and results wait in "
              + writer.waitsIn()
              + ": "
              + reason);
    }
    away.set(true);
  }

  /// Runs in parallel with the checks, since it may take seconds until an unavailable database
  /// reports a failure.
  private Duration awaitDatabase() {
    if (!away.get() && writer.stuck()) {
      boolean _ = writer.caughtUp(); // this process stood still, and its connections were ended
    }
    if (away.get()
        && writer.trouble().isEmpty()
        && prepared()
        && writer.caughtUp()
        && othersCaughtUp()) {
      away.set(false);
    }
    if (!away.get() && outage.ends()) {
      LOG.log(Level.INFO, "the database is available again");
    }
    return RETRY;
  }

  private boolean prepared() {
    try {
      prepareNow(preparation);
      preparation = () -> {};
      return true;
    } catch (StorageException e) {
      return false;
    }
  }

  /// Other processes that were without the database too write what they found before this one
  /// claims what has become due meanwhile; but it does not wait for them for long.
  private boolean othersCaughtUp() {
    Duration now = clock.monotonic();
    Duration since = caughtUp.orElse(now);
    boolean waits = dueServices.othersBehind() && now.minus(since).compareTo(MOST_FOR_OTHERS) < 0;
    caughtUp = waits ? Optional.of(since) : Optional.empty();
    return !waits;
  }

  @Override
  public void close() {
    returns.close(Duration.ZERO);
  }
}
