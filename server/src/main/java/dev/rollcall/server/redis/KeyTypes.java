package dev.rollcall.server.redis;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisDataException;

/// The types of the keys that Rollcall needs. Another program may have written a value of another
/// type there: then nothing can be added or read, until somebody moves it out of the way.
final class KeyTypes {
  private static final String NONE = "none";

  private final Map<String, String> types = new TreeMap<>();

  /// Looks at these streams too, and at who reads them. To be called before anybody [#check]s.
  void add(List<String> streams) {
    for (String stream : streams) {
      types.put(stream, "stream");
      types.put(StreamLease.key(stream), "string");
    }
  }

  /// Whether an error says that a key is of another type.
  static boolean isSaidBy(JedisDataException e) {
    return String.valueOf(e.getMessage()).startsWith("WRONGTYPE ");
  }

  /// @throws RedisFailure if a key is of another type
  void check(Jedis redis, RedisLocation location) {
    Map<String, Response<String>> answers = new LinkedHashMap<>();
    try (Pipeline pipeline = redis.pipelined()) {
      types.keySet().forEach(key -> answers.put(key, pipeline.type(key)));
      pipeline.sync();
    }
    answers.forEach((key, answer) -> check(key, answer.get(), location));
  }

  private void check(String key, String type, RedisLocation location) {
    String wanted = types.getOrDefault(key, NONE);
    if (!type.equals(NONE) && !type.equals(wanted)) {
      throw new RedisFailure(
          "%s: %s is a %s of another program, and has to be a %s: rename or delete it, and name a"
                  .formatted(location, key, type, wanted)
              + " number of the database that nobody else uses");
    }
  }
}
