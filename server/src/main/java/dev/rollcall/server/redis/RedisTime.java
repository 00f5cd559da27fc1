package dev.rollcall.server.redis;

import dev.rollcall.server.time.SharedClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisDataException;

/// The time of the database, for a process that starts while the database is away: Redis keeps how
/// many milliseconds it is ahead of Redis' own clock. Whoever knows the time writes that down when
/// it has changed.
final class RedisTime {
  /// Smaller changes are not worth a write.
  private static final Duration CHANGE = Duration.ofMillis(500);

  /// A clock that was never set says 1970. One that is further away is none.
  private static final Duration FURTHEST = Duration.ofDays(36_500);

  private final SharedClock clock;
  private final String key;

  /// @param prefix of all keys
  RedisTime(SharedClock clock, String prefix) {
    this.clock = clock;
    this.key = prefix + "clock";
  }

  String key() {
    return key;
  }

  boolean isKnown() {
    return clock.isKnown();
  }

  /// Redis has told its time, and what it keeps.
  ///
  /// @param told by the clock of Redis
  /// @param value of [#key]
  /// @param asked when it was asked, on the monotonic clock
  /// @param answered when it answered
  void seen(Jedis redis, Instant told, Response<String> value, Duration asked, Duration answered) {
    Optional<Duration> kept = kept(value);
    if (!clock.isKnown()) {
      kept.ifPresent(ahead -> clock.follow(told.plus(ahead), asked, answered));
      return;
    }
    Duration half = answered.minus(asked).dividedBy(2);
    Instant then = clock.wall().minus(clock.monotonic().minus(asked).minus(half));
    Duration ahead = Duration.between(told, then);
    boolean same =
        kept.filter(before -> ahead.minus(before).abs().compareTo(CHANGE.plus(half)) <= 0)
            .isPresent();
    if (!same) {
      write(redis, ahead);
    }
  }

  private void write(Jedis redis, Duration ahead) {
    try {
      redis.set(key, Long.toString(ahead.toMillis()));
    } catch (JedisDataException e) {
      if (!RefusedWrites.isSaidBy(e)) {
        throw e;
      }
    }
  }

  /// What is no number, or no time, was written by somebody else, and is written anew.
  private static Optional<Duration> kept(Response<String> value) {
    try {
      return Optional.ofNullable(value.get())
          .map(Long::valueOf)
          .map(Duration::ofMillis)
          .filter(ahead -> ahead.abs().compareTo(FURTHEST) < 0);
    } catch (JedisDataException | NumberFormatException e) {
      return Optional.empty();
    }
  }
}
