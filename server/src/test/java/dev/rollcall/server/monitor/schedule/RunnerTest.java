package dev.rollcall.server.monitor.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.rollcall.probes.EchoSender;
import dev.rollcall.server.address.Blocks;
import dev.rollcall.server.monitor.Monitor;
import dev.rollcall.server.monitor.MonitorDatabase;
import dev.rollcall.server.monitor.MonitorSettings;
import dev.rollcall.server.monitor.check.Evaluator;
import dev.rollcall.server.monitor.check.Event;
import dev.rollcall.server.monitor.check.Observation;
import dev.rollcall.server.monitor.check.Outcome;
import dev.rollcall.server.monitor.check.State;
import dev.rollcall.server.monitor.check.Streak;
import dev.rollcall.server.monitor.definition.Confirmation;
import dev.rollcall.server.monitor.definition.ServiceDefinition;
import dev.rollcall.server.monitor.definition.ServiceReader;
import dev.rollcall.server.monitor.path.PathTracer;
import dev.rollcall.server.monitor.store.AccountLimits;
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
import dev.rollcall.server.signal.Circles;
import dev.rollcall.server.signal.SignalWriter;
import dev.rollcall.server.signal.UptimeSpans;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.DatabaseConfig;
import dev.rollcall.server.sql.DatabaseLocation;
import dev.rollcall.server.sql.DatabaseLocation.PostgresServer;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.Lease;
import dev.rollcall.server.sql.ReplicatedPostgres;
import dev.rollcall.server.sql.TestDatabases;
import dev.rollcall.server.sql.Wire;
import dev.rollcall.server.time.Clock;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import redis.clients.jedis.Jedis;
import tools.jackson.databind.json.JsonMapper;

