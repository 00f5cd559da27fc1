package dev.rollcall.server.monitor.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.monitor.Monitor;
import dev.rollcall.server.monitor.MonitorDatabase;
import dev.rollcall.server.monitor.check.Evaluator;
import dev.rollcall.server.monitor.check.Event;
import dev.rollcall.server.monitor.check.Observation;
import dev.rollcall.server.monitor.check.Outcome;
import dev.rollcall.server.monitor.check.State;
import dev.rollcall.server.monitor.check.Streak;
import dev.rollcall.server.monitor.definition.Confirmation;
import dev.rollcall.server.monitor.definition.ServiceDefinition;
import dev.rollcall.server.monitor.store.EventStore;
import dev.rollcall.server.monitor.store.Metric;
import dev.rollcall.server.monitor.store.ServiceStore;
import dev.rollcall.server.monitor.store.Slice;
import dev.rollcall.server.monitor.store.Tick;
import dev.rollcall.server.monitor.store.TickStore;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.redis.Redis;
import dev.rollcall.server.redis.RedisLocation;
import dev.rollcall.server.redis.RedisServer;
import dev.rollcall.server.redis.RedisSettings;
import dev.rollcall.server.signal.SignalWriter;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.DatabaseConfig;
import dev.rollcall.server.sql.DatabaseLocation;
import dev.rollcall.server.sql.DatabaseLocation.PostgresServer;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.Lease;
import dev.rollcall.server.sql.ReplicatedPostgres;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.sql.TestDatabases;
import dev.rollcall.server.sql.Wire;
import dev.rollcall.server.time.Clock;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import redis.clients.jedis.Jedis;
import tools.jackson.databind.json.JsonMapper;

