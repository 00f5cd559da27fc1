package dev.rollcall.server.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.server.sql.Claimant;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.exceptions.JedisDataException;
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
///
/// While Redis refuses writes, nobody can have the lease, and nothing can be deleted. Then each
/// process reads the stream on to its end. The one of whose share it is applies what is not yet
/// applied, and the others do so if it does not.
final class StreamConsumer implements AutoCloseable {
  /// How long a read waits for an entry.
  static final Duration BLOCK = Duration.ofMillis(500);

  private static final int ENTRIES = 32;

  private static final Duration RETRY = Duration.ofMillis(500);

  /// After the turn of another process.
  private static final Duration BUSY = Duration.ofMillis(200);

  /// How soon this process looks whether another one has applied what it has read.
  private static final Duration LOOK = Duration.ofMillis(50);

  /// How long another process may take for that.
  private static final Duration OTHERS = Duration.ofMillis(500);

  private final String stream;
  private final Clock clock;
  private final BackgroundLoop loop;
  private final KeptAside aside;
  private final StreamEnd end;
  private final StreamApplier<?, ?> applier;
  private final Claimant claimant;
  private volatile boolean looksAgain;

  /// Nobody applies the stream.
  private final AtomicBoolean stands = new AtomicBoolean();

  /// Another process has the lease.
  private volatile boolean leftToOthers;

  // Used by the thread only:
  private final LoopConnection redis;
  private final StreamLease lease;
  private final AppliedEntries undeleted = new AppliedEntries();
  private Optional<Duration> othersSince = Optional.empty();

  /// @param number of the stream among all streams
  /// @param end is told when everything is applied while Redis refuses writes
  StreamConsumer(
      String stream,
      int number,
      StreamKind<?, ?> kind,
      StreamEnd end,
      RedisServers servers,
      StreamApplier.Parts parts) {
    this.stream = stream;
    this.end = end;
    this.redis = new LoopConnection(servers);
    this.clock = parts.clock();
    this.claimant = parts.database().claimant();
    this.lease = new StreamLease(stream, number, parts.process(), claimant, clock);
    this.aside = new KeptAside(stream, parts.counts(), clock);
    this.applier = new StreamApplier<>(stream, kind, parts, aside);
    this.loop =
        new BackgroundLoop(
            stream.substring(stream.lastIndexOf(':', stream.lastIndexOf(':') - 1) + 1),
            "applying what waits in " + stream,
            RETRY,
            this::round);
  }

  void start() {
    loop.start();
  }

  /// Redis refuses writes: whoever calls waits until this process has seen the end of the stream.
  void lookAgain() {
    looksAgain = true;
    end.blocked(false); // as far as anybody knows
    loop.wake();
  }

  /// Nobody applies the stream: whoever has it seems to be unable to, and this process need not
  /// wait for the end of its lease.
  void stands() {
    if (leftToOthers && claimant.isBelieved()) {
      stands.set(true);
      loop.wake();
    }
  }

  private Duration round() {
    if (looksAgain) {
      looksAgain = false;
      lease.lost();
    }
    boolean standing = stands.getAndSet(false);
    Optional<StreamLease.State> state = redis.use(open -> lease.hold(open, standing));
    leftToOthers = state.filter(StreamLease.State.OTHERS::equals).isPresent();
    if (state.isEmpty()) {
      return lost();
    }
    return switch (state.get()) {
      case OURS -> applyAndDelete();
      case OTHERS -> leaveToOthers();
      case REFUSED -> applyUndeleted();
    };
  }

  private Duration leaveToOthers() {
    undeleted.clear();
    return redis
        .use(
            open -> {
              boolean _ = aside.write(open);
              return StreamLease.RENEW;
            })
        .orElseGet(this::lost);
  }

