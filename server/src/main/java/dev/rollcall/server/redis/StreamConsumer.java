package dev.rollcall.server.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.params.XReadParams;
import redis.clients.jedis.resps.StreamEntryBinary;

/// Applies the items of one stream to the database, oldest first, and deletes its entries after the
/// commit.
///
/// It always reads from the beginning of the stream. So whoever reads it, what comes before is
/// applied before, whoever dies when: a consumer group would hand entries out, and lose the order
/// when a process that stood still goes on. One process reads a stream at a time, by a
/// [StreamLease]; that saves work, and nothing depends on it: items that two of them apply are
/// recognised by their [StreamPositions].
final class StreamConsumer<I, R> implements AutoCloseable {
  /// How long a read waits for an entry.
  static final Duration BLOCK = Duration.ofMillis(500);

  private static final int ENTRIES = 32;

  /// More items would hold their rows for too long.
  private static final int AT_ONCE = 1_000;

  private static final Duration RETRY = Duration.ofMillis(500);

  private final String stream;
  private final StreamKind<I, R> kind;
  private final Database database;
  private final GroupCommit commits;
  private final AppliedResults results;
  private final Announcements announcements;
  private final StreamCounts counts;
  private final long process;
  private final Clock clock;
  private final BackgroundLoop loop;
  private final KeptAside aside;
  private final Batch<Chunk, List<Result>> applying = this::applyAll;

  // Used by the thread only:
  private final LoopConnection redis;
  private final StreamLease lease;

  /// Items to apply in one transaction.
  private record Chunk(List<StreamEntry.Item> items) {}

  /// What became of an item.
  private record Result(StreamEntry.Item item, Optional<byte[]> result) {}

  /// @param number of the stream among all streams
  StreamConsumer(
      String stream, int number, StreamKind<I, R> kind, Parts parts, long process, Clock clock) {
    this.stream = stream;
    this.kind = kind;
    this.redis = new LoopConnection(parts.servers());
    this.database = parts.database();
    this.commits = parts.commits();
    this.results = parts.results();
    this.announcements = parts.announcements();
    this.counts = parts.counts();
    this.process = process;
    this.lease = new StreamLease(stream, number, process, parts.database().claimant(), clock);
    this.clock = clock;
    this.aside = new KeptAside(stream, counts, clock);
    this.loop =
        new BackgroundLoop(
            stream.substring(stream.lastIndexOf(':', stream.lastIndexOf(':') - 1) + 1),
            "applying what waits in " + stream,
            RETRY,
            this::round);
  }

  /// What all consumers share.
  record Parts(
      RedisServers servers,
      Database database,
      GroupCommit commits,
      AppliedResults results,
      Announcements announcements,
      StreamCounts counts) {}

  void start() {
    loop.start();
  }

  private Duration round() {
    Optional<Boolean> held = redis.use(lease::hold);
    if (held.isPresent() && !held.get()) {
      return StreamLease.RENEW;
    }
    Optional<List<StreamEntryBinary>> entries = held.flatMap(_ -> redis.use(this::read));
    if (entries.isEmpty()) {
      return lost();
    }
    if (entries.get().isEmpty()) {
      return Duration.ZERO;
    }
    try {
      apply(entries.get());
    } catch (StorageException e) { // the database says so itself; perhaps others reach it
      end(lease::leave);
      return RETRY;
    }
    return redis.use(open -> delete(open, entries.get())).orElseGet(this::lost);
  }

  private Duration lost() {
    lease.lost();
    return RETRY;
  }

  private void end(Consumer<Jedis> how) {
    try {
      Optional<Boolean> _ =
          redis.use(
              open -> {
                how.accept(open);
                return true;
              });
    } catch (RedisFailure e) {
      // the lease ends by itself
    }
  }

