package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeResult;
import dev.rollcall.probe.Prober;
import io.lettuce.core.api.StatefulRedisConnection;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.RedisClient;

/// The probes that ask through what an application has, with real servers, clients and pools.
@Timeout(60)
class OwnClientTest {
  private static final String NO_CONNECTION = "the pool has no connection free";

  private static ProbeResult check(Probe probe) throws Exception {
    ProbeResult result = new Prober().add(probe).check(probe.name());
    assertThat(result.duration()).isLessThan(Duration.ofSeconds(6));
    return result;
  }

  /// Ends a server while its clients are there; ending it again later does no harm.
  private static void end(AutoCloseable server) throws Exception {
    server.close();
  }

  private static int redis(ServerRun run) throws Exception {
    int port = ServerRun.freePort();
    redis(run, port);
    return port;
  }

  private static void redis(ServerRun run, int port) throws Exception {
    String where = run.folder().toString();
    List<String> command =
        List.of(
            "redis-server",
            "--port",
            "" + port,
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            where);
    run.start(command, Map.of());
    Probe there = TcpProbe.of("redis", "127.0.0.1:" + port);
    await().until(() -> check(there).healthy());
  }

  @Test
  void findsAnExhaustedPoolAndADatabaseThatIsAway() throws Exception {
    HikariConfig config = new HikariConfig();
    config.setMaximumPoolSize(2);
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
      config.setJdbcUrl(postgres.getJdbcUrl("postgres", "postgres"));
      try (HikariDataSource pool = new HikariDataSource(config)) {
        Probe probe = DataSourceProbe.of("orders", pool);
        assertThat(check(probe).failure()).isEmpty();
        List<Connection> taken = new ArrayList<>();
        taken.add(pool.getConnection());
        assertThat(check(probe).failure()).isEmpty();
        taken.add(pool.getConnection());
        ProbeResult exhausted = check(probe);
        assertThat(exhausted.failure().orElseThrow())
            .startsWith("no answer within 3.0 s: ")
            .contains(NO_CONNECTION);
        assertThat(exhausted.details())
            .isEqualTo(Map.of("connections", "2", "taken", "2", "waiting", "0"));
        for (Connection connection : taken) {
          connection.close();
        }
        ProbeResult well = check(probe);
        assertThat(well.failure()).isEmpty();
        assertThat(well.details()).containsEntry("taken", "0");
        assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();

        end(postgres);
        // For half a second the pool gives a connection away without having looked at it.
        assertThat(check(probe).failure()).isPresent();
        await()
            .untilAsserted(
                () ->
                    assertThat(check(probe).failure().orElseThrow())
                        .contains("or the database does not answer"));
      }
    }
  }

  /// As old sources and wrappers do, of which there are many.
  @Test
  void takesASourceThatKnowsNothingOfWrappers() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
      DataSource real = postgres.getPostgresDatabase();
      for (Throwable odd :
          List.of(
              new UnsupportedOperationException(), new AbstractMethodError(), new SQLException())) {
        DataSource source =
            (DataSource)
                Proxy.newProxyInstance(
                    getClass().getClassLoader(),
                    new Class<?>[] {DataSource.class},
                    (proxy, method, arguments) -> {
                      if (method.getName().equals("isWrapperFor")) {
                        throw odd;
                      }
                      return method.invoke(real, arguments);
                    });
        assertThat(check(DataSourceProbe.of("orders", source)).failure()).isEmpty();
      }
    }
  }

  @Test
  void findsAJedisPoolThatIsExhausted() throws Exception {
    try (ServerRun run = new ServerRun("jedis")) {
      int port = redis(run);
      try (RedisClient client = RedisClient.create("127.0.0.1", port)) {
        Probe probe = JedisProbe.of("cache", client);
        assertThat(check(probe).failure()).isEmpty();
        List<redis.clients.jedis.Connection> taken = new ArrayList<>();
        for (int i = 0; i < client.getPool().getMaxTotal(); i++) {
          taken.add(client.getPool().getResource());
        }
        assertThat(check(probe).failure().orElseThrow()).contains(NO_CONNECTION);
        taken.forEach(redis.clients.jedis.Connection::close);
        assertThat(check(probe).failure()).isEmpty();
        end(run);
        assertThat(check(probe).healthy()).isFalse();
      }
    }
  }

  @Test
  void findsARedisThatIsAwayThroughLettuce() throws Exception {
    io.lettuce.core.RedisClient client;
    int port = ServerRun.freePort();
    try (ServerRun run = new ServerRun("lettuce")) {
      redis(run, port);
      client = io.lettuce.core.RedisClient.create("redis://127.0.0.1:" + port);
      StatefulRedisConnection<String, String> connection = client.connect();
      Probe probe = LettuceProbe.of("cache", connection);
      assertThat(check(probe).failure()).isEmpty();
      end(run);
      assertThat(check(probe).failure().orElseThrow()).contains("Redis does not answer");
    }
    client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
  }

  @Test
  void findsAMongoDbThatIsAway() throws Exception {
    MongoServer server = new MongoServer(new MemoryBackend());
    InetSocketAddress address = server.bind();
    try (MongoClient client = MongoClients.create("mongodb://127.0.0.1:" + address.getPort())) {
      Probe probe = MongoClientProbe.of("carts", client);
      assertThat(check(probe).failure()).isEmpty();
      server.shutdownNow();
      assertThat(check(probe).healthy()).isFalse(); // on the connection that it had
      assertThat(check(probe).failure().orElseThrow()).contains("no server can be reached");
    } finally {
      server.shutdownNow();
    }
  }
}
