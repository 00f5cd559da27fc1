package dev.rollcall.server.redis;

import java.util.Optional;
import java.util.function.Function;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/// The connection of work that is repeated in the background: opened when it is needed, and closed
/// after a failure, so that the next round opens another one. For one thread.
final class LoopConnection implements AutoCloseable {
  private final RedisServers servers;
  private Optional<Jedis> open = Optional.empty();

  LoopConnection(RedisServers servers) {
    this.servers = servers;
  }

  /// Works with the connection, and with nothing else that may fail.
  ///
  /// @return what `work` returns; empty if Redis is unavailable, or a key is of another type, which
  ///   the appender says
  /// @throws RedisFailure if Redis does not allow it, for example, or answers something else
  <T> Optional<T> use(Function<Jedis, T> work) {
    try {
      Jedis redis = open.orElseGet(servers::connect);
      open = Optional.of(redis);
      return Optional.of(work.apply(redis));
    } catch (JedisDataException e) {
      close();
      if (KeyTypes.isSaidBy(e)) {
        return Optional.empty();
      }
      throw servers.failure(e);
    } catch (JedisException | RedisFailure e) {
      close();
      return Optional.empty();
    } catch (RuntimeException e) { // an answer that was not read to its end may be the next one's
      close();
      throw servers.failure(e);
    }
  }

  @Override
  public void close() {
    open.ifPresent(RedisServers::close);
    open = Optional.empty();
  }
}
