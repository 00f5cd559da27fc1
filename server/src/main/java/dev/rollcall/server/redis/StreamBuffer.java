package dev.rollcall.server.redis;

import static java.util.Objects.requireNonNull;

import dev.rollcall.server.http.Unavailable;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/// Writes of one kind: each goes to a stream of Redis first, and from there to the database. While
/// Redis is unavailable, they go straight to the database.
///
/// @param <I> the type of the items
/// @param <R> the result of applying one
public final class StreamBuffer<I, R> {
  /// Items of the same subject share a stream. The number must be the same in all processes.
  private static final int STREAMS = 2;

  /// How long a caller waits for the database while it seems to answer.
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private static final Duration FULL_AGAIN = Duration.ofSeconds(10);
  private static final Duration OLDER_FIRST = Duration.ofSeconds(5);
  private static final Duration AFTER_DOUBT = Duration.ofSeconds(5);

  /// Processes notice within a second that a server refuses writes.
  private static final Duration UNTIL_OLDER = Duration.ofSeconds(2);

  /// The end of a stream that nobody can write is looked for twice a second.
  private static final Duration LATE = Duration.ofSeconds(2);

  /// If Redis is gone for longer than this, what waits there is not waited for.
  private static final Duration GIVEN_UP = Duration.ofMinutes(5);

  /// Between the arrival of an item and its entry in the stream.
  private static final Duration ON_THE_WAY = Duration.ofMillis(50);

  private final StreamKind<I, R> kind;
  private final Database database;
  private final GroupCommit commits;
  private final StreamAppender appender;
  private final AppliedResults results;
  private final long most;
  private final Clock clock;
  private final List<String> streams;
  private final Map<String, StreamEnd> ends = new TreeMap<>();
  private final Batch<Doubtful<I>, Optional<R>> doubtful;
  private final StreamWatch watch;
  private final AtomicLong bypassed = new AtomicLong();
  private volatile Duration lastWait = Duration.ofDays(-1);

  /// What became of an item.
  public sealed interface Written<R> {
    /// The database has it.
    record Applied<R>(R result) implements Written<R> {}

    /// Redis has it, and the database will.
    record Waits<R>() implements Written<R> {}
  }

  /// An item that may be in a stream, or not.
  private record Doubtful<I>(I item, String stream, StreamAppender.Added.InDoubt added) {}

  StreamBuffer(
      StreamKind<I, R> kind,
      List<String> streams,
      Database database,
      GroupCommit commits,
      StreamAppender appender,
      AppliedResults results,
      long most,
      StreamWatch watch,
      Clock clock) {
    this.kind = kind;
    this.database = database;
    this.commits = commits;
    this.appender = appender;
    this.results = results;
    this.most = most;
    this.watch = watch;
    this.clock = clock;
    this.streams = List.copyOf(streams);
    streams.forEach(stream -> ends.put(stream, new StreamEnd()));
    this.doubtful = new Doubting();
  }

  /// The name of the kind.
  String name() {
    return kind.name();
  }

  /// The names of the streams of a kind.
  static List<String> streams(String prefix, StreamKind<?, ?> kind) {
    return Stream.iterate(0, i -> i < STREAMS, i -> i + 1)
        .map(i -> prefix + kind.name() + ":" + i)
        .toList();
  }

  /// Writes an item.
  ///
  /// @return the result; or that it waits, if the database does not have it within a moment
  /// @throws Unavailable if as much waits in Redis as may wait, or if nobody knows whether Redis
  ///   has the item, and the database is unavailable
  /// @throws StorageException if both Redis and the database are unavailable; at once, if that is
  ///   known. Nothing was written
  public Written<R> write(I item) {
    String stream = stream(item);
    Optional<StreamAppender.Trouble> trouble = appender.trouble();
    if (trouble.isPresent()) {
      return straight(stream, item, trouble.get());
    }
    checkRoom();
    StreamAppender.Pending pending = appender.append(stream, List.of(kind.encode(item)), true);
    return switch (pending.added()) {
      case StreamAppender.Added.Stored(long writer, long number) ->
          result(stream, writer, number, pending.results().getFirst());
      case StreamAppender.Added.Refused(StreamAppender.Trouble why) -> straight(stream, item, why);
      case StreamAppender.Added.InDoubt added -> settled(new Doubtful<>(item, stream, added));
    };
  }

