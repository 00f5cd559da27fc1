package dev.rollcall.server.redis;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.SetParams;

/// A server of Redis that refuses writes and can be read: it has too few replicas
/// (`min-replicas-to-write`), its disk is full, or its memory is.
///
/// @param why in one line
/// @param server which one it is, as [#server] says
/// @param since when it was first found, on the monotonic clock
record RefusedWrites(String why, String server, Duration since) {
  /// How its errors begin: see `server.c` of Redis, `rejectCommand`.
  private static final List<String> ERRORS = List.of("NOREPLICAS", "MISCONF", "OOM");

  private static final Duration PROBE = Duration.ofSeconds(1);

  /// Whether an error says that the server takes no writes at present.
  static boolean isSaidBy(JedisDataException e) {
    String said = String.valueOf(e.getMessage());
    return ERRORS.stream().anyMatch(error -> said.startsWith(error + " "));
  }

  /// Writes a little.
  ///
  /// @return the error of a server that takes no writes
  static Optional<JedisDataException> find(Jedis redis, String key) {
    try {
      redis.set(key, "", SetParams.setParams().px(PROBE.toMillis()));
      return Optional.empty();
    } catch (JedisDataException e) {
      if (isSaidBy(e)) {
        return Optional.of(e);
      }
      throw e;
    }
  }

  /// Which server it is, since it started and with the history that it has: what was read there by
  /// its id is found there again. Empty if it does not say so.
  static String server(Jedis redis) {
    try {
      String info = redis.info();
      return line(info, "run_id:") + " " + line(info, "master_replid:");
    } catch (JedisDataException e) {
      return ""; // the user may not ask
    }
  }

  private static String line(String info, String name) {
    return info.lines()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()).strip())
        .findFirst()
        .orElse("");
  }
}
