package dev.rollcall.server.redis;

import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jdbi.v3.core.Handle;
import redis.clients.jedis.resps.StreamEntryBinary;

/// Applies entries of one stream to the database, each item once, and tells who waits for the
/// results. What cannot be read or applied is [KeptAside].
final class StreamApplier<I, R> {
  /// More items would hold their rows for too long.
  private static final int AT_ONCE = 1_000;

  private final String stream;
  private final StreamKind<I, R> kind;
  private final Database database;
  private final GroupCommit commits;
  private final AppliedResults results;
  private final Announcements announcements;
  private final StreamCounts counts;
  private final long process;
  private final Clock clock;
  private final KeptAside aside;
  private final Batch<Chunk, Optional<List<Result>>> applying = this::applyAll;

  /// Items to apply in one transaction.
  private record Chunk(List<StreamEntry.Item> items) {}

  /// What became of an item.
  ///
  /// @param refusal why nothing was written, if somebody was told that it waits
  private record Result(StreamEntry.Item item, Optional<byte[]> result, Optional<String> refusal) {}

  /// What the appliers of all streams share.
  ///
  /// @param process this one
  record Parts(
      Database database,
      GroupCommit commits,
      AppliedResults results,
      Announcements announcements,
      StreamCounts counts,
      long process,
      Clock clock) {}

  /// @param aside gets what cannot be read or applied
  StreamApplier(String stream, StreamKind<I, R> kind, Parts parts, KeptAside aside) {
    this.stream = stream;
    this.kind = kind;
    this.database = parts.database();
    this.commits = parts.commits();
    this.results = parts.results();
    this.announcements = parts.announcements();
    this.counts = parts.counts();
    this.process = parts.process();
    this.clock = parts.clock();
    this.aside = aside;
  }

  /// Whether all items that can be read in these entries are applied, by whichever process.
  ///
  /// @throws StorageException if the database is unavailable
  boolean areApplied(List<StreamEntryBinary> entries) {
    List<StreamEntry.Item> items = items(entries, (_, _) -> {});
    return database.read(handle -> StreamPositions.unapplied(handle, stream, items)).isEmpty();
  }

  /// Applies what is not applied yet.
  ///
  /// @return false if another process applies the stream; some may be applied
  /// @throws StorageException if the database is unavailable; some may be applied
  boolean apply(List<StreamEntryBinary> entries) {
    return applyInParts(
        items(
            entries,
            (entry, e) ->
                aside.addEntry(
                    "" + entry.getID(),
                    bytes(entry),
                    "entry " + entry.getID() + " cannot be read",
                    e)));
  }

  private static byte[] bytes(StreamEntryBinary entry) {
    return entry.getFields().values().iterator().next();
  }

  private static List<StreamEntry.Item> items(
      List<StreamEntryBinary> entries, BiConsumer<StreamEntryBinary, RuntimeException> unreadable) {
    List<StreamEntry.Item> items = new ArrayList<>();
    for (StreamEntryBinary entry : entries) {
      try {
        items.addAll(StreamEntry.of(bytes(entry)).numbered());
      } catch (IllegalArgumentException e) {
        unreadable.accept(entry, e);
      }
    }
    return items;
  }

  private boolean applyInParts(List<StreamEntry.Item> items) {
    for (int from = 0; from < items.size(); from += AT_ONCE) {
      if (!apply(new Chunk(items.subList(from, Math.min(items.size(), from + AT_ONCE))))) {
        return false;
      }
    }
    return true;
  }

  private boolean apply(Chunk chunk) {
    Optional<List<Result>> applied;
    try {
      applied = commits.write(applying, chunk);
    } catch (StorageException e) {
      throw e;
    } catch (RuntimeException e) {
      if (!KeptAside.isOfAnItem(e)) {
        throw e;
      }
      if (chunk.items().size() > 1) { // one of them cannot be written: separate it from the others
        int half = chunk.items().size() / 2;
        return apply(new Chunk(chunk.items().subList(0, half)))
            && apply(new Chunk(chunk.items().subList(half, chunk.items().size())));
      }
      StreamEntry.Item item = chunk.items().getFirst();
      aside.addItem(which(item), item.alone(), "an item cannot be applied", e);
      return true;
    }
    applied.ifPresent(done -> tell(chunk, done));
    return applied.isPresent();
  }

  private static String which(StreamEntry.Item item) {
    return item.writer() + "/" + item.number();
  }

  private void tell(Chunk chunk, List<Result> done) {
    counts.applied().inc(done.size());
    counts.replayed().inc(chunk.items().size() - done.size());
    List<Result> ofOthers = new ArrayList<>();
    for (Result one : done) {
      one.refusal().ifPresent(why -> aside.addRefused(which(one.item()), one.item().alone(), why));
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

  private List<Optional<List<Result>>> applyAll(Handle tx, List<Chunk> chunks) {
    return chunks.stream().map(chunk -> apply(tx, chunk)).toList();
  }

  /// The results of the items that were not applied before; empty if another process is applying
  /// the stream. It is not waited for: it may stand still, and a writer that waits for it could not
  /// even say that this process lives.
  private Optional<List<Result>> apply(Handle tx, Chunk chunk) {
    if (!database.takeFreeTurn(tx, stream)) {
      return Optional.empty();
    }
    List<StreamEntry.Item> items = StreamPositions.unapplied(tx, stream, chunk.items());
    List<StreamEntry.Item> real =
        items.stream().filter(item -> item.bytes().length > 0).toList(); // see StreamBuffer.NOTHING
    List<I> decoded = real.stream().map(item -> kind.decode(item.bytes())).toList();
    List<R> found = kind.batch().applyInOrder(tx, decoded);
    Instant now = clock.wall();
    StreamPositions.applied(tx, stream, items, now);
    List<Result> all = new ArrayList<>();
    int next = 0;
    for (StreamEntry.Item item : items) {
      if (item.bytes().length == 0) {
        all.add(new Result(item, Optional.of(StreamBuffer.NOTHING), Optional.empty()));
      } else {
        I one = decoded.get(next);
        R result = found.get(next++);
        all.add(new Result(item, kind.encodeResult(result), kind.refusal(one, result, now)));
      }
    }
    return Optional.of(all);
  }

  /// Whether this is an entry of Rollcall.
  static boolean isReadable(StreamEntryBinary entry) {
    try {
      StreamEntry _ = StreamEntry.of(bytes(entry));
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
