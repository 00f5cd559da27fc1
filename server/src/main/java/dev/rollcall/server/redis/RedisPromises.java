package dev.rollcall.server.redis;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisDataException;

/// What Redis promises of what it has acknowledged, as it is configured. Says in the log what may
/// be lost, at the start and after each failover, once for each answer.
final class RedisPromises {
  private static final Logger LOG = System.getLogger(RedisPromises.class.getName());

  private final RedisServers servers;
  private final int replicas;
  private List<String> told = List.of();

  RedisPromises(RedisServers servers, int replicas) {
    this.servers = servers;
    this.replicas = replicas;
  }

  /// Asks the server.
  void look(Jedis redis) {
    List<String> lines = lines(redis);
    if (!lines.equals(told)) {
      told = lines;
      lines.forEach(line -> LOG.log(Level.WARNING, "{0}: {1}", servers.location(), line));
    }
  }

  /// What may be lost, a line each.
  List<String> lines(Jedis redis) {
    List<String> lines = new ArrayList<>();
    try {
      Map<String, String> config = new HashMap<>(redis.configGet("append*")); // Redis 6 takes one
      config.putAll(redis.configGet("maxmemory-policy"));
      String fsync =
          config.getOrDefault("appendonly", "no").equals("yes")
              ? config.getOrDefault("appendfsync", "no")
              : "off";
      switch (fsync) {
        case "always" -> {}
        case "off" ->
            lines.add(
                "appendonly is no: what waits there is lost when Redis ends: set appendonly yes and"
                    + " appendfsync always");
        case "everysec" ->
            lines.add(
                "appendfsync is everysec: up to two seconds of what was acknowledged while the"
                    + " database was away may be lost with the power: set appendfsync always");
        default ->
            lines.add(
                "appendfsync is "
                    + fsync
                    + ": what was acknowledged while the database was away may be lost with the"
                    + " power: set appendfsync always");
      }
      String policy = config.getOrDefault("maxmemory-policy", "noeviction");
      if (!policy.equals("noeviction")) {
        lines.add(
            "maxmemory-policy is "
                + policy
                + ": Redis may throw away what waits there: set maxmemory-policy noeviction");
      }
    } catch (JedisDataException e) {
      lines.add(
          "CONFIG GET is not allowed: whether what waits there survives is not known; it does with"
              + " appendonly yes, appendfsync always and maxmemory-policy noeviction");
    }
    if (servers.failsOver() && replicas == 0) {
      lines.add(
          "replicas get what is acknowledged a moment later: a failover may lose it while the"
              + " database is away: set redis-replicas: 1");
    }
    return lines;
  }
}
