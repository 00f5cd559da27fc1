package dev.rollcall.server.redis;

import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.resps.StreamEntry;

/// Looks five times a second at what waits in the streams: how much, and since when, by the clock
/// of Redis.
final class StreamWatch implements AutoCloseable {
  private static final Duration EACH = Duration.ofMillis(200);
  private static final Duration RETRY = Duration.ofMillis(500);

  /// Counting the bytes of a stream is not free.
  private static final Duration BYTES = Duration.ofSeconds(1);

  private final Clock clock;
  private final Optional<RedisTime> databaseTime;
  private final BackgroundLoop loop =
      new BackgroundLoop("redis-watch", "looking at what waits in Redis", RETRY, this::round);
  private volatile Map<String, Seen> seen = Map.of();
  private volatile long bytes;

  // Used by the thread only:
  private final LoopConnection redis;
  private Duration counted = Duration.ofDays(-1);

  /// @param at when it was looked at, on the monotonic clock: what was added later is not in it
  /// @param entries how many wait
  /// @param oldest how long the oldest of them had waited; zero if none waits
  record Seen(Duration at, long entries, Duration oldest) {}

  private record Asked(Response<List<StreamEntry>> oldest, Response<Long> entries) {}

  /// @param databaseTime is told what Redis says of the time
  StreamWatch(RedisServers servers, Clock clock, Optional<RedisTime> databaseTime) {
    this.redis = new LoopConnection(servers);
    this.clock = clock;
    this.databaseTime = databaseTime;
  }

  /// Looks at these streams too. To be called before [#start].
  void add(List<String> streams) {
    Map<String, Seen> all = new HashMap<>(seen);
    streams.forEach(stream -> all.put(stream, new Seen(clock.monotonic(), 0, Duration.ZERO)));
    seen = Map.copyOf(all);
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
    return found == null ? new Seen(clock.monotonic(), 0, Duration.ZERO) : found;
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
                pipeline.xlen(stream)));
        if (counts) {
          sizes.put(stream, pipeline.memoryUsage(stream));
        }
      }
      pipeline.sync();
      long millis =
          Long.parseLong(time.get().get(0)) * 1_000 + Long.parseLong(time.get().get(1)) / 1_000;
      Map<String, Seen> found = new HashMap<>();
      asked.forEach(
          (stream, answer) ->
              found.put(stream, seen(answer, now, millis).orElseGet(() -> of(stream))));
      seen = Map.copyOf(found);
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

  /// Empty if the key is no stream.
  private static Optional<Seen> seen(Asked answer, Duration now, long millis) {
    List<StreamEntry> oldest;
    try {
      oldest = answer.oldest().get();
    } catch (JedisDataException e) {
      if (KeyTypes.isSaidBy(e)) {
        return Optional.empty();
      }
      throw e;
    }
    Duration age =
        oldest.isEmpty()
            ? Duration.ZERO
            : Duration.ofMillis(Math.max(0, millis - oldest.getFirst().getID().getTime()));
    return Optional.of(new Seen(now, answer.entries().get(), age));
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
