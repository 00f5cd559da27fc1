package dev.rollcall.server.redis;

import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.DatabaseConfig;
import dev.rollcall.server.sql.DatabaseLocation;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.time.Clock;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.util.function.Consumer;

/// What a process of Rollcall has of Redis and PostgreSQL.
final class RunningProcess implements AutoCloseable {
  /// How many bytes may wait in Redis.
  static final long MOST = 1 << 20;

  final Database database;
  final Redis redis;
  final StreamBuffer<Note, Integer> buffer;
  private final GroupCommit commits;
  private final PrometheusRegistry registry = new PrometheusRegistry();

  RunningProcess(DatabaseLocation location, RedisLocation redisLocation) {
    this(location, redisLocation, 0);
  }

  /// @param replicas how many should have what is acknowledged
  RunningProcess(DatabaseLocation location, RedisLocation redisLocation, int replicas) {
    this(location, redisLocation, replicas, _ -> {});
  }

  RunningProcess(
      DatabaseLocation location,
      RedisLocation redisLocation,
      int replicas,
      Consumer<Redis> beforeTheStart) {
    database =
        Database.open(
            DatabaseConfig.of(location, Note.MIGRATION, StreamPositions.MIGRATION), Clock.system());
    commits = new GroupCommit(database);
    redis =
        new Redis(
            new RedisSettings(redisLocation, MOST, replicas),
            database,
            commits,
            registry,
            Clock.system());
    buffer = redis.buffer(Note.KIND);
    beforeTheStart.accept(redis);
    redis.start();
  }

  double counter(String name) {
    return registry.scrape(one -> one.equals(name)).stream()
        .flatMap(one -> one.getDataPoints().stream())
        .mapToDouble(point -> ((CounterSnapshot.CounterDataPointSnapshot) point).getValue())
        .sum();
  }

  @Override
  public void close() {
    redis.close();
    commits.close();
    database.close();
  }
}
