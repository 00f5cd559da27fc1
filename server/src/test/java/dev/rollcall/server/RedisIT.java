package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static dev.rollcall.server.RunningRollcall.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Answer;
import dev.rollcall.server.RunningRollcall.Plan;
import dev.rollcall.server.app.MigratedPostgres;
import dev.rollcall.server.redis.RedisServer;
import dev.rollcall.server.sql.TestDatabases;
import dev.rollcall.server.sql.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;

/// The program with a real Redis in front of a real PostgreSQL.
@Execution(ExecutionMode.CONCURRENT)
class RedisIT {
  private static final int JOBS = 10;
  private static final Duration AWAY = Duration.ofSeconds(9);
  private static final int KILLS = 2;
  private static final int CALLERS = 4;
  private static final int SHARED = 6;
  private static final int INTERVAL_MS = 500;

  @TempDir Path folder;

  private Plan plan(Wire wire, RedisServer redis, Receiver receiver, Targets targets) {
    return plan(MigratedPostgres.freshUrl(), wire, redis, receiver, targets);
  }

  private Plan plan(String url, Wire wire, RedisServer redis, Receiver receiver, Targets targets) {
    return Plan.in(folder)
        .variable("ROLLCALL_DATABASE", through(url, wire))
        .variable("ROLLCALL_REDIS", redis.url())
        .variable("PING_ALERT_URI", receiver.url())
        .flags("--heartbeat-startup-grace=3s", "--heartbeat-realert=1h")
        .yaml(
            "services: [{name: one, url: '%s', interval: 500ms}]\n"
                .formatted(targets.url("/set/redis")));
  }

  @Test
  void whatComesWhileTheDatabaseIsAwayIsWrittenWhenItIsBackEvenIfTheProcessWasKilled()
      throws Exception {
    try (RedisServer redis = RedisServer.start(folder.resolve("redis"));
        Receiver receiver = new Receiver();
        Targets targets = new Targets();
        Wire wire = new Wire(TestDatabases.postgresPort())) {
      Plan plan = plan(wire, redis, receiver, targets).asProcess();
      Instant cut;
      Instant killed;
      try (RunningRollcall rollcall = plan.start()) {
        rollcall.firstTick("one");
        callAll(rollcall);
        assertThat(call(rollcall, 0).json().has("next_ping_at")).isTrue();
        await()
            .atMost(PATIENCE)
            .until(() -> call(rollcall, 0, "&timestamp=1").status() == 409); // the database says so

        wire.cut();
        cut = Instant.now();
        targets.set(500);
        callAll(rollcall);
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () ->
                    assertThat(call(rollcall, 0).json().path("message").asString())
                        .isEqualTo("recorded, and waits for the database"));
        await().atMost(PATIENCE).until(() -> rollcall.health("/ready").statusCode() == 503);
        assertThat(json(rollcall.health("/ready").body()).at("/reasons/database").isMissingNode())
            .isFalse();
        assertThat( // only the database knows whose token it is
                rollcall
                    .send("GET", "/v1/channels", "", "Authorization", "Bearer rc_unknown")
                    .status())
            .isEqualTo(503);
        assertThat(rollcall.health("/metrics").body())
            .contains("rollcall_targets NaN\n")
            .doesNotContain("rollcall_heartbeats{");
        int asked = targets.seen("/set/redis").arrivals().size();
        await()
            .atMost(PATIENCE)
            .until(() -> targets.seen("/set/redis").arrivals().size() > asked + 8);
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () ->
                    assertThat(waiting(rollcall.health("/metrics").body(), "statuses"))
                        .isPositive());
        callAll(rollcall);
        killed = Instant.now();
        rollcall.kill();
      }

