package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Answer;
import dev.rollcall.server.RunningRollcall.Plan;
import dev.rollcall.server.app.MigratedPostgres;
import dev.rollcall.server.sql.NextVersion;
import dev.rollcall.server.sql.TestDatabases;
import dev.rollcall.server.sql.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;

/// Several processes on one PostgreSQL: they see each other, share the checks, and take over from
/// each other.
@Execution(ExecutionMode.CONCURRENT)
class ClusterIT {
  private static final int INTERVAL_MS = 500;

  @TempDir Path folder;

  private Targets targets;
  private String database;

  @BeforeEach
  void start() throws IOException {
    targets = new Targets();
    database = MigratedPostgres.freshUrl();
  }

  @AfterEach
  void stop() throws IOException {
    targets.close();
  }

  private Plan plan(String name, String yaml) throws IOException {
    return plan(name, database, yaml);
  }

  private Plan plan(String name, String url, String yaml) throws IOException {
    return Plan.in(Files.createDirectories(folder.resolve(name)))
        .asProcess()
        .flags("--database=" + url, "--cluster-name=" + name)
        .yaml(yaml);
  }

  private String services(int number, String path) {
    StringBuilder yaml = new StringBuilder("monitor: {interval: 500ms}\nservices:\n");
    for (int i = 0; i < number; i++) {
      yaml.append("  - {name: s%d, url: '%s'}\n".formatted(i, targets.url(path + i)));
    }
    return yaml.toString();
  }

  private static List<JsonNode> processes(RunningRollcall rollcall) {
    return rollcall.rows("/v1/_internal/cluster");
  }

  private static Optional<JsonNode> process(RunningRollcall rollcall, String name, String state) {
    return processes(rollcall).stream()
        .filter(row -> row.get("name").stringValue().equals(name))
        .filter(row -> row.get("state").stringValue().equals(state))
        .findFirst();
  }

  private static void awaitState(RunningRollcall rollcall, String name, String state) {
    await().atMost(PATIENCE).until(() -> process(rollcall, name, state).isPresent());
  }

  private int arrivals(String path) {
    return targets.seen(path).arrivals().size();
  }

  /// Its lease is over two minutes: nobody waits for the end of that.
  @Test
  void whatAKilledProcessWasCheckingIsCheckedByAnotherWithinSeconds() throws Exception {
    String yaml =
        "services: [{name: slow, url: '%s', interval: 1s, timeout: 60s}]\n"
            .formatted(targets.url("/hang/here"));
    try (RunningRollcall one = plan("one", yaml).start()) {
      await().atMost(PATIENCE).until(() -> arrivals("/hang/here") == 1);
      try (RunningRollcall other = plan("other", yaml).start()) {
        awaitState(other, "other", "up");
        awaitState(other, "one", "up");
        one.kill();
        long killed = System.currentTimeMillis();
        await().atMost(PATIENCE).until(() -> arrivals("/hang/here") == 2);
        report("taken over in %d ms".formatted(System.currentTimeMillis() - killed));
        awaitState(other, "one", "taken over");
        JsonNode dead = process(other, "one", "taken over").orElseThrow();
        assertThat(dead.at("/taken_over/by").stringValue()).isEqualTo("other");
        assertThat(dead.at("/taken_over/rows").asInt()).isEqualTo(1);
        await() // for its next sign of life
            .atMost(PATIENCE)
            .untilAsserted(
                () ->
                    assertThat(other.health("/metrics").body())
                        .contains("rollcall_cluster_takeovers_total 1.0")
                        .containsPattern("rollcall_cluster_processes\\{version=\"[^\"]+\"} 1.0")
                        .contains("rollcall_cluster_checks{process=\"other\"} 1.0"));
        assertThat(other.log()).contains("its share is taken over").doesNotContain("ERROR");
        assertThat(other.stop()).isZero();
      }
    }
  }