  /// Nobody waits for a database that is known to be away. Then Redis may have the item, and it is
  /// applied from there: it is not taken back, as that could not be written anywhere.
  ///
  /// @throws Unavailable if it stays in doubt
  private Written<R> settled(Doubtful<I> item) {
    try {
      database.requireReachable();
      return commits
          .write(doubtful, item)
          .<Written<R>>map(Written.Applied::new)
          .orElseGet(Written.Waits::new);
    } catch (StorageException e) {
      throw new Unavailable(
          "Redis did not answer, and the database is away: this is recorded later, or not at all",
          AFTER_DOUBT,
          e);
    }
  }

  private Written<R> straight(String stream, I item, StreamAppender.Trouble why) {
    database.requireReachable();
    awaitOlder(stream, why);
    R result = commits.write(kind.batch(), item);
    bypassed.incrementAndGet();
    return applied(result);
  }

  /// Waits until what was added before is applied, where it can be read.
  ///
  /// @throws Unavailable if that takes longer than a moment
  private void awaitOlder(String stream, StreamAppender.Trouble trouble) {
    if (!isOlderApplied(stream, trouble)) {
      throw new Unavailable(
          "Redis takes nothing, and what came before still waits there: nothing was recorded",
          OLDER_FIRST);
    }
  }

  /// What waits where it cannot be read is applied later, with its time.
  private boolean isOlderApplied(String stream, StreamAppender.Trouble trouble) {
    Optional<RefusedWrites> refused = trouble.refused();
    return refused.isEmpty()
        || end(stream).await(refused.get().server(), after(refused.get()), UNTIL_OLDER);
  }

  /// When the end of a stream was seen while Redis refused writes.
  StreamEnd end(String stream) {
    return requireNonNull(ends.get(stream));
  }

  /// The end of a stream counts if it was seen since the server refuses writes, and of late: it may
  /// have taken some in between.
  private Duration after(RefusedWrites refused) {
    Duration late = clock.monotonic().minus(LATE);
    return late.compareTo(refused.since()) > 0 ? late : refused.since();
  }

  private Written<R> applied(R result) {
    return new Written.Applied<>(result);
  }

