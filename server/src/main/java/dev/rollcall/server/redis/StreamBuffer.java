package dev.rollcall.server.redis;

import dev.rollcall.server.http.Unavailable;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.GroupCommit;
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

  /// If Redis is gone for longer than this, what waits there is not waited for.
  private static final Duration GIVEN_UP = Duration.ofMinutes(5);

  /// Between the arrival of an item and its entry in the stream.
  private static final Duration ON_THE_WAY = Duration.ofMillis(50);

  private final StreamKind<I, R> kind;
  private final GroupCommit commits;
  private final StreamAppender appender;
  private final AppliedResults results;
  private final long most;
  private final Clock clock;
  private final List<String> streams;
  private final Batch<Doubtful<I>, Optional<R>> doubtful;
  private final StreamWatch watch;
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
      GroupCommit commits,
      StreamAppender appender,
      AppliedResults results,
      TurnTaker turns,
      long most,
      StreamWatch watch,
      Clock clock) {
    this.kind = kind;
    this.commits = commits;
    this.appender = appender;
    this.results = results;
    this.most = most;
    this.watch = watch;
    this.clock = clock;
    this.streams = List.copyOf(streams);
    this.doubtful = new Doubting(turns);
  }

  /// Lets transactions that apply one stream go on one after the other.
  interface TurnTaker {
    void take(Handle tx, String name);
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
  /// @throws Unavailable if as much waits in Redis as may wait
  /// @throws dev.rollcall.server.sql.StorageException if both Redis and the database are
  ///   unavailable
  public Written<R> write(I item) {
    if (appender.trouble().isPresent()) {
      return applied(commits.write(kind.batch(), item));
    }
    checkRoom();
    String stream = stream(item);
    StreamAppender.Pending pending = appender.append(stream, List.of(kind.encode(item)), true);
    return switch (pending.added()) {
      case StreamAppender.Added.Stored(long writer, long number) ->
          result(stream, writer, number, pending.results().getFirst());
      case StreamAppender.Added.Refused _ -> applied(commits.write(kind.batch(), item));
      case StreamAppender.Added.InDoubt added ->
          commits
              .write(doubtful, new Doubtful<>(item, stream, added))
              .<Written<R>>map(Written.Applied::new)
              .orElseGet(Written.Waits::new);
    };
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
  /// @throws dev.rollcall.server.sql.StorageException if both Redis and the database are
  ///   unavailable; some of the items may have been written
  public void writeAll(List<I> items) {
    if (appender.trouble().isPresent()) {
      List<R> _ = commits.writeAll(kind.batch(), items);
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
      case StreamAppender.Added.Refused _ -> {
        List<R> _ = commits.writeAll(kind.batch(), items);
      }
      case StreamAppender.Added.InDoubt doubt -> {
        List<Optional<R>> _ =
            commits.writeAll(
                doubtful, items.stream().map(item -> new Doubtful<>(item, stream, doubt)).toList());
      }
    }
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
    if (appender.trouble().isPresent()) {
      return true; // what waits there now is applied later, with its time
    }
    StreamAppender.Pending last = appender.append(stream(item), List.of(NOTHING), true);
    if (!(last.added() instanceof StreamAppender.Added.Stored(long writer, long number))) {
      return true;
    }
    try {
      byte[] _ = last.results().getFirst().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
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
    for (String stream : streams) {
      StreamWatch.Seen seen = watch.of(stream);
      Duration since = now.minus(seen.at());
      boolean waits =
          seen.oldest().compareTo(PATIENCE) >= 0
              || lastWait.compareTo(seen.at().minus(seen.oldest())) > 0;
      if (appender.trouble().isPresent() && (!waits || since.compareTo(GIVEN_UP) > 0)) {
        continue;
      }
      Duration lag = since.plus(seen.oldest()).plus(ON_THE_WAY);
      longest = lag.compareTo(longest) > 0 ? lag : longest;
    }
    return longest;
  }

  /// How many entries wait.
  public long waiting() {
    return streams.stream().mapToLong(stream -> watch.of(stream).entries()).sum();
  }

  private String stream(I item) {
    return streams.get(Math.floorMod(kind.subject(item).hashCode(), STREAMS));
  }

  private final class Doubting implements Batch<Doubtful<I>, Optional<R>> {
    private final TurnTaker turns;

    Doubting(TurnTaker turns) {
      this.turns = turns;
    }

    /// Items that were applied from their stream meanwhile are not applied again.
    @Override
    public List<Optional<R>> apply(Handle tx, List<Doubtful<I>> items) {
      items.stream().map(Doubtful::stream).distinct().sorted().forEach(one -> turns.take(tx, one));
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
