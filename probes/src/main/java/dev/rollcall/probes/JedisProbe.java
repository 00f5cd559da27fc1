package dev.rollcall.probes;

import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import redis.clients.jedis.UnifiedJedis;

/// Checks Redis through the Jedis client of the application (`RedisClient`, `JedisPooled` and every
/// other [UnifiedJedis]): a `PING` on a connection of its pool.
public final class JedisProbe {
  private JedisProbe() {}

  /// A probe of a client that belongs to the application; the probe does not close it.
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