  private Written<R> result(
      String stream, long writer, long number, CompletableFuture<byte[]> result) {
    boolean behind = watch.of(stream).oldest().compareTo(PATIENCE) >= 0;
    try {
      byte[] bytes = result.get(behind ? 0 : PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      return applied(kind.decodeResult(bytes));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException e) {
      // it waits
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } finally {
      results.forget(writer, number, 1);
    }
    lastWait = clock.monotonic();
    return new Written.Waits<>();
  }

  /// Writes items whose results nobody waits for. They are durable when this returns.
  ///
  /// @throws Unavailable if as much waits in Redis as may wait
  /// @throws StorageException if both Redis and the database are unavailable; at once, if that is
  ///   known. Some of the items may have been written
  public void writeAll(List<I> items) {
    Optional<StreamAppender.Trouble> trouble = appender.trouble();
    if (trouble.isPresent()) {
      database.requireReachable();
      items.stream()
          .map(this::stream)
          .distinct()
          .forEach(stream -> awaitOlder(stream, trouble.get()));
      writeStraight(items);
      return;
    }
    checkRoom();
    Map<String, List<I>> parts = new TreeMap<>();
    items.forEach(item -> parts.computeIfAbsent(stream(item), _ -> new ArrayList<>()).add(item));
    parts.forEach(this::writeAll);
  }

  private void writeAll(String stream, List<I> items) {
    StreamAppender.Added added =
        appender.append(stream, items.stream().map(kind::encode).toList(), false).added();
    switch (added) {
      case StreamAppender.Added.Stored _ -> {}
      case StreamAppender.Added.Refused(StreamAppender.Trouble why) -> {
        database.requireReachable();
        awaitOlder(stream, why);
        writeStraight(items);
      }
      case StreamAppender.Added.InDoubt doubt -> {
        database.requireReachable();
        List<Optional<R>> _ =
            commits.writeAll(
                doubtful, items.stream().map(item -> new Doubtful<>(item, stream, doubt)).toList());
      }
    }
  }

  private void writeStraight(List<I> items) {
    List<R> _ = commits.writeAll(kind.batch(), items);
    bypassed.addAndGet(items.size());
  }

  private void checkRoom() {
    if (watch.bytes() >= most) {
      throw new Unavailable(
          "the database is away, and no more can wait in Redis (redis-most-mib)", FULL_AGAIN);
    }
  }

  /// Waits until everything that was written about the subject of this item before is applied.
  ///
  /// @return false if it still waits after a moment
  public boolean awaitApplied(I item) {
    String stream = stream(item);
    Optional<StreamAppender.Trouble> trouble = appender.trouble();
    if (trouble.isPresent()) {
      return isOlderKnown(stream, trouble.get());
    }
    StreamAppender.Pending last = appender.append(stream, List.of(NOTHING), true);
    return switch (last.added()) {
      case StreamAppender.Added.Stored(long writer, long number) ->
          isApplied(writer, number, last.results().getFirst());
      case StreamAppender.Added.Refused(StreamAppender.Trouble why) -> isOlderKnown(stream, why);
      case StreamAppender.Added.InDoubt _ -> !mayWait(stream);
    };
  }

  /// Whether all that came before is applied, as far as this process knows.
  private boolean isOlderKnown(String stream, StreamAppender.Trouble trouble) {
    return trouble.refused().isPresent() ? isOlderApplied(stream, trouble) : !mayWait(stream);
  }

  private boolean isApplied(long writer, long number, CompletableFuture<byte[]> result) {
    try {
      byte[] _ = result.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } finally {
      results.forget(writer, number, 1);
    }
  }

  /// An item without content: it only shows that all before it are applied.
  static final byte[] NOTHING = {};

  /// How far the database is behind: every item that came longer ago has been applied. While Redis
  /// is unavailable, this is zero, unless something was acknowledged that may wait there.
  public Duration lag() {
    Duration now = clock.monotonic();
    Duration longest = Duration.ZERO;
    Optional<StreamAppender.Trouble> trouble = appender.trouble();
    for (String stream : streams) {
      if (trouble.filter(why -> isEmpty(stream, why)).isPresent()) {
        continue;
      }
      if (trouble.isPresent() && !mayWait(stream)) {
        continue;
      }
      StreamWatch.Seen seen = watch.of(stream);
      Duration since = now.minus(seen.at());
      Duration oldest = since.plus(seen.oldest());
      Duration end = now.minus(end(stream).lastSeen()); // what is older was not deleted yet
      Duration lag = (oldest.compareTo(end) < 0 ? oldest : end).plus(ON_THE_WAY);
      longest = lag.compareTo(longest) > 0 ? lag : longest;
    }
    return longest;
  }

  /// Whether something may wait in a stream that cannot be read: something did when it was last
  /// read, or was acknowledged since.
  private boolean mayWait(String stream) {
    StreamWatch.Seen seen = watch.of(stream);
    boolean waits =
        seen.oldest().compareTo(PATIENCE) >= 0
            || lastWait.compareTo(seen.at().minus(seen.oldest())) > 0;
    return waits && clock.monotonic().minus(seen.at()).compareTo(GIVEN_UP) <= 0;
  }

  /// Whether Redis takes what is written, as far as is known.
  public boolean isTaken() {
    return appender.trouble().isEmpty();
  }

  /// How many items went straight to the database, as Redis did not take them.
  long bypassed() {
    return bypassed.get();
  }

  /// How many entries wait.
  public long waiting() {
    Optional<StreamAppender.Trouble> trouble = appender.trouble();
    return streams.stream()
        .filter(stream -> trouble.filter(why -> isEmpty(stream, why)).isEmpty())
        .mapToLong(stream -> watch.of(stream).entries())
        .sum();
  }

  /// Whether all that is left in a stream is applied, and could not be deleted.
  private boolean isEmpty(String stream, StreamAppender.Trouble trouble) {
    return trouble
        .refused()
        .filter(refused -> end(stream).isSeen(refused.server(), after(refused)))
        .isPresent();
  }

  private String stream(I item) {
    return streams.get(Math.floorMod(kind.subject(item).hashCode(), STREAMS));
  }

  private final class Doubting implements Batch<Doubtful<I>, Optional<R>> {
    /// Items that were applied from their stream meanwhile are not applied again.
    @Override
    public List<Optional<R>> apply(Handle tx, List<Doubtful<I>> items) {
      items.stream()
          .map(Doubtful::stream)
          .distinct()
          .sorted()
          .forEach(one -> database.takeTurns(tx, one));
      List<I> left = new ArrayList<>();
      List<Boolean> which = new ArrayList<>();
      for (Doubtful<I> one : items) {
        boolean open =
            StreamPositions.giveUp(
                tx, one.stream(), one.added().writer(), one.added().from(), clock.wall());
        which.add(open);
        if (open) {
          left.add(one.item());
        }
      }
      List<R> results = kind.batch().applyInOrder(tx, left);
      List<Optional<R>> all = new ArrayList<>();
      int next = 0;
      for (boolean open : which) {
        all.add(open ? Optional.of(results.get(next++)) : Optional.empty());
      }
      return all;
    }
  }
}
