package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Plan;
import dev.rollcall.server.app.MigratedPostgres;
import dev.rollcall.server.sql.TestDatabases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;

/// Several processes on one PostgreSQL: the runner and the API apart, and runners side by side.
@Execution(ExecutionMode.CONCURRENT)
class MonitorRolesIT {
  private static final int SERVICES = 10;
  private static final int INTERVAL_MS = 500;

  @TempDir Path folder;

  private Plan plan(String name, String database) throws IOException {
    return Plan.in(Files.createDirectory(folder.resolve(name)))
        .variable("ROLLCALL_DATABASE", database);
  }

  @Test
  void oneAsksAndTheOtherAnswers() throws Exception {
    String database = MigratedPostgres.freshUrl();
    try (Targets targets = new Targets()) {
      String yaml =
          "services: [{name: one, url: '%s', interval: 200ms}]\n"
              .formatted(targets.url("/set/apart"));
      try (RunningRollcall runner =
              plan("runner", database).flags("--roles=runner").yaml(yaml).start();
          RunningRollcall api = plan("api", database).flags("--roles=api").start()) {
        api.firstTick("one");
        assertThat(runner.get("/v1/services").status()).isEqualTo(404);
        assertThat(runner.health("/metrics").body())
            .contains("rollcall_service_up{service=\"one\"}");

        targets.set(500);
        await()
            .atMost(PATIENCE)
            .until(
                () ->
                    api.service("one")
                        .at("/current_status/event")
                        .stringValue()
                        .equals("downtime"));
        long id = api.service("one").get("id").asLong();
        assertThat(api.rows("/v1/services/" + id + "/events")).hasSize(2);

        String made = "{\"name\":\"made\",\"url\":\"%s\"}".formatted(targets.url("/status/200"));
        assertThat(api.send("POST", "/v1/services", made).status()).isEqualTo(201);
        api.firstTick("made");

        assertThat(runner.stop()).isZero();
        assertThat(api.get("/v1/services").status()).isEqualTo(200);
        int asked = targets.seen("/set/apart").arrivals().size();
        List<JsonNode> ticks = api.ticks("one");
        assertThat(ticks.size()).isBetween(asked - 1, asked);
      }
    }
  }

  @Test
  void twoRunnersThatStartTogetherNeverAskTwice() throws Exception {
    String database = TestDatabases.freshUrl(); // both make the tables
    try (Targets targets = new Targets()) {
      StringBuilder yaml = new StringBuilder("monitor: {interval: 500ms}\nservices:\n");
      for (int i = 0; i < SERVICES; i++) {
        yaml.append("  - {name: s%d, url: '%s'}\n".formatted(i, targets.url("/slow/100/" + i)));
      }
      Plan here = plan("here", database).yaml(yaml.toString());
      Plan there = plan("there", database).yaml(yaml.toString());
      CompletableFuture<RunningRollcall> starting = CompletableFuture.supplyAsync(there::start);
      try (RunningRollcall one = here.start();
          RunningRollcall other = starting.join()) {
        await().atMost(PATIENCE).until(() -> targets.seen("/slow/100/9").arrivals().size() > 12);
        for (int i = 0; i < SERVICES; i++) {
          Targets.Seen seen = targets.seen("/slow/100/" + i);
          assertThat(seen.mostAtOnce())
              .as("service %d: %s%n%s%n%s", i, seen.arrivals(), one.log(), other.log())
              .isEqualTo(1);
          // The first comes at once, and a late one makes the way to the next shorter, but no
          // interval has two turns.
          List<Long> arrivals = List.copyOf(seen.arrivals());
          long elapsed = arrivals.getLast() - arrivals.getFirst();
          assertThat(arrivals.size() - 1L)
              .as("service %d: %s", i, arrivals)
              .isLessThanOrEqualTo(elapsed / INTERVAL_MS + 2);
        }
        for (RunningRollcall each : List.of(one, other)) {
          assertThat(each.health("/metrics").body())
              .containsPattern(
                  "rollcall_service_ticks_total\\{service=\"s[0-9]\",state=\"[a-z]+\"} [1-9]");
          assertThat(each.log()).doesNotContain("ERROR");
        }
        assertThat(one.stop()).isZero();
        assertThat(other.stop()).isZero();
        agree(database);
      } finally {
        starting.join().close();
      }
    }
  }

  /// Who receives pings writes what has changed, and needs to know nothing of alerts.
  @Test
  void theRunnerSendsTheAlertsOfThePingsThatAnotherProcessReceives() throws Exception {
    String database = MigratedPostgres.freshUrl();
    try (Receiver receiver = new Receiver()) {
      Plan api = plan("alerting-api", database);
      Plan runner = plan("alerting-runner", database).variable("PING_ALERT_URI", receiver.url());
      try (RunningRollcall answering = api.flags("--roles=api").start()) {
        assertThat(answering.get("/ping/broken/fail?frequency=1h").status()).isEqualTo(200);
        assertThat(answering.get("/ping?name=silent&frequency=1s").status()).isEqualTo(200);
        assertThat(answering.rows("/v1/deliveries")).isEmpty();
        try (RunningRollcall sending =
            runner.flags("--roles=runner", "--heartbeat-startup-grace=0s").start()) {
          await().atMost(PATIENCE).until(() -> !receiver.about("broken").isEmpty());
          await().atMost(PATIENCE).until(() -> !receiver.about("silent").isEmpty());
          await()
              .atMost(PATIENCE)
              .until(() -> answering.rows("/v1/deliveries?state=delivered").size() >= 2);
          assertThat(receiver.about("broken")).hasSize(1);
          assertThat(sending.health("/metrics").body())
              .containsPattern("rollcall_deliveries_total\\{[^}]*} [1-9]");
          assertThat(answering.health("/metrics").body())
              .doesNotContainPattern("rollcall_deliveries_total\\{[^}]*} [1-9]");
          assertThat(answering.log()).doesNotContain("alert.uri is not set");
        }
      }
    }
  }

  private static void agree(String database) throws SQLException {
    try (Connection connection = TestDatabases.connection(database);
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                """
                SELECT m.tick_count, m.up_count, count(t.at) AS ticks,
                  (SELECT count(*) FROM service_event e WHERE e.service_id = m.service_id) AS events
                FROM service_metric m JOIN service_tick t ON t.service_id = m.service_id
                GROUP BY m.service_id\
                """)) {
      int services = 0;
      while (rows.next()) {
        services++;
        assertThat(rows.getLong("tick_count")).isEqualTo(rows.getLong("ticks"));
        assertThat(rows.getLong("up_count")).isEqualTo(rows.getLong("ticks"));
        assertThat(rows.getLong("events")).isEqualTo(1);
      }
      assertThat(services).isEqualTo(SERVICES);
    }
  }
}