  private Duration applyAndDelete() {
    Optional<List<StreamEntryBinary>> entries = redis.use(this::read);
    if (entries.isEmpty()) {
      return lost();
    }
    if (entries.get().isEmpty()) {
      return Duration.ZERO;
    }
    try {
      if (!applier.apply(unapplied(entries.get()))) {
        return BUSY;
      }
    } catch (StorageException e) { // the database says so itself; perhaps others reach it
      end(lease::leave);
      return RETRY;
    }
    return redis.use(open -> delete(open, entries.get())).orElseGet(this::lost);
  }

  /// Those that were not applied while Redis refused writes.
  private List<StreamEntryBinary> unapplied(List<StreamEntryBinary> entries) {
    if (undeleted.isEmpty()) {
      return entries;
    }
    Optional<StreamEntryID> last = redis.use(undeleted::last).flatMap(found -> found);
    if (last.filter(id -> entries.getLast().getID().compareTo(id) <= 0).isEmpty()) {
      undeleted.clear(); // these are the first after them
      return entries;
    }
    return entries.stream().filter(entry -> !StreamApplier.isReadable(entry)).toList();
  }

  private Duration applyUndeleted() {
    Duration asked = clock.monotonic();
    Optional<List<StreamEntryBinary>> found = redis.use(this::readOn);
    if (found.isEmpty()) {
      return lost();
    }
    List<StreamEntryBinary> entries = found.get();
    if (entries.isEmpty()) {
      end.seen(undeleted.server(), asked);
      if (!undeleted.server().isEmpty()) {
        redis.close(); // another server may be the master by now
        lease.lost();
      }
      return RETRY;
    }
    List<StreamEntryBinary> readable = // others are found again when Redis takes writes
        entries.stream().filter(StreamApplier::isReadable).toList();
    try {
      if (!applyOrLeave(readable)) {
        return LOOK;
      }
    } catch (StorageException e) {
      othersSince = Optional.empty(); // nobody can apply it, perhaps
      end.blocked(true);
      return RETRY;
    }
    end.blocked(false);
    undeleted.add(entries);
    return redis.use(open -> delete(open, readable)).orElseGet(this::lost);
  }

  /// The entries after those that are applied and could not be deleted.
  private List<StreamEntryBinary> readOn(Jedis open) {
    return read(open, undeleted.last(open), XReadParams.xReadParams().count(ENTRIES));
  }

  /// Applies entries while nobody has the lease.
  ///
  /// @return whether they are applied; otherwise another process should do so
  private boolean applyOrLeave(List<StreamEntryBinary> entries) {
    if (applier.areApplied(entries)) {
      othersSince = Optional.empty();
      return true;
    }
    Duration now = clock.monotonic();
    if (!lease.isOfShare()) {
      Duration since = othersSince.orElse(now);
      othersSince = Optional.of(since);
      if (now.minus(since).compareTo(OTHERS) < 0) {
        return false;
      }
    }
    return applier.apply(entries);
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
    return read(
        open,
        Optional.empty(),
        XReadParams.xReadParams().count(ENTRIES).block((int) BLOCK.toMillis()));
  }

  private List<StreamEntryBinary> read(
      Jedis open, Optional<StreamEntryID> after, XReadParams params) {
    List<Map.Entry<byte[], List<StreamEntryBinary>>> found =
        open.xreadBinary(
            params, Map.of(stream.getBytes(UTF_8), after.orElseGet(StreamEntryID::new)));
    return found == null || found.isEmpty() ? List.of() : found.getFirst().getValue();
  }

  private Duration delete(Jedis open, List<StreamEntryBinary> entries) {
    if (!aside.write(open)) {
      lease.refused();
      return Duration.ZERO; // what is not kept yet stays where it is
    }
    if (entries.isEmpty()) {
      return Duration.ZERO;
    }
    byte[][] ids =
        entries.stream()
            .map(entry -> entry.getID().toString().getBytes(UTF_8))
            .toArray(byte[][]::new);
    try {
      long _ = open.xdel(stream.getBytes(UTF_8), ids);
    } catch (JedisDataException e) {
      if (!RefusedWrites.isSaidBy(e)) {
        throw e;
      }
      lease.refused();
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
