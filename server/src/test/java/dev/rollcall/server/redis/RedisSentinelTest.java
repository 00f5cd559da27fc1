package dev.rollcall.server.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.redis.StreamBuffer.Written;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.DatabaseConfig;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.TestDatabases;
import dev.rollcall.server.sql.Wire;
import dev.rollcall.server.time.Clock;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/// A master, a replica and a sentinel, all real: the master is killed.
class RedisSentinelTest {
  private static final String UNREPLICATED = "rollcall_stream_unreplicated";
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  @TempDir Path folder;

  @Test
  void whatWaitsSurvivesTheMasterAndTheNextGoesToTheNewOne() throws Exception {
    try (RedisServer master = RedisServer.start(folder.resolve("master"));
        RedisServer replica = RedisServer.replica(folder.resolve("replica"), master)) {
      await().atMost(PATIENCE).until(() -> replication(replica).contains("master_link_status:up"));
      try (RedisServer sentinel = RedisServer.sentinel(folder.resolve("sentinel"), "main", master);
          Jedis watching = sentinel.client();
          Wire wire = new Wire(TestDatabases.postgresPort());
          Database database =
              Database.open(
                  DatabaseConfig.of(
                      TestDatabases.freshOn(wire.port()),
                      Note.MIGRATION,
                      StreamPositions.MIGRATION),
                  Clock.system());
          GroupCommit commits = new GroupCommit(database);
          Redis redis =
              new Redis(
                  new RedisSettings(
                      RedisLocation.parse(
                          "redis-sentinel://127.0.0.1:1,127.0.0.1:%d/main"
                              .formatted(sentinel.port())),
                      1 << 20,
                      1),
                  database,
                  commits,
                  new PrometheusRegistry(),
                  Clock.system())) {
        await().atMost(PATIENCE).until(() -> watching.info("sentinel").contains("slaves=1"));
        StreamBuffer<Note, Integer> buffer = redis.buffer(Note.KIND);
        redis.start();
        Written<Integer> _ = buffer.write(new Note("one", 1));
        await().atMost(PATIENCE).until(() -> Note.written(database, "one").equals(List.of(1)));

        wire.cut();
        await()
            .atMost(PATIENCE)
            .until(() -> database.trouble().isPresent() || waits(buffer, 2)); // the first of them
        assertThat(waits(buffer, 3)).isTrue();
        master.kill();
        await()
            .atMost(PATIENCE)
            .ignoreExceptions() // it closes all connections then
            .until(() -> replication(replica).contains("role:master"));
        await().atMost(PATIENCE).until(() -> redis.trouble().isEmpty());
        await().atMost(PATIENCE).ignoreExceptions().until(() -> waits(buffer, 4));

        wire.mend();
        await()
            .atMost(PATIENCE)
            .ignoreExceptions()
            .untilAsserted(
                () -> assertThat(Note.written(database, "one")).startsWith(1, 2).contains(3, 4));
        List<Integer> written = Note.written(database, "one");
        assertThat(written).isSorted().doesNotHaveDuplicates();
        assertThat(redis.trouble()).isEmpty();
      }
    }
  }

  /// A replica that was slow once has everything again soon.
  @Test
  void eachAnswerWaitsForTheReplicaAlsoAfterItWasSlow() throws Exception {
    try (RedisServer master = RedisServer.start(folder.resolve("master"));
        RedisServer replica = RedisServer.replica(folder.resolve("replica"), master);
        Wire wire = new Wire(TestDatabases.postgresPort());
        RunningProcess process =
            new RunningProcess(
                TestDatabases.freshOn(wire.port()), RedisLocation.parse(master.url()), 1)) {
      await().atMost(PATIENCE).until(() -> replication(master).contains("state=online"));
      wire.cut();
      await().atMost(PATIENCE).until(() -> waits(process.buffer, 1));
      await().atMost(PATIENCE).until(() -> process.database.trouble().isPresent());
      replica.signal("STOP");
      assertThat(waits(process.buffer, 2)).isTrue();
      assertThat(process.counter(UNREPLICATED)).isEqualTo(1);
      assertThat(waits(process.buffer, 3)).isTrue();
      assertThat(process.counter(UNREPLICATED)).as("it is asked again").isEqualTo(2);
      replica.signal("CONT");
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                double before = process.counter(UNREPLICATED);
                return waits(process.buffer, 4) && process.counter(UNREPLICATED) == before;
              });
      wire.mend(); // so that it closes soon
    }
  }

  /// As `deploy/` sets two servers up: the one that is left takes no writes.
  @Test
  void whatWaitsIsAppliedThoughTheNewMasterHasNoReplica() throws Exception {
    String[] wantsReplica = {"--min-replicas-to-write", "1"};
    try (RedisServer master = RedisServer.start(folder.resolve("master"), wantsReplica);
        RedisServer replica =
            RedisServer.replica(folder.resolve("replica"), master, wantsReplica)) {
      await().atMost(PATIENCE).until(() -> replication(master).contains("state=online"));
      try (RedisServer sentinel = RedisServer.sentinel(folder.resolve("sentinel"), "main", master);
          Jedis watching = sentinel.client();
          Wire wire = new Wire(TestDatabases.postgresPort());
          RunningProcess process =
              new RunningProcess(
                  TestDatabases.freshOn(wire.port()),
                  RedisLocation.parse(
                      "redis-sentinel://127.0.0.1:%d/main".formatted(sentinel.port())))) {
        await().atMost(PATIENCE).until(() -> watching.info("sentinel").contains("slaves=1"));
        await().atMost(PATIENCE).until(() -> process.redis.trouble().isEmpty());
        wire.cut();
        assertThat(waits(process.buffer, 1)).isTrue();
        assertThat(waits(process.buffer, 2)).isTrue();
        await().atMost(PATIENCE).until(() -> entries(replica) == 2);
        master.kill();
        await()
            .atMost(PATIENCE)
            .ignoreExceptions() // it closes all connections then
            .until(() -> replication(replica).contains("role:master"));
        await()
            .atMost(PATIENCE)
            .until(() -> process.redis.trouble().orElse("").contains("NOREPLICAS"));
        wire.mend();
        await()
            .atMost(PATIENCE)
            .ignoreExceptions()
            .until(() -> process.buffer.write(new Note("one", 3)).equals(new Written.Applied<>(3)));
        assertThat(Note.written(process.database, "one")).containsExactly(1, 2, 3);

        try (Jedis client = replica.client()) {
          client.configSet("min-replicas-to-write", "0"); // as if the old one was back
        }
        await().atMost(PATIENCE).until(() -> process.redis.trouble().isEmpty());
        await().atMost(PATIENCE).until(() -> entries(replica) == 0);
        assertThat(Note.written(process.database, "one")).containsExactly(1, 2, 3);
      }
    }
  }

  private static long entries(RedisServer server) {
    try (Jedis client = server.client()) {
      return StreamBuffer.streams("rollcall:0:", Note.KIND).stream().mapToLong(client::xlen).sum();
    }
  }

  private static String replication(RedisServer server) {
    try (Jedis client = server.client()) {
      return client.info("replication");
    }
  }

  private static boolean waits(StreamBuffer<Note, Integer> buffer, int number) {
    return buffer.write(new Note("one", number)) instanceof Written.Waits;
  }
}
