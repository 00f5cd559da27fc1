package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Plan;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The process is killed at any moment, and what it kept agrees with itself.
class MonitorCrashIT {
  private static final int SERVICES = 20;
  private static final int KILLS = Integer.getInteger("rollcall.test.kills", 4);

  @TempDir Path folder;

  @Test
  void countsEventsAndTicksAgreeAfterEachKill() throws Exception {
    try (Targets targets = new Targets()) {
      StringBuilder yaml = new StringBuilder("monitor: {interval: 200ms}\nservices:\n");
      for (int i = 0; i < SERVICES; i++) {
        yaml.append("  - {name: s%d, url: '%s'}\n".formatted(i, targets.url("/set/" + i)));
      }
      RunningRollcall rollcall = Plan.in(folder).asProcess().yaml(yaml.toString()).start();
      try {
        Random random = new Random(1);
        AtomicInteger turns = new AtomicInteger();
        for (int kill = 0; kill < KILLS; kill++) {
          RunningRollcall running = rollcall;
          long before = ticksInAll(running);
          long enough = before + SERVICES * (2L + random.nextInt(4)) + random.nextInt(SERVICES);
          await()
              .atMost(PATIENCE)
              .pollInterval(Duration.ofMillis(5 + random.nextInt(60)))
              .until(
                  () -> {
                    targets.set(turns.incrementAndGet() % 3 == 0 ? 503 : 200);
                    return ticksInAll(running) > enough;
                  });
          running.kill();
          agrees();
          rollcall = running.again();
          agreesOverTheApi(rollcall);
        }
        assertThat(rollcall.log()).doesNotContain("ERROR");
        assertThat(rollcall.stop()).isZero();
        agrees();
      } finally {
        rollcall.close();
      }
    }
  }

  private static long ticksInAll(RunningRollcall rollcall) {
    return rollcall.rows("/v1/services").stream()
        .mapToLong(row -> row.at("/metric/data/tick_count").asLong())
        .sum();
  }

  /// What the file says, while nobody has it open.
  private void agrees() throws SQLException {
    try (Connection database =
            RunningRollcall.database(folder.resolve("rollcall-data/rollcall.db"));
        Statement statement = database.createStatement()) {
      assertThat(
              disagreeing(
                  statement,
                  """
                  SELECT s.name, m.tick_count, m.up_count, m.down_count,
                    (SELECT count(*) FROM service_tick t WHERE t.service_id = s.id AND t.state = 1) ups,
                    (SELECT count(*) FROM service_tick t WHERE t.service_id = s.id AND t.state = 0) downs,
                    (SELECT sum(up_count) FROM service_hour h WHERE h.service_id = s.id) hour_ups,
                    (SELECT sum(down_count) FROM service_hour h WHERE h.service_id = s.id) hour_downs
                  FROM service s JOIN service_metric m ON m.service_id = s.id
                  WHERE tick_count <> m.up_count + m.down_count OR m.up_count <> ups
                    OR m.down_count <> downs OR hour_ups <> ups OR hour_downs <> downs\
                  """))
          .isEmpty();
      assertThat(
              disagreeing(
                  statement,
                  """
                  SELECT s.name, count(e.id) FROM service s JOIN service_metric m ON m.service_id = s.id
                  LEFT JOIN service_event e ON e.service_id = s.id AND e.date_ended IS NULL
                  WHERE m.tick_count > 0 GROUP BY s.id HAVING count(e.id) <> 1\
                  """))
          .isEmpty();
      assertThat(
              disagreeing(
                  statement,
                  """
                  SELECT service_id, event, date_ended, next_event, next_started FROM (
                    SELECT *, lead(event) OVER w AS next_event, lead(date_started) OVER w AS next_started
                    FROM service_event WINDOW w AS (PARTITION BY service_id ORDER BY id))
                  WHERE event = next_event OR date_ended IS NOT next_started\
                  """))
          .isEmpty();
      assertThat(
              disagreeing(
                  statement,
                  """
                  SELECT t.service_id, t.at, t.state, e.event FROM service_tick t
                  JOIN service_event e ON e.service_id = t.service_id AND t.at >= e.date_started
                    AND (e.date_ended IS NULL OR t.at < e.date_ended)
                  WHERE (t.state = 1) <> (e.event = 'uptime')\
                  """))
          .isEmpty();
    }
  }

  private static List<String> disagreeing(Statement statement, String query) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (ResultSet found = statement.executeQuery(query)) {
      while (found.next()) {
        StringBuilder row = new StringBuilder();
        for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
          row.append(found.getString(i)).append(' ');
        }
        rows.add(row.toString());
      }
    }
    return rows;
  }

  private static void agreesOverTheApi(RunningRollcall rollcall) {
    for (JsonNode service : rollcall.rows("/v1/services")) {
      JsonNode metric = service.at("/metric/data");
      assertThat(metric.get("tick_count").asLong())
          .isEqualTo(metric.get("up_count").asLong() + metric.get("down_count").asLong());
      List<JsonNode> events = rollcall.rows("/v1/services/" + service.get("id") + "/events");
      assertThat(events.stream().filter(event -> event.get("date_ended").isNull())).hasSize(1);
      for (int i = 1; i < events.size(); i++) {
        assertThat(events.get(i).get("date_ended"))
            .isEqualTo(events.get(i - 1).get("date_started"));
        assertThat(events.get(i).get("event")).isNotEqualTo(events.get(i - 1).get("event"));
      }
    }
  }
}
