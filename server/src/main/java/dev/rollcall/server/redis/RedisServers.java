package dev.rollcall.server.redis;

import dev.rollcall.server.config.OneLine;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;

/// Opens connections to Redis. With Sentinel, it asks the sentinels for the master each time, so
/// that a connection that is opened after a failover leads to the new master.
final class RedisServers {
  private static final Duration CONNECT = Duration.ofSeconds(1);

  /// A server that does not answer completely for so long counts as gone.
  private static final Duration SILENCE = Duration.ofSeconds(2);

  /// The same while a command waits for entries, which takes [StreamConsumer#BLOCK].
  private static final Duration BLOCKED = Duration.ofSeconds(4);

  private static final int MOST_PORT = 65_535;

  private final RedisLocation location;

  RedisServers(RedisLocation location) {
    this.location = location;
  }

  /// Whether a replica may become the master.
  boolean failsOver() {
    return location.master().isPresent();
  }

  RedisLocation location() {
    return location;
  }

  /// A connection to the server, or to the present master. An answer as a whole has to come in
  /// time.
  ///
  /// @throws RedisFailure if there is none
  Jedis connect() {
    return connect(AnswerDeadline::new);
  }

  /// The same for a subscription, where something comes that was not asked for.
  Jedis connectToHear() {
    return connect(Socket::new);
  }

  private Jedis connect(Supplier<Socket> sockets) {
    if (location.master().isEmpty()) {
      return connect(location.hosts().getFirst(), ofServer(), sockets);
    }
    Jedis redis = connect(master(location.master().get()), ofServer(), sockets);
    try {
      if (!"master".equals(text(redis.role().getFirst()))) {
        throw new RedisFailure(location + ": the sentinels name a server that is no master (yet)");
      }
      return redis;
    } catch (RuntimeException e) {
      close(redis);
      throw failure(e);
    }
  }

  private RedisLocation.Host master(String name) {
    RedisFailure last = new RedisFailure(location + ": no sentinel answers");
    for (RedisLocation.Host sentinel : location.hosts()) {
      try (Jedis redis = connect(sentinel, ofSentinel(), AnswerDeadline::new)) {
        List<String> address = redis.sentinelGetMasterAddrByName(name);
        if (address == null || address.size() != 2) {
          last = new RedisFailure(location + ": sentinel " + sentinel + " knows no master " + name);
          continue;
        }
        if (isPort(address.get(1))) {
          return new RedisLocation.Host(address.get(0), Integer.parseInt(address.get(1)));
        }
        last =
            new RedisFailure(
                location
                    + ": sentinel "
                    + sentinel
                    + " names a master without a port: "
                    + OneLine.of(String.join(" ", address)));
      } catch (RuntimeException e) {
        last = failure(e);
      }
    }
    throw last;
  }

  private static boolean isPort(String text) {
    return text.matches("[1-9]\\d{0,4}") && Integer.parseInt(text) <= MOST_PORT;
  }

  private Jedis connect(
      RedisLocation.Host host, DefaultJedisClientConfig config, Supplier<Socket> sockets) {
    try {
      return new Jedis(() -> socket(host, sockets.get()), config); // which connects
    } catch (RuntimeException e) {
      throw failure(e);
    }
  }

  private DefaultJedisClientConfig ofServer() {
    DefaultJedisClientConfig.Builder config =
        config(location.password().reveal()).database(location.database());
    return location.user().isEmpty() ? config.build() : config.user(location.user()).build();
  }

  private DefaultJedisClientConfig ofSentinel() {
    return config(location.sentinelPassword().reveal()).build();
  }

  private DefaultJedisClientConfig.Builder config(String password) {
    DefaultJedisClientConfig.Builder config =
        DefaultJedisClientConfig.builder()
            .autoNegotiateProtocol(false)
            .socketTimeoutMillis((int) SILENCE.toMillis())
            .blockingSocketTimeoutMillis((int) BLOCKED.toMillis());
    if (!password.isEmpty()) {
      config.password(password);
    }
    return config;
  }

  private Socket socket(RedisLocation.Host host, Socket plain) {
    try {
      plain.setTcpNoDelay(true);
      plain.setKeepAlive(true);
      plain.setSoTimeout((int) SILENCE.toMillis());
      plain.connect(new InetSocketAddress(host.name(), host.port()), (int) CONNECT.toMillis());
      return location.tls() ? withTls(plain, host) : plain;
    } catch (IOException e) {
      close(plain);
      throw new JedisConnectionException("cannot connect to " + host, e);
    } catch (RuntimeException e) {
      close(plain);
      throw e;
    }
  }

  private Socket withTls(Socket plain, RedisLocation.Host host) throws IOException {
    Socket socket = sockets().createSocket(plain, host.name(), host.port(), true);
    if (socket instanceof SSLSocket tls) {
      SSLParameters parameters = tls.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      tls.setSSLParameters(parameters);
      tls.startHandshake();
    }
    return socket;
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // nobody uses it
    }
  }

  private SSLSocketFactory sockets() {
    if (location.authorities().isEmpty()) {
      return (SSLSocketFactory) SSLSocketFactory.getDefault();
    }
    Path file = location.authorities().get();
    try (InputStream pem = Files.newInputStream(file)) {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      List<Certificate> all =
          new ArrayList<>(CertificateFactory.getInstance("X.509").generateCertificates(pem));
      for (int i = 0; i < all.size(); i++) {
        trusted.setCertificateEntry("ca" + i, all.get(i));
      }
      TrustManagerFactory managers =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers.getTrustManagers(), null);
      return context.getSocketFactory();
    } catch (IOException | GeneralSecurityException e) {
      throw new RedisFailure(
          location
              + ": the certificates in "
              + file
              + " cannot be used: "
              + OneLine.of(e.toString()),
          e);
    }
  }

  /// The failure in one line. What Jedis did not expect fails somewhere in its code: then something
  /// else than Redis answers.
  RedisFailure failure(RuntimeException e) {
    if (e instanceof RedisFailure known) {
      return known;
    }
    if (!(e instanceof JedisException)) {
      return new RedisFailure(
          location + ": does not answer as a Redis does: " + OneLine.of("" + e), e);
    }
    Throwable deepest = e;
    while (deepest.getCause() != null && deepest.getCause() != deepest) {
      deepest = deepest.getCause();
    }
    String said = String.valueOf(e.getMessage());
    String why = deepest == e || deepest.getMessage() == null ? "" : ": " + deepest.getMessage();
    return new RedisFailure(
        location + ": " + OneLine.of(said.contains(why) ? said : said + why), e);
  }

  /// Closes a connection, whatever its state.
  static void close(Jedis redis) {
    try {
      redis.close();
    } catch (RuntimeException e) {
      // it is broken already
    }
  }

  /// A text as Redis sends it.
  static String text(Object reply) {
    return reply instanceof byte[] bytes
        ? new String(bytes, StandardCharsets.UTF_8)
        : String.valueOf(reply);
  }
}
