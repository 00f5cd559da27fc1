package dev.rollcall.server.sql;

import dev.rollcall.server.time.Clock;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// How this process claims due rows: under which id, until when, and which share of them.
///
/// Without others, it claims all rows, for good. Where several processes share a database, each is
/// believed to live for a while after each sign of life ([#aliveUntil]). One that stood still, or
/// was cut off, claims nothing until it has given the next one: others may have taken over its
/// rows. If they have, it goes on under another id ([#another]).
public final class Claimant {
  private static final SecureRandom RANDOM = new SecureRandom();

  /// How long a claim waits for the next sign of life: so many times [#PART]. If the process stands
  /// still meanwhile, that costs one part: it is not the others who were silent then.
  private static final int PARTS = 20;

  private static final Duration PART = Duration.ofMillis(250);

  /// So long after the others are no longer sure to believe that this process lives, they take it
  /// for dead.
  private static final Duration DOUBT = Duration.ofSeconds(1);

  /// So long before its end, a lease counts as over: the clocks of others may be ahead.
  private static final Duration CLOCKS_APART = Duration.ofSeconds(1);

  /// Whoever gives signs of life tells so once a second.
  private static final Duration HEARD = Duration.ofSeconds(3);

  /// JSON numbers are exact up to here.
  private static final long HIGHEST = 1L << 53;

  /// The rows that a process claims when they become due: those whose key, divided by the number of
  /// processes, leaves its index. So a service is checked by the same process each time, which
  /// knows it, and processes do not get into each other's way.
  ///
  /// @param index from 0
  /// @param of the number of processes
  public record Share(int index, int of) {
    /// The share of a process that is alone.
    public static final Share ALL = new Share(0, 1);

    /// Checks that the index is one of those.
    public Share {
      if (index < 0 || index >= of) {
        throw new IllegalArgumentException("no share: " + index + " of " + of);
      }
    }

    /// Whether the row with that key belongs to this share.
    public boolean includes(long key) {
      return Math.floorMod(key, of) == index;
    }
  }

  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition renewed = lock.newCondition();
  private volatile long id = RANDOM.nextLong(1, HIGHEST);
  private volatile Optional<Duration> until = Optional.empty();
  private volatile Optional<Duration> heard = Optional.empty();
  private volatile Share share = Share.ALL;
  private volatile boolean othersBehind;

  Claimant(Clock clock) {
    this.clock = clock;
  }

  /// The `owner` of the rows that this process claims.
  public long id() {
    return id;
  }

  /// The share of this process.
  public Share share() {
    return share;
  }

  /// Claims this share from now on.
  public void share(Share now) {
    share = now;
  }

  /// Whether other processes may still have to write what they found while the database was away.
  /// If their rows are claimed before that, what is older than what is found then is dropped. That
  /// is not known while this process could give no sign of life: then they may.
  public boolean othersBehind() {
    return othersBehind || !isBelieved();
  }

  /// Sets [#othersBehind()].
  public void othersBehind(boolean now) {
    othersBehind = now;
  }

  /// The other processes believe that this one lives.
  ///
  /// @param end until when, on the monotonic clock
  public void aliveUntil(Duration end) {
    lock.lock();
    try {
      until = Optional.of(end);
      renewed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// The others took this process for dead, and its rows over: it goes on under another id.
  public void another() {
    id = RANDOM.nextLong(1, HIGHEST);
  }

  /// Whether the other processes are sure to believe that this one lives.
  public boolean isBelieved() {
    return until.map(end -> clock.monotonic().compareTo(end) < 0).orElse(true);
  }

  /// Another process that claims rows has told this one that it gave a sign of life.
  public void heardOfAnother() {
    heard = Optional.of(clock.monotonic());
  }

  /// Whether others do the work of this process: they give signs of life, and this one gave none
  /// for so long that they take it for dead. Whoever is not told of others' signs of life cannot
  /// know, and gets false.
  public boolean isReplaced() {
    Duration now = clock.monotonic();
    boolean silent = until.map(end -> now.compareTo(end.plus(DOUBT)) > 0).orElse(true);
    return silent && heard.filter(at -> now.minus(at).compareTo(HEARD) < 0).isPresent();
  }

  /// Whether a row is still this process's own: to be asked before something that cannot be undone
  /// is prepared. Waits for a sign of life if the last one is too old.
  public boolean stillHolds(Lease<?> lease) {
    return isBelievedSoon() && holdsNow(lease);
  }

  /// The same without waiting: to be asked again right before what cannot be undone. The monotonic
  /// clock goes on while a process is stopped, so one that stood still finds out here.
  public boolean holdsNow(Lease<?> lease) {
    return isBelieved()
        && lease.owner() == id
        && clock.monotonic().compareTo(lease.until().minus(CLOCKS_APART)) < 0;
  }

  /// Whether a row may still be this process's own: for what may be done twice rather than not at
  /// all. Waits for a sign of life if the last one is too old; without one, nobody is known to have
  /// taken the row over.
  public boolean mayHold(Lease<?> lease) {
    boolean _ = isBelievedSoon();
    return lease.owner() == id;
  }

  /// Waits until the others believe that this process lives; not if the database is in trouble, as
  /// whoever uses it finds out more about it.
  ///
  /// @throws StorageException if there is no sign of life for five seconds
  void awaitBelief(Supplier<Optional<String>> trouble) {
    if (!isBelieved() && trouble.get().isEmpty() && !isBelievedSoon()) {
      throw new StorageException(
          "this process could not tell the others for some seconds that it lives",
          StorageException.Outcome.RETRY);
    }
  }

  private boolean isBelievedSoon() {
    if (isBelieved()) {
      return true;
    }
    lock.lock();
    try {
      for (int part = 0; part < PARTS && !isBelieved(); part++) {
        boolean _ = renewed.await(PART.toNanos(), TimeUnit.NANOSECONDS);
      }
      return isBelieved();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }
}
