package dev.rollcall.server.redis;

import dev.rollcall.server.redis.StreamAppender.Trouble;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.time.LogDebounce;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisDataException;

/// The connection over which items are added, and why nothing can be added: Redis is gone, takes no
/// writes, or has something else under the keys of the streams. It alone says so in the log.
///
/// For one thread, besides [#trouble].
final class AppenderConnection implements AutoCloseable {
  private static final Logger LOG = System.getLogger(AppenderConnection.class.getName());

  private final RedisServers servers;
  private final String probe;
  private final RedisPromises promises;
  private final BooleanSupplier databaseAway;
  private final Clock clock;
  private final KeyTypes types = new KeyTypes();
  private Runnable whenRefused = () -> {};
  private volatile Optional<Trouble> trouble =
      Optional.of(new Trouble("Redis has not answered since the start", Optional.empty()));
  private @Nullable Jedis redis;
  private Optional<RefusedWrites> refusal = Optional.empty();

  /// What was last logged of its unavailability; empty: that it is over.
  private String told = "";

  private final LogDebounce outage;

  /// @param probe a key that may be overwritten
  AppenderConnection(
      RedisServers servers,
      String probe,
      RedisPromises promises,
      BooleanSupplier databaseAway,
      Clock clock) {
    this.servers = servers;
    this.probe = probe;
    this.promises = promises;
    this.databaseAway = databaseAway;
    this.clock = clock;
    this.outage = new LogDebounce(Duration.ZERO, clock);
  }

  /// Adds to these streams too. To be called before [#open].
  void add(List<String> streams) {
    types.add(streams);
  }

  /// Calls this when it finds a server that refuses writes. It returns at once. To be called before
  /// [#open].
  void whenRefused(Runnable told) {
    whenRefused = told;
  }

  /// Why nothing can be added; empty if that works.
  Optional<Trouble> trouble() {
    return trouble;
  }

  /// The open connection, or a new one to a server that takes what is added.
  ///
  /// @throws RedisFailure if there is none
  Jedis open() {
    Jedis open = redis;
    if (open == null) {
      open = opened();
      redis = open;
    }
    return open;
  }

  private Jedis opened() {
    Jedis fresh = servers.connect();
    try {
      promises.look(fresh);
      types.check(fresh, servers.location());
      Optional<JedisDataException> refused = RefusedWrites.find(fresh, probe);
      if (refused.isPresent()) {
        refuses(fresh, refused.get());
        throw refused.get();
      }
    } catch (RuntimeException e) {
      RedisServers.close(fresh);
      throw servers.failure(e);
    }
    refusal = Optional.empty();
    trouble = Optional.empty();
    return fresh;
  }

  /// Looks whether an open connection that was not used still works.
  void check(Jedis open) {
    types.check(open, servers.location());
    works();
  }

  /// The server has answered that it does not keep what was added.
  Trouble refused(Jedis open, JedisDataException why) {
    if (RefusedWrites.isSaidBy(why)) {
      refuses(open, why);
    }
    return new Trouble(reason(open, why), refusal);
  }

  /// What was added before can be read, and has to be applied before what comes now.
  private void refuses(Jedis open, JedisDataException why) {
    String server = RefusedWrites.server(open);
    Optional<Duration> since =
        refusal.filter(before -> before.server().equals(server)).map(RefusedWrites::since);
    refusal =
        Optional.of(
            new RefusedWrites(
                servers.failure(why).reason(), server, since.orElseGet(clock::monotonic)));
    if (since.isEmpty()) {
      whenRefused.run();
    }
  }

  private String reason(Jedis open, JedisDataException refused) {
    if (KeyTypes.isSaidBy(refused)) {
      try {
        types.check(open, servers.location());
      } catch (RedisFailure e) {
        return e.reason(); // which one it is
      }
    }
    return servers.failure(refused).reason();
  }

  /// It cannot be used any more. The next one may lead to another server.
  void lost(String why) {
    close();
    if (refusal.filter(refused -> refused.why().equals(why)).isEmpty()) {
      refusal = Optional.empty();
    }
    trouble = Optional.of(new Trouble(why, refusal));
    String now = unavailable(refusal.isPresent(), databaseAway.getAsBoolean()) + ": " + why;
    if (outage.begins() || !now.equals(told)) {
      told = now;
      LOG.log(Level.WARNING, now);
    }
  }

  /// What happens while nothing can be added.
  static String unavailable(boolean refuses, boolean databaseAway) {
    String redis = refuses ? "Redis takes no writes" : "Redis is unavailable";
    if (databaseAway) {
      return redis
          + ", and the database is unavailable too: heartbeats are answered with 503, and results"
          + " of checks wait in memory";
    }
    return redis
        + ", heartbeats and results of checks go straight to the database"
        + (refuses ? ", after those that wait in Redis" : "");
  }

  /// Something was added, or could be.
  void works() {
    if (outage.ends()) {
      told = "";
      LOG.log(Level.INFO, "{0}: keeps what is added again", servers.location());
    }
  }

  @Override
  public void close() {
    if (redis != null) {
      RedisServers.close(redis);
      redis = null;
    }
  }
}