  @Test
  void aProcessThatStoodStillRepeatsNothingAndTellsNothingTwice() throws Exception {
    int services = 10;
    try (Receiver hook = new Receiver()) {
      String yaml =
          "channels: [{name: hook, type: webhook, url: '%s'}]\nincidents: {together: 100ms}\n"
                  .formatted(hook.url())
              + services(services, "/set/");
      try (RunningRollcall one = plan("one", yaml).start();
          RunningRollcall other = plan("other", yaml).start()) {
        awaitState(other, "one", "up");
        await().atMost(PATIENCE).until(() -> arrivals("/set/9") > 4);
        one.signal("STOP");
        targets.set("/set/3", 503);
        targets.set("/set/4", 503);
        awaitState(other, "one", "taken over");
        int before = arrivals("/set/9");
        await().atMost(PATIENCE).until(() -> arrivals("/set/9") > before + 4);
        one.signal("CONT");
        awaitState(other, "one", "up");
        int after = arrivals("/set/9");
        await().atMost(PATIENCE).until(() -> arrivals("/set/9") > after + 4);
        for (int i = 0; i < services; i++) {
          List<Long> arrivals = List.copyOf(targets.seen("/set/" + i).arrivals());
          assertThat(targets.seen("/set/" + i).mostAtOnce()).isEqualTo(1);
          long elapsed = arrivals.getLast() - arrivals.getFirst();
          assertThat(arrivals.size() - 1L)
              .as("service %d: %s%n%s", i, arrivals, one.log())
              .isLessThanOrEqualTo(elapsed / INTERVAL_MS + 3);
        }
        assertThat(one.log()).contains("took this one for dead").doesNotContain("ERROR");
        assertThat(other.log()).doesNotContain("ERROR");
        await().atMost(PATIENCE).until(() -> told(hook) >= 2);
        assertThat(told(hook)).isEqualTo(2);
        assertThat(one.rows("/v1/incidents?state=open")).hasSize(2);
        assertThat(one.stop()).isZero();
        assertThat(other.stop()).isZero();
      }
    }
  }

  /// It had claimed the alert, and was connecting to the receiver. When it goes on, the other
  /// process has sent the alert and its end.
  @Test
  void aProcessThatStoodStillWhileItConnectedDoesNotTellWhatIsOverByNow() throws Exception {
    try (Receiver pager = Receiver.busy()) {
      String yaml =
          """
          channels:
            - {name: pager, type: pagerduty, key: 0123456789abcdef0123456789abcdef, url: '%s'}
          """
                  .formatted(pager.server())
              + services(1, "/set/");
      try (RunningRollcall one = plan("one", yaml).start();
          RunningRollcall other = plan("other", yaml).start()) {
        awaitState(other, "one", "up");
        awaitState(one, "other", "up");
        targets.set("/set/0", 503);
        await().atMost(PATIENCE).until(pager::isWaitedFor);
        String name = claimant();
        RunningRollcall stopped = name.equals("one") ? one : other;
        RunningRollcall running = name.equals("one") ? other : one;
        stopped.signal("STOP");
        pager.accept();
        await().atMost(PATIENCE).until(() -> actions(pager).equals(List.of("trigger")));
        targets.set("/set/0", 200);
        await().atMost(PATIENCE).until(() -> actions(pager).size() == 2);
        stopped.signal("CONT");
        await()
            .atMost(PATIENCE)
            .until(
                () ->
                    process(running, name, "up")
                        .filter(row -> row.get("deliveries").asInt() == 0)
                        .isPresent());
        assertThat(actions(pager)).containsExactly("trigger", "resolve");
        assertThat(stopped.log()).contains("took this one for dead").doesNotContain("ERROR");
        assertThat(stopped.stop()).isZero();
        assertThat(running.stop()).isZero();
      }
    }
  }

  private static List<String> actions(Receiver pager) {
    return pager.messages().stream()
        .map(message -> message.get("event_action").stringValue())
        .toList();
  }

  /// The process that sends.
  private String claimant() throws SQLException {
    try (Connection connection = TestDatabases.connection(database);
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT p.name FROM outbox_lane l JOIN cluster_process p ON p.id = l.owner")) {
      assertThat(row.next()).isTrue();
      return row.getString(1);
    }
  }

  /// How many incidents the messages are about.
  private static int told(Receiver receiver) {
    return receiver.messages().stream()
        .map(message -> message.get("data"))
        .mapToInt(data -> data.has("incidents") ? data.get("incidents").size() : 1)
        .sum();
  }

