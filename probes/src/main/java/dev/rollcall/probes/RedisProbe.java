package dev.rollcall.probes;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.net.Socket;
import java.util.Optional;
import java.util.Set;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

/// Logs in to a Redis or Valkey server (`AUTH`, if the URL has a password) and sends `PING`:
/// `redis://:password@host`, `redis://user:password@host/0`, and with TLS `rediss://`. Needs
/// `redis.clients:jedis`.
///
/// @param name name of the probe
/// @param server port 6379 if the URL has none; the path is the number of a database
/// @param dialer shared with other probes
public record RedisProbe(String name, ServerUrl server, Dialer dialer) implements Probe {
  private static final int PORT = 6379;

  /// Parameters that URLs of applications often have, which are ignored.
  private static final Set<String> ASIDE =
      Set.of(
          "client_name",
          "connect_timeout",
          "decode_responses",
          "dial_timeout",
          "health_check_interval",
          "max_connections",
          "max_retries",
          "pool_size",
          "protocol",
          "read_timeout",
          "retry_on_timeout",
          "socket_connect_timeout",
          "socket_timeout",
          "timeout",
          "write_timeout");

  /// Validates the URL.
  ///
  /// @throws IllegalStateException if Jedis is missing
  public RedisProbe {
    Driver.REDIS.need(RedisProbe.class);
    server.understands(ASIDE, Set.of());
    server.target(PORT);
    if (!server.path().matches("\\d{0,9}")) {
      throw new IllegalArgumentException(
          "\"" + server.path() + "\" is no number of a Redis database");
    }
  }

  /// A probe of the server at `url`.
  public static RedisProbe of(String name, String url) {
    return new RedisProbe(name, ServerUrl.of(url), Dialer.system());
  }

  /// A probe of the server at `host` (`host` or `host:port`). `password` may be empty.
  public static RedisProbe of(String name, String host, String password) {
    return new RedisProbe(name, ServerUrl.of("redis", host, "", password), Dialer.system());
  }

  @Override
  public void check(Attempt attempt) throws ProbeFailure, InterruptedException {
    Session.hold(
        attempt,
        server,
        dialer,
        session -> {
          Optional<TlsOptions> tls =
              server.scheme().equals("rediss") ? Optional.of(server.tls()) : Optional.empty();
          Socket socket = session.open(server.target(PORT), tls);
          Client.ask(session, socket, server);
        });
  }

  /// What is said, by Jedis. Apart from the probe, as the JVM looks for a class's libraries as soon
  /// as the class itself is wanted, and the probe says by itself what is missing.
  private static final class Client {
    private Client() {}

    static void ask(Session session, Socket socket, ServerUrl server) throws ProbeFailure {
      try (Jedis redis = new Jedis(() -> socket, config(server))) {
        session.query();
        redis.ping();
      } catch (JedisException e) {
        // A server that wants a password says so to the first command.
        if (String.valueOf(e.getMessage()).startsWith("NOAUTH")) {
          throw ProbeFailure.answered("login: " + e.getMessage());
        }
        throw e;
      }
    }

    /// No HELLO, which servers before Redis 6, twemproxy and Envoy do not know: a server that is
    /// not asked speaks RESP2. Nothing is sent beside AUTH and SELECT.
    private static DefaultJedisClientConfig config(ServerUrl server) {
      DefaultJedisClientConfig.Builder config =
          DefaultJedisClientConfig.builder()
              .autoNegotiateProtocol(false)
              .clientSetInfoConfig(ClientSetInfoConfig.DISABLED);
      server
          .login()
          .ifPresent(
              login -> {
                if (!login.user().isEmpty()) {
                  config.user(login.user());
                }
                if (!login.password().isEmpty()) {
                  config.password(login.password());
                }
              });
      if (!server.path().isEmpty()) {
        config.database(Integer.parseInt(server.path()));
      }
      return config.build();
    }
  }
}