  /// The oldest entries; waits a moment if there is none.
  private List<StreamEntryBinary> read(Jedis open) {
    List<Map.Entry<byte[], List<StreamEntryBinary>>> found =
        open.xreadBinary(
            XReadParams.xReadParams().count(ENTRIES).block((int) BLOCK.toMillis()),
            Map.of(stream.getBytes(UTF_8), new StreamEntryID()));
    return found == null || found.isEmpty() ? List.of() : found.getFirst().getValue();
  }

  private void apply(List<StreamEntryBinary> entries) {
    aside.begin();
    List<StreamEntry.Item> items = new ArrayList<>();
    for (StreamEntryBinary entry : entries) {
      byte[] bytes = entry.getFields().values().iterator().next();
      try {
        items.addAll(StreamEntry.of(bytes).numbered());
      } catch (IllegalArgumentException e) {
        aside.add(bytes, "entry " + entry.getID() + " cannot be read", e);
      }
    }
    for (int from = 0; from < items.size(); from += AT_ONCE) {
      apply(new Chunk(items.subList(from, Math.min(items.size(), from + AT_ONCE))));
    }
  }

  private void apply(Chunk chunk) {
    List<Result> done;
    try {
      done = commits.write(applying, chunk);
    } catch (StorageException e) {
      throw e;
    } catch (RuntimeException e) {
      if (!KeptAside.isOfAnItem(e)) {
        throw e;
      }
      if (chunk.items().size() > 1) { // one of them cannot be written: separate it from the others
        int half = chunk.items().size() / 2;
        apply(new Chunk(chunk.items().subList(0, half)));
        apply(new Chunk(chunk.items().subList(half, chunk.items().size())));
      } else {
        aside.add(chunk.items().getFirst().alone(), "an item cannot be applied", e);
      }
      return;
    }
    counts.applied().inc(done.size());
    counts.replayed().inc(chunk.items().size() - done.size());
    List<Result> ofOthers = new ArrayList<>();
    for (Result one : done) {
      if (one.result().isEmpty()) {
        continue;
      }
      if (one.item().process() == process) {
        results.complete(one.item().writer(), one.item().number(), one.result().get());
      } else {
        ofOthers.add(one);
      }
    }
    ofOthers.forEach(
        one ->
            announcements.result(
                one.item().process(),
                one.item().writer(),
                one.item().number(),
                one.result().orElseThrow()));
  }

  private List<List<Result>> applyAll(Handle tx, List<Chunk> chunks) {
    return chunks.stream().map(chunk -> apply(tx, chunk)).toList();
  }

  /// The results of the items that were not applied before.
  private List<Result> apply(Handle tx, Chunk chunk) {
    database.takeTurns(tx, stream);
    List<StreamEntry.Item> items = StreamPositions.unapplied(tx, stream, chunk.items());
    List<StreamEntry.Item> real =
        items.stream().filter(item -> item.bytes().length > 0).toList(); // see StreamBuffer.NOTHING
    List<I> decoded = real.stream().map(item -> kind.decode(item.bytes())).toList();
    List<R> found = kind.batch().applyInOrder(tx, decoded);
    StreamPositions.applied(tx, stream, items, clock.wall());
    List<Result> all = new ArrayList<>();
    int next = 0;
    for (StreamEntry.Item item : items) {
      all.add(
          new Result(
              item,
              item.bytes().length > 0
                  ? kind.encodeResult(found.get(next++))
                  : Optional.of(StreamBuffer.NOTHING)));
    }
    return all;
  }

  private Duration delete(Jedis open, List<StreamEntryBinary> entries) {
    aside.write(open);
    byte[][] ids =
        entries.stream()
            .map(entry -> entry.getID().toString().getBytes(UTF_8))
            .toArray(byte[][]::new);
    try (Pipeline pipeline = open.pipelined()) {
      pipeline.xdel(stream.getBytes(UTF_8), ids);
      pipeline.sync();
    }
    return Duration.ZERO;
  }

  @Override
  public void close() {
    loop.close();
    if (lease.isHeld()) {
      end(lease::release);
    }
    redis.close();
  }
}