  /// It waited for the answer of the database when it was stopped, and gets it when it goes on: so
  /// it was not the database that was silent.
  @Test
  void aProcessThatStoodStillWhileItClaimedDoesNotTakeTheDatabaseForAway() throws Exception {
    int services = 10;
    String yaml = services(services, "/status/200/");
    try (Wire wire = new Wire(TestDatabases.postgresPort());
        RunningRollcall one =
            plan("one", database.replaceFirst(":\\d+/", ":" + wire.port() + "/"), yaml).start();
        RunningRollcall other = plan("other", yaml).start()) {
      awaitState(other, "one", "up");
      await().atMost(PATIENCE).until(() -> arrivals("/status/200/9") > 4);
      int asked = arrivals("/status/200/9") + arrivals("/status/200/8");
      wire.stall();
      await() // what it had claimed before
          .atMost(PATIENCE)
          .until(() -> arrivals("/status/200/9") + arrivals("/status/200/8") > asked);
      one.signal("STOP");
      awaitState(other, "one", "taken over");
      int before = arrivals("/status/200/9");
      await().atMost(PATIENCE).until(() -> arrivals("/status/200/9") > before + 4);
      one.signal("CONT");
      assertThat(one.health("/health").statusCode()).isEqualTo(200);
      wire.mend();
      awaitState(other, "one", "up");
      int after = arrivals("/status/200/9");
      await().atMost(PATIENCE).until(() -> arrivals("/status/200/9") > after + 4);
      for (int i = 0; i < services; i++) {
        List<Long> arrivals = List.copyOf(targets.seen("/status/200/" + i).arrivals());
        long elapsed = arrivals.getLast() - arrivals.getFirst();
        assertThat(arrivals.size() - 1L)
            .as("service %d: %s%n%s", i, arrivals, one.log())
            .isLessThanOrEqualTo(elapsed / INTERVAL_MS + 3);
      }
      assertThat(one.log())
          .contains("took this one for dead")
          .doesNotContain("the database is unavailable")
          .doesNotContain("ERROR");
      assertThat(other.log()).doesNotContain("ERROR");
    }
  }

  @Test
  void eachChecksItsShareAndGoesOnWithThatOfOneThatStops() throws Exception {
    int services = 10;
    try (RunningRollcall one = plan("one", services(services, "/status/200/")).start();
        RunningRollcall other = plan("other", services(services, "/status/200/")).start()) {
      for (RunningRollcall each : List.of(one, other)) {
        awaitState(each, "one", "up");
        awaitState(each, "other", "up");
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () ->
                    assertThat(each.health("/metrics").body().lines())
                        .filteredOn(line -> line.startsWith("rollcall_service_up{"))
                        .hasSizeGreaterThanOrEqualTo(services / 2));
      }
      assertThat(other.page("/cluster")).contains("Processes", "one", "other (this one)");
      Answer stranger =
          other.send("GET", "/v1/_internal/cluster", "", "X-Forwarded-For", "192.0.2.1");
      assertThat(stranger.status()).isIn(401, 403);
      assertThat(one.stop()).isZero();
      assertThat(process(other, "one", "stopped")).isPresent();
      int before = arrivals("/status/200/0") + arrivals("/status/200/1");
      await()
          .atMost(PATIENCE)
          .until(() -> arrivals("/status/200/0") + arrivals("/status/200/1") > before + 6);
      assertThat(other.log()).doesNotContain("ERROR").doesNotContain("no sign of life");
    }
  }

  /// The tables of the next version are there while this one runs, as in an update of one process
  /// after the other.
  @Test
  void runsBesideTheNextVersionUntilThatTakesAwayWhatThisOneUses() throws Exception {
    try (RunningRollcall one = plan("one", services(4, "/status/200/")).start()) {
      await().atMost(PATIENCE).until(() -> arrivals("/status/200/3") > 2);
      NextVersion.update(database, NextVersion.EXPANDS);
      int before = arrivals("/status/200/3");
      try (RunningRollcall other = plan("other", services(5, "/status/200/")).start()) {
        awaitState(other, "one", "up");
        await().atMost(PATIENCE).until(() -> arrivals("/status/200/3") > before + 2);
        await().atMost(PATIENCE).until(() -> arrivals("/status/200/4") > 2);
        assertThat(other.get("/ping/job?frequency=1h").status()).isEqualTo(200);
        assertThat(one.rows("/v1/heartbeats")).hasSize(1);
        assertThat(other.log()).contains("tables of a newer Rollcall").doesNotContain("ERROR");
        assertThat(one.log()).doesNotContain("ERROR");
        assertThat(other.stop()).isZero();
      }
      assertThat(one.stop()).isZero();
    }
    NextVersion.update(database, NextVersion.EXPANDS, NextVersion.CONTRACTS);
    assertThat(plan("late", services(1, "/status/200/")).refused().said())
        .contains("was written by a newer Rollcall");
  }

  private static void report(String line) {
    System.out.println("ClusterIT: " + line);
  }
}