/// Checks go on while the database is away, and what they find is written when it is back. Its
/// tests wait most of the time.
@Execution(ExecutionMode.CONCURRENT)
class RunnerOutageTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String[] TABLES_WITH_REDIS =
      Stream.concat(Stream.of(MonitorDatabase.TABLES), RedisSettings.MIGRATIONS.stream())
          .toArray(String[]::new);

  @TempDir Path folder;

  /// A database that can be cut off, with Redis in front of it.
  private static final class BehindRedis implements AutoCloseable {
    private final Wire wire = new Wire(TestDatabases.postgresPort());
    private final RedisServer server;
    private final Database database;
    private final GroupCommit commits;
    private final Redis redis;

    BehindRedis(Path folder, PostgresServer direct) throws IOException {
      server = RedisServer.plain(folder.resolve("redis"));
      database =
          Database.open(
              DatabaseConfig.of(through(wire, direct), TABLES_WITH_REDIS), Clock.system());
      commits = new GroupCommit(database);
      redis =
          new Redis(
              new RedisSettings(RedisLocation.parse(server.url()), 1 << 20, 0),
              database,
              commits,
              new PrometheusRegistry(),
              Clock.system());
    }

    @Override
    public void close() throws IOException {
      redis.close();
      commits.close();
      database.close();
      server.close();
      wire.close();
    }
  }

  /// What happens to the line between Rollcall and its database.
  private interface Trouble {
    void befall(Wire wire);
  }

  @Test
  void goesOnWhileTheDatabaseIsAwayAndKeepsItAllAfterwardsInOrder() throws Exception {
    goesOnDuring(Wire::cut);
  }

  /// This process remembers that it has found them down, so it would never tell it, and one of them
  /// is checked only once an hour.
  @Test
  void tellsWhatItFoundAlsoIfRedisLosesIt() throws Exception {
    PostgresServer direct = (PostgresServer) TestDatabases.POSTGRES.fresh(folder);
    CheckedServer target = new CheckedServer();
    target.down.add("/hourly");
    List<String> told = new CopyOnWriteArrayList<>();
    try (BehindRedis behind = new BehindRedis(folder, direct);
        Monitor monitor =
            Monitors.of(
                behind.database,
                behind.commits,
                Optional.of(behind.redis),
                (_, all) -> all.forEach(one -> told.add(one.subject().name() + " " + one.to())),
                Clock.system())) {
      behind.redis.start();
      monitor.apply(
          List.of(slowly("hourly", target, "1h"), slowly("often", target, "200ms")), true);
      monitor.start(List.of());
      ServiceStore services = new ServiceStore(behind.database);
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  hasTicks(services, 1) && hasTicks(services, 2) && waiting(behind.server, 1) == 0);
      behind.wire.cut();
      target.down.add("/often");
      // The oldest may be in the memory of whoever was about to apply it.
      await()
          .atMost(PATIENCE)
          .until(() -> waiting(behind.server, 0) > 4 && waiting(behind.server, 1) > 2);
      assertThat(told).isEmpty();

      behind.server.kill();
      behind.server.again();
      assertThat(waiting(behind.server, 0) + waiting(behind.server, 1)).isZero();
      behind.wire.mend();
      await()
          .atMost(PATIENCE.multipliedBy(2))
          .untilAsserted(
              () -> assertThat(told).containsExactlyInAnyOrder("hourly down", "often down"));
    } finally {
      target.close();
    }
  }

  @Test
  void whatItFindsFromMemoryIsWrittenAlthoughAnotherProcessHadClaimedTheServiceSince()
      throws Exception {
    goesOnAfterTheClaimOfAnother(false);
  }

  @Test
  void whatItFindsFromMemoryIsWrittenThroughRedisAlthoughAnotherProcessHadClaimedTheServiceSince()
      throws Exception {
    goesOnAfterTheClaimOfAnother(true);
  }

  /// The other one claims it once, as it is overdue, and finds it down. Both knew it as up.
  private void goesOnAfterTheClaimOfAnother(boolean throughRedis) throws Exception {
    PostgresServer direct = (PostgresServer) TestDatabases.POSTGRES.fresh(folder);
    CheckedServer target = new CheckedServer();
    List<String> told = new CopyOnWriteArrayList<>();
    SignalWriter signals = (_, all) -> all.forEach(one -> told.add(one.to()));
    try (BehindRedis behind = new BehindRedis(folder, direct);
        Database others =
            Database.open(DatabaseConfig.of(direct, TABLES_WITH_REDIS), Clock.system());
        GroupCommit othersCommits = new GroupCommit(others)) {
      TickStore ticks = new TickStore(others);
      try (Monitor monitor =
          Monitors.of(
              behind.database,
              behind.commits,
              Optional.of(behind.redis).filter(_ -> throughRedis),
              signals,
              Clock.system())) {
        behind.redis.start();
        monitor.apply(List.of(target.service("one")), true);
        monitor.start(List.of());
        await().atMost(PATIENCE).until(() -> Monitors.ticks(ticks) > 2);
        behind.wire.cut();
        int before = target.answered.size();
        await().atMost(PATIENCE).until(() -> target.answered.size() > before + 2);
        Schedule schedule = new Schedule(others, othersCommits, Clock.system());
        int _ = schedule.rows().takeOver(behind.database.claimant().id()); // if it is being checked
        target.answer = 500;
        Instant first = findOnceByAnother(schedule, others, othersCommits, throughRedis);
        int since = target.answered.size();
        await().atMost(PATIENCE).until(() -> target.answered.size() > since + 4);
        target.answer = 200;
        int during = target.answered.size();
        await().atMost(PATIENCE).until(() -> target.answered.size() > during + 2);
        int found = target.answered.size() - since - 1; // one may have begun before
        Instant until = Clock.system().wall();
        behind.wire.mend();
        await()
            .atMost(PATIENCE)
            .until(() -> ticks.count(Scope.everything(), 1, first.plusMillis(1), until) >= found);
        assertThat(told).containsExactly("down", "up");
        List<Event> events = new EventStore(others).of(Scope.everything(), 1, new Slice(9, 0));
        assertThat(events.stream().map(Event::kind))
            .containsExactly(Event.Kind.UPTIME, Event.Kind.DOWNTIME, Event.Kind.UPTIME);
        assertThat(events.get(1).started()).isEqualTo(first);
      }
      ServiceStore services = new ServiceStore(others);
      await() // what still waits in Redis is written between two reads
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(services.find(Scope.everything(), 1).orElseThrow().metric().ticks())
                      .isEqualTo(Monitors.ticks(ticks)));
    } finally {
      target.close();
    }
  }

  /// Another process claims the service, finds it down, and writes that.
  ///
  /// @return when it found it
  private static Instant findOnceByAnother(
      Schedule schedule, Database others, GroupCommit commits, boolean throughRedis) {
    Clock clock = Clock.system();
    List<Lease<Schedule.Row>> claimed = new ArrayList<>();
    await()
        .atMost(PATIENCE)
        .until(() -> claimed.addAll(schedule.rows().claim(others.clock().wall(), 1)));
    Instant at = clock.wall().truncatedTo(ChronoUnit.MILLIS);
    Observation seen = MonitorDatabase.down(at, 1);
    Streak up = new Streak(Optional.of(State.UP), 0, 0, Optional.empty());
    Outcome outcome =
        new Outcome(
            1,
            claimed.getFirst().fence(),
            seen,
            Evaluator.evaluate(Optional.of(Event.Kind.UPTIME), seen),
            true,
            false,
            Optional.empty(),
            Optional.of(up.after(seen, Confirmation.DEFAULT)),
            Optional.empty());
    OvertakenOutcomes overtaken =
        new OvertakenOutcomes(
            schedule, MonitorDatabase.READER, clock, (_, _) -> {}, _ -> {}, () -> {});
    Batch<Outcome, Boolean> batch =
        throughRedis
            ? new OutcomeStream(schedule, overtaken, clock, (_, _) -> {}, _ -> {}, () -> {})
            : new OutcomeWriter(
                others,
                commits,
                schedule,
                10,
                MonitorDatabase.READER,
                clock,
                (_, _) -> {},
                _ -> {});
    assertThat(commits.write(batch, outcome)).isTrue();
    return at;
  }

  private static boolean hasTicks(ServiceStore services, long id) {
    return services.find(Scope.everything(), id).orElseThrow().metric().ticks() > 0;
  }

  /// A service that is down after the fourth check that finds it down.
  private static ServiceDefinition slowly(String name, CheckedServer target, String interval) {
    return MonitorDatabase.definition(
        new JsonMapper()
            .createObjectNode()
            .put("name", name)
            .put("url", "http:" + target.address(name))
            .put("interval", interval)
            .put("confirm", 4)
            .put("confirm-interval", "1s"));
  }

  /// How many entries wait in a stream.
  private static long waiting(RedisServer server, int stream) {
    try (Jedis client = server.client()) {
      return client.xlen("rollcall:0:statuses:" + stream);
    }
  }

  private static PostgresServer through(Wire wire, PostgresServer direct) {
    String address = direct.address().replaceFirst(":\\d+/", ":" + wire.port() + "/");
    return new PostgresServer(address, direct.user(), direct.password());
  }

  @Test
  void goesOnWhileTheDatabaseSaysNothingAtAll() throws Exception {
    goesOnDuring(Wire::stall);
  }

  /// With one service, nothing is claimed until its lease ends.
  @Test
  void goesOnWhileTheCommitOfItsResultWaitsForAStandby() throws Exception {
    CheckedServer target = new CheckedServer();
    try (ReplicatedPostgres postgres = ReplicatedPostgres.start();
        Database database =
            Database.open(
                DatabaseConfig.of(
                    DatabaseLocation.parse(postgres.url(), Path.of("")), MonitorDatabase.TABLES),
                Clock.system());
        GroupCommit commits = new GroupCommit(database)) {
      TickStore ticks = new TickStore(database);
      try (Monitor monitor = Monitors.of(database, commits, Clock.system())) {
        monitor.apply(List.of(target.service("one")), true);
        monitor.start(List.of());
        await().atMost(PATIENCE).until(() -> Monitors.ticks(ticks) > 0);

        CountDownLatch gone = new CountDownLatch(1);
        target.answering = () -> passed(gone);
        int claimed = target.answered.size();
        await().atMost(PATIENCE).until(() -> target.answered.size() > claimed);
        postgres.second().kill();
        target.answering = () -> {};
        gone.countDown();
        int before = target.answered.size();
        // Sooner than the lease ends.
        await().atMost(Duration.ofSeconds(20)).until(() -> target.answered.size() > before + 8);
        postgres.first().execute("ALTER SYSTEM SET synchronous_standby_names = ''");
        postgres.first().execute("SELECT pg_reload_conf()");
        int alone = target.answered.size();
        await().atMost(PATIENCE).until(() -> Monitors.ticks(ticks) > alone);
      }
      assertThat(Monitors.ticks(ticks))
          .isBetween(
              target.answered.size() - 1L, (long) target.answered.size()); // closing interrupts one
    } finally {
      target.close();
    }
  }

  private static void passed(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void goesOnDuring(Trouble trouble) throws Exception {
    PostgresServer direct = (PostgresServer) TestDatabases.POSTGRES.fresh(folder);
    CheckedServer target = new CheckedServer();
    try (Wire wire = new Wire(TestDatabases.postgresPort())) {
      PostgresServer through = through(wire, direct);
      try (Database database =
              Database.open(DatabaseConfig.of(through, MonitorDatabase.TABLES), Clock.system());
          GroupCommit commits = new GroupCommit(database)) {
        TickStore ticks = new TickStore(database);
        try (Monitor monitor = Monitors.of(database, commits, Clock.system())) {
          monitor.apply(List.of(target.service("one")), true);
          monitor.start(List.of());
          await().atMost(PATIENCE).until(() -> target.answered.size() > 2);

          trouble.befall(wire);
          int before = target.answered.size();
          target.answer = 500;
          // Sooner than the line is given up by itself.
          await().atMost(Duration.ofSeconds(30)).until(() -> target.answered.size() > before + 8);
          target.answer = 200;
          int during = target.answered.size();
          await().atMost(PATIENCE).until(() -> target.answered.size() > during + 4);
          assertThat(monitor.trouble()).isEmpty();
          wire.mend();
          int mended = target.answered.size();
          await() // reads are refused until the database has answered once
              .atMost(PATIENCE)
              .ignoreException(StorageException.class)
              .until(() -> Monitors.ticks(ticks) >= mended);
        }

        List<Tick> kept =
            ticks.between(
                Scope.everything(), 1, Instant.EPOCH, Monitors.tomorrow(), new Slice(1_000, 0));
        assertThat(kept.stream().map(tick -> tick.status().orElseThrow()))
            .containsExactlyElementsOf(target.answered.subList(0, kept.size()));
        Metric metric =
            new ServiceStore(database).find(Scope.everything(), 1).orElseThrow().metric();
        assertThat(metric.ticks()).isEqualTo(kept.size());
        List<Event> events = new EventStore(database).of(Scope.everything(), 1, new Slice(100, 0));
        assertThat(events.stream().map(Event::kind))
            .containsExactly(Event.Kind.UPTIME, Event.Kind.DOWNTIME, Event.Kind.UPTIME);
        List<Instant> downs =
            kept.stream().filter(tick -> tick.state() == State.DOWN).map(Tick::at).toList();
        assertThat(events.get(1).started()).isEqualTo(downs.getFirst());
        assertThat(events.get(0).started()).isAfter(downs.getLast());
      }
    } finally {
      target.close();
    }
  }
}