/// Its tests wait most of the time.
@Execution(ExecutionMode.CONCURRENT)
class RunnerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String[] TABLES_WITH_REDIS =
      Stream.concat(Stream.of(MonitorDatabase.TABLES), RedisSettings.MIGRATIONS.stream())
          .toArray(String[]::new);

  @TempDir Path folder;

  private final List<Integer> answered = new CopyOnWriteArrayList<>();
  private final Set<String> asked = ConcurrentHashMap.newKeySet();
  private final Set<String> down = ConcurrentHashMap.newKeySet();
  private volatile int answer = 200;

  /// Runs before the server answers.
  private volatile Runnable answering = () -> {};

  /// The server counts what it was asked, and what it said.
  private HttpServer target() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          int status = down.contains(path) ? 500 : answer;
          answered.add(status);
          asked.add(path);
          answering.run();
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    server.start();
    return server;
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
    HttpServer target = target();
    down.add("/hourly");
    List<String> told = new CopyOnWriteArrayList<>();
    try (Wire wire = new Wire(TestDatabases.postgresPort());
        RedisServer server = RedisServer.plain(folder.resolve("redis"));
        Database database =
            Database.open(
                DatabaseConfig.of(through(wire, direct), TABLES_WITH_REDIS), Clock.system());
        GroupCommit commits = new GroupCommit(database);
        Redis redis =
            new Redis(
                new RedisSettings(RedisLocation.parse(server.url()), 1 << 20, 0),
                database,
                commits,
                new PrometheusRegistry(),
                Clock.system());
        Monitor monitor =
            monitor(
                database,
                commits,
                Optional.of(redis),
                (_, all) -> all.forEach(one -> told.add(one.subject().name() + " " + one.to())),
                Clock.system())) {
      redis.start();
      monitor.apply(
          List.of(slowly("hourly", target, "1h"), slowly("often", target, "200ms")), true);
      monitor.start(List.of());
      ServiceStore services = new ServiceStore(database);
      await()
          .atMost(PATIENCE)
          .until(() -> hasTicks(services, 1) && hasTicks(services, 2) && waiting(server, 1) == 0);
      wire.cut();
      down.add("/often");
      // The oldest may be in the memory of whoever was about to apply it.
      await().atMost(PATIENCE).until(() -> waiting(server, 0) > 4 && waiting(server, 1) > 2);
      assertThat(told).isEmpty();

      server.kill();
      server.again();
      assertThat(waiting(server, 0) + waiting(server, 1)).isZero();
      wire.mend();
      await()
          .atMost(PATIENCE.multipliedBy(2))
          .untilAsserted(
              () -> assertThat(told).containsExactlyInAnyOrder("hourly down", "often down"));
    } finally {
      target.stop(0);
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
    HttpServer target = target();
    List<String> told = new CopyOnWriteArrayList<>();
    SignalWriter signals = (_, all) -> all.forEach(one -> told.add(one.to()));
    try (Wire wire = new Wire(TestDatabases.postgresPort());
        RedisServer server = RedisServer.plain(folder.resolve("redis"));
        Database database =
            Database.open(
                DatabaseConfig.of(through(wire, direct), TABLES_WITH_REDIS), Clock.system());
        GroupCommit commits = new GroupCommit(database);
        Redis redis =
            new Redis(
                new RedisSettings(RedisLocation.parse(server.url()), 1 << 20, 0),
                database,
                commits,
                new PrometheusRegistry(),
                Clock.system());
        Database others =
            Database.open(DatabaseConfig.of(direct, TABLES_WITH_REDIS), Clock.system());
        GroupCommit othersCommits = new GroupCommit(others)) {
      TickStore ticks = new TickStore(others);
      try (Monitor monitor =
          monitor(
              database,
              commits,
              Optional.of(redis).filter(_ -> throughRedis),
              signals,
              Clock.system())) {
        redis.start();
        monitor.apply(List.of(service(target)), true);
        monitor.start(List.of());
        await().atMost(PATIENCE).until(() -> count(ticks) > 2);
        wire.cut();
        int before = answered.size();
        await().atMost(PATIENCE).until(() -> answered.size() > before + 2);
        Schedule schedule = new Schedule(others, othersCommits, Clock.system());
        int _ = schedule.rows().takeOver(database.claimant().id()); // if it is being checked
        answer = 500;
        Instant first = findOnceByAnother(schedule, others, othersCommits, throughRedis);
        int since = answered.size();
        await().atMost(PATIENCE).until(() -> answered.size() > since + 4);
        answer = 200;
        int during = answered.size();
        await().atMost(PATIENCE).until(() -> answered.size() > during + 2);
        int found = answered.size() - since - 1; // one may have begun before
        Instant until = Clock.system().wall();
        wire.mend();
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
                      .isEqualTo(count(ticks)));
    } finally {
      target.stop(0);
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
  private static ServiceDefinition slowly(String name, HttpServer target, String interval) {
    return MonitorDatabase.definition(
        new JsonMapper()
            .createObjectNode()
            .put("name", name)
            .put("url", "http://127.0.0.1:" + target.getAddress().getPort() + "/" + name)
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
    HttpServer target = target();
    try (ReplicatedPostgres postgres = ReplicatedPostgres.start();
        Database database =
            Database.open(
                DatabaseConfig.of(
                    DatabaseLocation.parse(postgres.url(), Path.of("")), MonitorDatabase.TABLES),
                Clock.system());
        GroupCommit commits = new GroupCommit(database)) {
      TickStore ticks = new TickStore(database);
      try (Monitor monitor = monitor(database, commits, Clock.system())) {
        monitor.apply(List.of(service(target)), true);
        monitor.start(List.of());
        await().atMost(PATIENCE).until(() -> count(ticks) > 0);

        CountDownLatch gone = new CountDownLatch(1);
        answering = () -> passed(gone);
        int claimed = answered.size();
        await().atMost(PATIENCE).until(() -> answered.size() > claimed);
        postgres.second().kill();
        answering = () -> {};
        gone.countDown();
        int before = answered.size();
        // Sooner than the lease ends.
        await().atMost(Duration.ofSeconds(20)).until(() -> answered.size() > before + 8);
        postgres.first().execute("ALTER SYSTEM SET synchronous_standby_names = ''");
        postgres.first().execute("SELECT pg_reload_conf()");
        int alone = answered.size();
        await().atMost(PATIENCE).until(() -> count(ticks) > alone);
      }
      assertThat(count(ticks))
          .isBetween(answered.size() - 1L, (long) answered.size()); // closing interrupts one
    } finally {
      target.stop(0);
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
    HttpServer target = target();
    try (Wire wire = new Wire(TestDatabases.postgresPort())) {
      PostgresServer through = through(wire, direct);
      try (Database database =
              Database.open(DatabaseConfig.of(through, MonitorDatabase.TABLES), Clock.system());
          GroupCommit commits = new GroupCommit(database)) {
        TickStore ticks = new TickStore(database);
        try (Monitor monitor = monitor(database, commits, Clock.system())) {
          monitor.apply(List.of(service(target)), true);
          monitor.start(List.of());
          await().atMost(PATIENCE).until(() -> answered.size() > 2);

          trouble.befall(wire);
          int before = answered.size();
          answer = 500;
          // Sooner than the line is given up by itself.
          await().atMost(Duration.ofSeconds(30)).until(() -> answered.size() > before + 8);
          answer = 200;
          int during = answered.size();
          await().atMost(PATIENCE).until(() -> answered.size() > during + 4);
          assertThat(monitor.trouble()).isEmpty();
          wire.mend();
          int mended = answered.size();
          await().atMost(PATIENCE).until(() -> count(ticks) >= mended);
        }

        List<Tick> kept =
            ticks.between(Scope.everything(), 1, Instant.EPOCH, far(), new Slice(1_000, 0));
        assertThat(kept.stream().map(tick -> tick.status().orElseThrow()))
            .containsExactlyElementsOf(answered.subList(0, kept.size()));
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
      target.stop(0);
    }
  }

  /// The clock of the machine, which somebody sets.
  private static final class SetClock implements Clock {
    private volatile Duration ahead = Duration.ZERO;

    @Override
    public Instant wall() {
      return Clock.system().wall().plus(ahead);
    }

    @Override
    public Duration monotonic() {
      return Clock.system().monotonic();
    }
  }

  @Test
  void goesOnAfterTheClockWasSet() throws Exception {
    HttpServer target = target();
    SetClock clock = new SetClock();
    try (Database database = TestDatabases.SQLITE.open(folder, clock, MonitorDatabase.TABLES);
        GroupCommit commits = new GroupCommit(database);
        Monitor monitor = monitor(database, commits, clock)) {
      List<ServiceDefinition> services = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        services.add(service("s" + i, target));
      }
      monitor.apply(services, true);
      monitor.start(List.of());
      for (int hours : new int[] {0, -1, 1, -1, -2, 0}) {
        clock.ahead = Duration.ofHours(hours);
        asked.clear();
        await().atMost(PATIENCE).until(() -> asked.size() == 50);
        asked.clear(); // those under way
        await().atMost(PATIENCE).until(() -> asked.size() == 50);
      }
      assertThat(monitor.trouble()).isEmpty();
    } finally {
      target.stop(0);
    }
  }

  /// The file was there when the service was defined.
  @Test
  void aServiceThatCannotBeAskedAnyMoreIsUnknownUntilItCan() throws Exception {
    HttpServer target = target();
    Path authorities = folder.resolve("ca.pem");
    Files.writeString(authorities, pem());
    ServiceDefinition one =
        MonitorDatabase.definition(
            new JsonMapper()
                .createObjectNode()
                .put("name", "one")
                .put("url", "https://127.0.0.1:" + target.getAddress().getPort() + "/")
                .put("interval", "200ms")
                .set("tls", new JsonMapper().createObjectNode().put("ca", authorities.toString())));
    try (Database database =
            TestDatabases.SQLITE.open(folder, Clock.system(), MonitorDatabase.TABLES);
        GroupCommit commits = new GroupCommit(database);
        Monitor monitor = monitor(database, commits, Clock.system())) {
      monitor.apply(List.of(one), true);
      Files.delete(authorities);
      monitor.start(List.of());
      TickStore ticks = new TickStore(database);
      await().atMost(PATIENCE).until(() -> count(ticks) > 2);
      assertThat(ticks.between(Scope.everything(), 1, Instant.EPOCH, far(), new Slice(3, 0)))
          .allSatisfy(
              tick -> {
                assertThat(tick.state()).isEqualTo(State.UNKNOWN);
                assertThat(tick.reason().orElseThrow())
                    .isEqualTo("tls.ca " + authorities + ": no such file");
              });
      Files.writeString(authorities, pem());
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  ticks
                      .between(Scope.everything(), 1, Instant.EPOCH, far(), new Slice(1000, 0))
                      .stream()
                      .anyMatch(tick -> tick.state() == State.DOWN));
    } finally {
      target.stop(0);
    }
  }

  /// One of the JDK's authorities, whom the target knows nothing of.
  private static String pem() throws Exception {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    X509TrustManager trusted = (X509TrustManager) factory.getTrustManagers()[0];
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder().encodeToString(trusted.getAcceptedIssuers()[0].getEncoded())
        + "\n-----END CERTIFICATE-----\n";
  }

  private static Instant far() {
    return Instant.now().plus(Duration.ofDays(1));
  }

  private static long count(TickStore ticks) {
    return ticks.count(Scope.everything(), 1, Instant.EPOCH, far());
  }

  private static Monitor monitor(Database database, GroupCommit commits, Clock clock) {
    return monitor(database, commits, Optional.empty(), (_, _) -> {}, clock);
  }

  private static Monitor monitor(
      Database database,
      GroupCommit commits,
      Optional<Redis> redis,
      SignalWriter signals,
      Clock clock) {
    return new Monitor(
        database,
        commits,
        redis,
        new MonitorSettings(
            new ServiceReader.Defaults(
                Duration.ofSeconds(15), Duration.ofSeconds(5), false, Duration.ofDays(14)),
            64,
            100,
            Duration.ofDays(30),
            List.of(),
            Blocks.NONE,
            new AccountLimits(100, 1_000),
            Duration.ofDays(2)),
        signals,
        new Circles(database, Monitor.subjects()),
        UptimeSpans.NONE,
        EchoSender.none(),
        PathTracer.none(),
        new PrometheusRegistry(),
        clock);
  }

  private static ServiceDefinition service(HttpServer target) {
    return service("one", target);
  }

  private static ServiceDefinition service(String name, HttpServer target) {
    return MonitorDatabase.definition(
        name, "http://127.0.0.1:" + target.getAddress().getPort() + "/" + name, "200ms");
  }
}