      try (RunningRollcall rollcall = plan.start()) { // without the database
        callAll(rollcall);
        wire.mend();
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () -> {
                  assertThat(rollcall.health("/ready").statusCode()).isEqualTo(200);
                  assertThat(calls(rollcall)).allMatch(count -> count == 4, "4 calls each");
                });
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () ->
                    assertThat(rollcall.ticks("one"))
                        .filteredOn(tick -> between(tick, cut, killed))
                        .hasSizeGreaterThanOrEqualTo(6));
        assertThat(rollcall.service("one").at("/current_status/event").stringValue())
            .isEqualTo("downtime");
        assertThat(waiting(rollcall.health("/metrics").body(), "pings")).isZero();
      }
    }
  }

  /// Its own clock may be wrong.
  @Test
  void aProcessTakesNoHeartbeatBeforeItKnowsTheTimeOfTheDatabase() throws Exception {
    try (RedisServer redis = RedisServer.start(folder.resolve("redis"));
        Receiver receiver = new Receiver();
        Targets targets = new Targets();
        Wire wire = new Wire(TestDatabases.postgresPort())) {
      wire.cut();
      try (RunningRollcall rollcall = plan(wire, redis, receiver, targets).start()) {
        Answer answer = call(rollcall, 0);
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.json().toString()).contains("the time is not known");
        assertThat(rollcall.health("/ready").statusCode()).isEqualTo(503);
        assertThat(rollcall.log().lines().filter(line -> line.contains("results wait in")))
            .singleElement(STRING)
            .contains("started without the database, checks run and results wait in memory");
        wire.mend();
        await().atMost(PATIENCE).until(() -> call(rollcall, 0).status() == 200);
      }
    }
  }

  @Test
  void noHeartbeatIsRefusedOrBecomesLateWhileCallsWait() throws Exception {
    try (RedisServer redis = RedisServer.start(folder.resolve("redis"));
        Receiver receiver = new Receiver();
        Targets targets = new Targets();
        Wire wire = new Wire(TestDatabases.postgresPort());
        RunningRollcall rollcall = plan(wire, redis, receiver, targets).start();
        ExecutorService jobs = Executors.newVirtualThreadPerTaskExecutor()) {
      CountDownLatch end = new CountDownLatch(1);
      List<Answer> refused = new CopyOnWriteArrayList<>();
      for (int i = 0; i < JOBS; i++) {
        String call = "/ping?frequency=5s&name=job" + i;
        Future<?> _ =
            jobs.submit(
                () -> {
                  while (!end.await(1, TimeUnit.SECONDS)) {
                    Answer answer = rollcall.get(call);
                    if (answer.status() != 200) {
                      refused.add(answer);
                    }
                  }
                  return true;
                });
      }
      await().atMost(PATIENCE).until(() -> rollcall.rows("/v1/heartbeats").size() == JOBS);
      wire.cut();
      staysQuiet(receiver, AWAY);
      wire.mend();
      await().atMost(PATIENCE).until(() -> rollcall.health("/ready").statusCode() == 200);
      staysQuiet(receiver, AWAY);
      assertThat(refused).isEmpty();
      await()
          .atMost(PATIENCE)
          .until(() -> rollcall.get("/ping?name=silent&frequency=1s").status() == 200);
      await().atMost(PATIENCE).until(() -> !receiver.about("silent").isEmpty());
      assertThat(receiver.calls()).hasSize(1);
      assertThat(refused).isEmpty();
      end.countDown();
    }
  }

  /// What waits is written in its order, and in parts: that it opened is written seconds before
  /// that it is over, as the database is slow.
  @Test
  void whatIsOverWhenTheDatabaseIsBackIsNoAlarmAndAJobThatFailedIsTold() throws Exception {
    try (RedisServer redis = RedisServer.start(folder.resolve("redis"));
        Receiver receiver = new Receiver();
        Receiver pager = new Receiver();
        Targets targets = new Targets();
        Wire wire = new Wire(TestDatabases.postgresPort())) {
      String url = MigratedPostgres.freshUrl();
      StringBuilder yaml = new StringBuilder("monitor: {interval: 200ms}\n");
      yaml.append("channels: [{name: pager, type: webhook, url: '%s'}]\n".formatted(pager.url()));
      yaml.append("incidents: {together: 100ms}\nservices:\n");
      for (int i = 0; i < SHARED; i++) {
        yaml.append("  - {name: s%d, url: '%s'}\n".formatted(i, targets.url("/set/" + i)));
      }
      try (RunningRollcall rollcall =
              plan(url, wire, redis, receiver, targets).yaml(yaml.toString()).start();
          Connection database = TestDatabases.connection(url);
          Statement sql = database.createStatement()) {
        awaitChecks(targets, 3);
        assertThat(call(rollcall, 0).status()).isEqualTo(200);
        assertThat(call(rollcall, 1).status()).isEqualTo(200);
        wire.cut();
        Instant cut = Instant.now();
        awaitLine(rollcall, "results wait in Redis");
        targets.set("/set/0", 500);
        targets.set("/set/1", 500);
        awaitLine(rollcall, "s0 is down");
        awaitLine(rollcall, "s1 is down");
        assertThat(rollcall.get("/ping/job1/3").status()).isEqualTo(200);
        awaitChecks(targets, 40); // more than is written at once
        targets.set("/set/0", 200);
        awaitLine(rollcall, "s0 is up again");
        assertThat(rollcall.get("/ping/job1").status()).isEqualTo(200);
        awaitChecks(targets, 5);
        sql.execute(
            """
            CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql
            AS 'BEGIN PERFORM pg_sleep(1); RETURN NEW; END';
            CREATE TRIGGER slow BEFORE INSERT ON stream_position FOR EACH ROW
            WHEN (NEW.stream LIKE '%statuses%') EXECUTE FUNCTION slowly()
            """);
        final Instant mended = Instant.now();
        wire.mend();

        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () ->
                    assertThat(rollcall.rows("/v1/incidents?state=resolved&subject=service:s0"))
                        .isNotEmpty());
        sql.execute("DROP TRIGGER slow ON stream_position");
        await().atMost(PATIENCE).until(() -> told(pager).contains("s1 open"));
        await().atMost(PATIENCE).until(() -> told(pager).contains("s0 resolved"));
        await().atMost(PATIENCE).until(() -> told(pager).contains("job1 resolved"));
        assertThat(told(pager)).doesNotContain("s0 open", "job1 open");
        await().atMost(PATIENCE).until(() -> !receiver.about("job1").isEmpty());
        assertThat(receiver.calls()).hasSize(1);
        for (String subject : List.of("service:s0", "heartbeat:job1")) {
          JsonNode incident = rollcall.rows("/v1/incidents?subject=" + subject).getFirst();
          assertThat(Instant.ofEpochSecond(incident.get("opened_at").asLong() + 1)).isAfter(cut);
          assertThat(Instant.ofEpochSecond(incident.get("resolved_at").asLong())).isBefore(mended);
        }
      }
    }
  }

  private static void awaitLine(RunningRollcall rollcall, String words) {
    await().atMost(PATIENCE).until(() -> rollcall.log().contains(words));
  }

  /// What a webhook was told of each incident, and in which state it was.
  private static List<String> told(Receiver receiver) {
    return receiver.messages().stream()
        .map(message -> message.get("data"))
        .flatMap(
            data -> data.has("incidents") ? data.get("incidents").valueStream() : Stream.of(data))
        .map(one -> one.get("name").asString() + " " + one.get("state").asString())
        .toList();
  }

  /// So much time passes without an alert.
  private static void staysQuiet(Receiver receiver, Duration time) {
    await().during(time).atMost(time.plus(PATIENCE)).until(() -> receiver.calls().isEmpty());
  }

  /// Wherever it is killed: before or after the entry, the commit, the deletion of the entry and
  /// the answer.
  @Test
  void whatWasAcknowledgedIsWrittenOnceHoweverOftenTheProcessIsKilled() throws Exception {
    try (RedisServer redis = RedisServer.start(folder.resolve("redis"));
        Receiver receiver = new Receiver();
        Targets targets = new Targets();
        Wire wire = new Wire(TestDatabases.postgresPort())) {
      Plan plan = plan(wire, redis, receiver, targets).asProcess();
      Set<String> acknowledged = ConcurrentHashMap.newKeySet();
      AtomicInteger names = new AtomicInteger();
      for (int kill = 0; kill < KILLS; kill++) {
        int enough = acknowledged.size() + 50;
        AtomicBoolean killed = new AtomicBoolean();
        try (RunningRollcall rollcall = plan.start();
            ExecutorService jobs = Executors.newVirtualThreadPerTaskExecutor()) {
          for (int i = 0; i < CALLERS; i++) {
            Future<?> _ = jobs.submit(() -> callUntil(killed, rollcall, names, acknowledged));
          }
          await().atMost(PATIENCE).until(() -> acknowledged.size() >= enough);
          rollcall.kill();
          killed.set(true);
        }
      }
      try (RunningRollcall rollcall = plan.start()) {
        await()
            .atMost(PATIENCE)
            .untilAsserted(() -> assertThat(counts(rollcall).keySet()).containsAll(acknowledged));
        assertThat(counts(rollcall).values()).containsOnly(1);
        assertThat(counts(rollcall)).hasSizeLessThanOrEqualTo(names.get());
      }
    }
  }

  private static void callUntil(
      AtomicBoolean killed,
      RunningRollcall rollcall,
      AtomicInteger names,
      Set<String> acknowledged) {
    while (!killed.get()) {
      String name = "once" + names.incrementAndGet();
      try {
        if (rollcall.get("/ping?frequency=1h&name=" + name).status() == 200) {
          acknowledged.add(name);
        }
      } catch (UncheckedIOException e) {
        // it was just killed, and nobody knows of this call
      }
    }
  }

  /// How often each heartbeat has called.
  private static Map<String, Integer> counts(RunningRollcall rollcall) {
    Map<String, Integer> counts = new HashMap<>();
    for (int page = 1; ; page++) {
      List<JsonNode> rows = rollcall.rows("/v1/heartbeats?limit=500&page=" + page);
      rows.forEach(row -> counts.put(row.get("name").stringValue(), row.get("count").asInt()));
      if (rows.size() < 500) {
        return counts;
      }
    }
  }

  @Test
  void aProcessThatIsCutOffFromTheDatabaseLeavesItsChecksToTheOthers() throws Exception {
    try (RedisServer redis = RedisServer.start(folder.resolve("redis"));
        Targets targets = new Targets();
        Wire cable = new Wire(TestDatabases.postgresPort());
        Wire others = new Wire(TestDatabases.postgresPort())) {
      String database = MigratedPostgres.freshUrl();
      StringBuilder yaml = new StringBuilder("monitor: {interval: 500ms}\nservices:\n");
      for (int i = 0; i < SHARED; i++) {
        yaml.append("  - {name: s%d, url: '%s'}\n".formatted(i, targets.url("/set/" + i)));
      }
      Plan here = plan("here", database, cable, redis).yaml(yaml.toString());
      Plan there = plan("there", database, others, redis).yaml(yaml.toString());
      try (RunningRollcall one = here.start();
          RunningRollcall other = there.start()) {
        awaitState(other, "here", "up");
        awaitState(one, "there", "up");
        awaitChecks(targets, 3);
        cable.cut();
        awaitState(other, "here", "taken over");
        await().atMost(PATIENCE).until(() -> one.log().contains("check the services of this one"));
        List<Integer> before = arrivals(targets).stream().map(List::size).toList();
        awaitChecks(targets, 10);
        for (int i = 0; i < SHARED; i++) {
          List<Long> all = arrivals(targets).get(i);
          List<Long> since = all.subList(before.get(i), all.size());
          assertThat(since.size() - 1L)
              .as("service %d: %s", i, since)
              .isLessThanOrEqualTo((since.getLast() - since.getFirst()) / INTERVAL_MS + 3);
        }

        others.cut(); // it is gone for all
        await().atMost(PATIENCE).until(() -> one.log().contains("goes on with its checks"));
        awaitChecks(targets, 3);
        cable.mend();
        others.mend();
        for (RunningRollcall each : List.of(one, other)) {
          await().atMost(PATIENCE).until(() -> each.health("/ready").statusCode() == 200);
          assertThat(each.log()).doesNotContain("ERROR");
        }
        awaitState(other, "here", "up");
        awaitChecks(targets, 3);
      }
    }
  }

  private Plan plan(String name, String database, Wire wire, RedisServer redis) throws IOException {
    return Plan.in(Files.createDirectories(folder.resolve(name)))
        .variable("ROLLCALL_DATABASE", through(database, wire))
        .variable("ROLLCALL_REDIS", redis.url())
        .flags("--cluster-name=" + name);
  }

  private static String through(String database, Wire wire) {
    return database.replaceFirst("127.0.0.1:\\d+", "127.0.0.1:" + wire.port());
  }

  private static void awaitState(RunningRollcall rollcall, String name, String state) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                rollcall.rows("/v1/_internal/cluster").stream()
                    .anyMatch(
                        row ->
                            row.get("name").stringValue().equals(name)
                                && row.get("state").stringValue().equals(state)));
  }

  /// When each service was checked.
  private static List<List<Long>> arrivals(Targets targets) {
    return IntStream.range(0, SHARED)
        .mapToObj(i -> List.copyOf(targets.seen("/set/" + i).arrivals()))
        .toList();
  }

  /// Waits until each service was checked so often once more.
  private static void awaitChecks(Targets targets, int more) {
    List<Integer> before = arrivals(targets).stream().map(List::size).toList();
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              List<List<Long>> now = arrivals(targets);
              return IntStream.range(0, SHARED)
                  .allMatch(i -> now.get(i).size() >= before.get(i) + more);
            });
  }

  private static boolean between(JsonNode tick, Instant from, Instant to) {
    Instant at = Instant.ofEpochMilli(Math.round(tick.get("at").asDouble() * 1000));
    return at.isAfter(from) && at.isBefore(to);
  }

  private static long waiting(String metrics, String stream) {
    return metrics
        .lines()
        .filter(line -> line.startsWith("rollcall_stream_waiting{stream=\"" + stream + "\"}"))
        .mapToLong(line -> (long) Double.parseDouble(line.replaceFirst(".* ", "")))
        .sum();
  }

  /// Each job calls, and is told that it is recorded.
  private static void callAll(RunningRollcall rollcall) {
    IntStream.range(0, JOBS)
        .forEach(
            job -> {
              Answer answer = call(rollcall, job);
              assertThat(answer.status()).as("%s", answer.json()).isEqualTo(200);
            });
  }

  private static Answer call(RunningRollcall rollcall, int job, String... more) {
    return rollcall.get("/ping?name=job%d&frequency=1h%s".formatted(job, String.join("", more)));
  }

  /// How often each job has called, but the first, which has called in between too.
  private static List<Integer> calls(RunningRollcall rollcall) {
    return rollcall.rows("/v1/heartbeats").stream()
        .filter(row -> !row.get("name").stringValue().equals("job0"))
        .map(row -> row.get("count").asInt())
        .toList();
  }
}
