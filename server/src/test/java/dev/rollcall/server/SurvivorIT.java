package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Answer;
import dev.rollcall.server.RunningRollcall.Plan;
import dev.rollcall.server.app.MigratedPostgres;
import dev.rollcall.server.redis.RedisServer;
import dev.rollcall.server.sql.TestDatabases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Processes on one PostgreSQL with Redis in front, when one of them dies or stands still: nobody
/// takes that for an outage of the database.
@Execution(ExecutionMode.CONCURRENT)
class SurvivorIT {
  private static final int SERVICES = 12;
  private static final int INTERVAL_MS = 500;
  private static final String AWAY = "the database is unavailable";

  @TempDir Path folder;

  private RedisServer redis;
  private Targets targets;
  private String database;

  @BeforeEach
  void start() throws IOException {
    redis = RedisServer.start(folder.resolve("redis"));
    targets = new Targets();
    database = MigratedPostgres.freshUrl();
  }

  @AfterEach
  void stop() throws IOException {
    targets.close();
    redis.close();
  }

  private RunningRollcall start(String name) throws IOException {
    StringBuilder yaml =
        new StringBuilder("monitor: {interval: %dms}\nservices:\n".formatted(INTERVAL_MS));
    for (int i = 0; i < SERVICES; i++) {
      yaml.append("  - {name: s%d, url: '%s'}\n".formatted(i, targets.url("/set/" + i)));
    }
    return Plan.in(Files.createDirectories(folder.resolve(name)))
        .asProcess()
        .variable("ROLLCALL_DATABASE", database)
        .variable("ROLLCALL_REDIS", redis.url())
        .flags("--cluster-name=" + name)
        .yaml(yaml.toString())
        .start();
  }

  private static boolean isState(RunningRollcall rollcall, String name, String state) {
    return rollcall.rows("/v1/_internal/cluster").stream()
        .anyMatch(
            row ->
                row.get("name").stringValue().equals(name)
                    && row.get("state").stringValue().equals(state));
  }

  private static void awaitState(RunningRollcall rollcall, String name, String state) {
    await().atMost(PATIENCE).until(() -> isState(rollcall, name, state));
  }

  private List<Long> arrivals(int service) {
    return List.copyOf(targets.seen("/set/" + service).arrivals());
  }

  /// Waits until each service was asked so often once more.
  private void awaitChecks(int more) {
    List<Integer> before = counts();
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              List<Integer> now = counts();
              return IntStream.range(0, SERVICES).allMatch(i -> now.get(i) >= before.get(i) + more);
            });
  }

  private List<Integer> counts() {
    return IntStream.range(0, SERVICES).mapToObj(i -> arrivals(i).size()).toList();
  }

  /// Each stream of results has a reader of its own, so at least one of them is killed; and what
  /// the one that is left finds goes to both streams.
  @Test
  void whatKilledProcessesWereWritingIsWrittenByOneThatIsLeftAndStaysReady() throws Exception {
    try (RunningRollcall one = start("one");
        RunningRollcall second = start("second");
        RunningRollcall third = start("third")) {
      for (String name : List.of("one", "second")) {
        awaitState(third, name, "up");
      }
      awaitState(one, "third", "up");
      awaitChecks(4);
      one.kill();
      second.kill();
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                assertThat(third.health("/ready").statusCode()).isEqualTo(200);
                Answer call = third.get("/ping?name=job&frequency=1h");
                assertThat(call.status()).as("%s", call.json()).isEqualTo(200);
                return isState(third, "one", "taken over")
                    && isState(third, "second", "taken over");
              });
      awaitChecks(2);
      assertThat(third.log()).doesNotContain(AWAY).doesNotContain("ERROR");
    }
  }

  @Test
  void aProcessThatStoodStillTakesNobodyElseForSilentAndAsksNothingTwice() throws Exception {
    try (RunningRollcall one = start("one");
        RunningRollcall other = start("other")) {
      awaitState(other, "one", "up");
      awaitState(one, "other", "up");
      awaitChecks(4);
      one.signal("STOP");
      awaitState(other, "one", "taken over");
      awaitChecks(4);
      one.signal("CONT");
      awaitState(other, "one", "up");
      awaitChecks(6);
      for (int i = 0; i < SERVICES; i++) {
        List<Long> all = arrivals(i);
        long elapsed = all.getLast() - all.getFirst();
        assertThat(all.size() - 1L)
            .as("service %d: %s%n%s", i, all, one.log())
            .isLessThanOrEqualTo(elapsed / INTERVAL_MS + 3);
      }
      assertThat(one.log()).contains("took this one for dead");
      for (RunningRollcall each : List.of(one, other)) {
        assertThat(each.log()).doesNotContain(AWAY).doesNotContain("ERROR");
        assertThat(each.stop()).isZero();
      }
    }
  }

  /// Whoever applies the stream of results keeps its turn.
  @Test
  void checksGoOnWhileResultsWaitThoughTheDatabaseAnswers() throws Exception {
    try (RunningRollcall one = start("one")) {
      awaitChecks(2);
      try (Connection slow = TestDatabases.connection(database);
          Statement statement = slow.createStatement()) {
        slow.setAutoCommit(false);
        for (int stream = 0; stream < 2; stream++) {
          statement.execute(
              "SELECT pg_advisory_xact_lock(hashtext('rollcall:0:statuses:" + stream + "'))");
        }
        await().atMost(PATIENCE).until(() -> one.log().contains("have waited in Redis"));
        awaitChecks(4);
        assertThat(one.health("/ready").statusCode()).isEqualTo(200);
      } // its transaction ends
      await().atMost(PATIENCE).until(() -> one.log().contains("that waited in Redis are written"));
      int asked = arrivals(0).size();
      await().atMost(PATIENCE).until(() -> one.ticks("s0").size() >= asked);
      assertThat(one.log()).doesNotContain(AWAY).doesNotContain("ERROR");
    }
  }
}
