package dev.rollcall.server.redis;

import dev.rollcall.server.config.Secret;
import dev.rollcall.server.config.Setting;
import dev.rollcall.server.config.ValueType;
import dev.rollcall.server.config.Values;
import java.util.List;
import java.util.Optional;

/// Redis in front of PostgreSQL, if there is one.
///
/// @param most how many bytes may wait in Redis
/// @param replicas how many replicas have to have what is acknowledged while the database is away
public record RedisSettings(RedisLocation location, long most, int replicas) {
  /// The scripts that create the tables of this package. Here, since [Redis] loads Jedis.
  public static final List<String> MIGRATIONS = List.of(StreamPositions.MIGRATION);

  private static final long MIB = 1 << 20;

  /// Where Redis is. The whole text is a secret, because it may contain a password.
  public static final Setting<Optional<Secret>> REDIS =
      Setting.of(
              "redis",
              ValueType.optional(url()),
              "",
              "Redis in front of PostgreSQL, in which heartbeats and results of checks wait while"
                  + " PostgreSQL is away: redis://, rediss:// or redis-sentinel://")
          .secret();

  private static final Setting<Integer> MOST =
      Setting.of(
          "redis-most-mib",
          ValueType.number(1, 1_000_000),
          "256",
          "MiB that may wait in Redis; beyond it, heartbeats get 503");
  private static final Setting<Optional<Integer>> REPLICAS =
      Setting.of(
          "redis-replicas",
          ValueType.optional(ValueType.number(0, 10)),
          "",
          "replicas of Redis that should have a heartbeat before it is acknowledged while"
              + " PostgreSQL is away; without it 1 with Sentinel, else 0");

  /// All settings, in the order of the help.
  public static final List<Setting<?>> ALL = List.of(REDIS, MOST, REPLICAS);

  /// The settings with these values; empty without Redis.
  public static Optional<RedisSettings> of(Values values) {
    Optional<Secret> url = values.of(REDIS);
    if (url.isEmpty()) {
      return Optional.empty();
    }
    RedisLocation location = RedisLocation.parse(url.get().reveal());
    return Optional.of(
        new RedisSettings(
            location,
            values.of(MOST) * MIB,
            values.of(REPLICAS).orElse(location.master().isPresent() ? 1 : 0)));
  }

  private static ValueType<Secret> url() {
    return new ValueType<>(
        "URL",
        text -> {
          RedisLocation.parse(text);
          return new Secret(text);
        });
  }
}
