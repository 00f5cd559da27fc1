package dev.rollcall.probes;

import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import redis.clients.jedis.UnifiedJedis;

/// Redis through the application's own Jedis client (`RedisClient`, `JedisPooled` and every other
/// [UnifiedJedis]): a `PING` on a connection of its pool.
public final class JedisProbe {
  private JedisProbe() {}

  /// A probe of a client that stays the application's.
  public static Probe of(String name, UnifiedJedis client) {
    return new OwnClient(
        name,
        (attempt, left) -> {
          String answer = client.ping();
          if (!answer.equals("PONG")) {
            throw ProbeFailure.answered("PING: answered " + answer);
          }
        },
        "the pool has no connection free, or Redis does not answer");
  }
}
