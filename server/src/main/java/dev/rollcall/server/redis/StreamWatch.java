package dev.rollcall.server.redis;

import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.resps.StreamEntry;

/// Looks five times a second at what waits in the streams: how much, and since when, by the clock
/// of Redis; and whether somebody applies it.
final class StreamWatch implements AutoCloseable {
  private static final Duration EACH = Duration.ofMillis(200);
  private static final Duration RETRY = Duration.ofMillis(500);

  /// Counting the bytes of a stream is not free.
  private static final Duration BYTES = Duration.ofSeconds(1);

  /// If the same entry is the oldest for so long, nobody applies the stream, or its reader is slow.
  private static final Duration STANDS = Duration.ofMillis(500);

  /// Who has not looked for so long does not know whether the stream stood still: this process did.
  private static final Duration GAP = Duration.ofSeconds(1);

  private final Clock clock;
  private final Optional<RedisTime> databaseTime;
  private final BackgroundLoop loop =
      new BackgroundLoop("redis-watch", "looking at what waits in Redis", RETRY, this::round);
  private volatile Map<String, Seen> seen = Map.of();
  private volatile long bytes;

  private final Map<String, Runnable> standing = new ConcurrentHashMap<>();

  // Used by the thread only:
  private final LoopConnection redis;
  private Duration counted = Duration.ofDays(-1);
  private Duration looked = Duration.ofDays(-1);
  private final Map<String, Oldest> oldest = new HashMap<>();

  /// @param at when it was looked at, on the monotonic clock: what was added later is not in it
  /// @param entries how many wait
  /// @param oldest how long the oldest of them had waited; zero if none waits
  /// @param stands whether nobody has applied any for a while, and nobody else reads them since
  record Seen(Duration at, long entries, Duration oldest, boolean stands) {
    private static Seen nothing(Duration at) {
      return new Seen(at, 0, Duration.ZERO, false);
    }
  }

  /// @param owner whose [StreamLease] it is
  private record Asked(
      Response<List<StreamEntry>> oldest, Response<Long> entries, Response<String> owner) {}

  /// The oldest entry of a stream, and who reads it.
  ///
  /// @param first when this process first saw it, on the monotonic clock
  /// @param since since when both have been the same, as far as this process has looked
  private record Oldest(StreamEntryID id, String owner, Duration first, Duration since) {
    Oldest since(Duration now) {
      return new Oldest(id, owner, first, now);
    }

    /// What is known of it now.
    Oldest then(StreamEntryID nowId, String nowOwner, Duration now) {
      if (!nowId.equals(id)) {
        return new Oldest(nowId, nowOwner, now, now);
      }
      return nowOwner.equals(owner) ? this : new Oldest(id, nowOwner, first, now);
    }

    /// How long it has waited: by the clock of Redis, or by ours since it was first seen, as the
    /// clock of Redis may have been set back, or be that of another server.
    Duration age(Duration now, long millis) {
      Duration seen = now.minus(first);
      Duration said = Duration.ofMillis(millis - id.getTime());
      return said.compareTo(seen) > 0 ? said : seen;
    }
  }

  /// @param databaseTime is told what Redis says of the time
  StreamWatch(RedisServers servers, Clock clock, Optional<RedisTime> databaseTime) {
    this.redis = new LoopConnection(servers);
    this.clock = clock;
    this.databaseTime = databaseTime;
  }

  /// Looks at these streams too. To be called before [#start].
  void add(List<String> streams) {
    Map<String, Seen> all = new HashMap<>(seen);
    streams.forEach(stream -> all.put(stream, Seen.nothing(clock.monotonic())));
    seen = Map.copyOf(all);
  }

  /// Calls this while a stream [stands][Seen#stands]. It returns at once. To be called before
  /// [#start].
  void whenStanding(String stream, Runnable told) {
    standing.put(stream, told);
  }

  /// @param nowToo whether it looks once before this returns
  void start(boolean nowToo) {
    if (nowToo) {
      try {
        round();
      } catch (RedisFailure e) {
        // The loop says so.
      }
    }
    loop.start();
  }

  /// What was last seen of a stream.
  Seen of(String stream) {
    Seen found = seen.get(stream);
    return found == null ? Seen.nothing(clock.monotonic()) : found;
  }

  /// How many bytes all of them take in Redis.
  long bytes() {
    return bytes;
  }

  private Duration round() {
    return redis.use(this::look).orElse(RETRY);
  }

  private Duration look(Jedis open) {
    Duration now = clock.monotonic();
    Map<String, Asked> asked = new HashMap<>();
    boolean counts = now.minus(counted).compareTo(BYTES) >= 0;
    Map<String, Response<Long>> sizes = new HashMap<>();
    try (Pipeline pipeline = open.pipelined()) {
      Response<List<String>> time = pipeline.time();
      Optional<Response<String>> ahead = databaseTime.map(one -> pipeline.get(one.key()));
      for (String stream : seen.keySet()) {
        asked.put(
            stream,
            new Asked(
                pipeline.xrange(stream, (StreamEntryID) null, (StreamEntryID) null, 1),
                pipeline.xlen(stream),
                pipeline.get(StreamLease.key(stream))));
        if (counts) {
          sizes.put(stream, pipeline.memoryUsage(stream));
        }
      }
      pipeline.sync();
      long millis =
          Long.parseLong(time.get().get(0)) * 1_000 + Long.parseLong(time.get().get(1)) / 1_000;
      if (now.minus(looked).compareTo(GAP) > 0) {
        oldest.replaceAll((_, known) -> known.since(now));
      }
      looked = now;
      Map<String, Seen> found = new HashMap<>();
      asked.forEach(
          (stream, answer) ->
              found.put(stream, seen(stream, answer, now, millis).orElseGet(() -> of(stream))));
      seen = Map.copyOf(found);
      standing.forEach(
          (stream, told) -> {
            if (of(stream).stands()) {
              told.run();
            }
          });
      Duration answered = clock.monotonic();
      databaseTime.ifPresent(
          one -> one.seen(open, Instant.ofEpochMilli(millis), ahead.orElseThrow(), now, answered));
    }
    if (counts) {
      counted = now;
      bytes = sizes.values().stream().mapToLong(StreamWatch::size).sum();
    }
    return EACH;
  }

  /// Empty if the key is no stream, or that of its reader no text.
  private Optional<Seen> seen(String stream, Asked answer, Duration now, long millis) {
    List<StreamEntry> first;
    String owner;
    try {
      first = answer.oldest().get();
      owner = String.valueOf(answer.owner().get());
    } catch (JedisDataException e) {
      if (KeyTypes.isSaidBy(e)) {
        return Optional.empty();
      }
      throw e;
    }
    long entries = answer.entries().get();
    if (first.isEmpty()) {
      oldest.remove(stream);
      return Optional.of(new Seen(now, entries, Duration.ZERO, false));
    }
    StreamEntryID id = first.getFirst().getID();
    Oldest known =
        oldest.getOrDefault(stream, new Oldest(id, owner, now, now)).then(id, owner, now);
    oldest.put(stream, known);
    boolean stands = now.minus(known.since()).compareTo(STANDS) >= 0;
    return Optional.of(new Seen(now, entries, known.age(now, millis), stands));
  }

  private static long size(Response<Long> response) {
    Long size = response.get();
    return size == null ? 0 : size;
  }

  @Override
  public void close() {
    loop.close();
    redis.close();
  }
}
