package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Plan;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What is pending from an earlier process is sent by the next, and the operator sees what became
/// of it.
class DeliveriesIT {
  @TempDir Path folder;

  @Test
  void whatWasPendingIsSentAfterTheNextStart() throws Exception {
    try (Targets targets = new Targets()) {
      targets.set(500);
      Plan plan =
          Plan.in(folder).variable("PING_ALERT_URI", targets.url("/set/alert?token=hidden"));
      try (RunningRollcall first = plan.start()) {
        assertThat(first.rows("/v1/deliveries")).isEmpty();
        assertThat(first.stop()).isZero();
      }
      addPending();
      try (RunningRollcall second = plan.start()) {
        await().atMost(PATIENCE).until(() -> attempts(second) > 1);
        JsonNode pending = second.rows("/v1/deliveries?state=pending&channel=alert-uri").getFirst();
        assertThat(pending.get("subject").stringValue()).isEqualTo("heartbeat:backup");
        assertThat(pending.get("last_error").stringValue()).contains("status 500");
        assertThat(pending.get("next_at").isNumber()).isTrue();
        assertThat(second.health("/metrics").body())
            .contains("rollcall_deliveries_pending{channel=\"alert-uri\"} 1.0");
        targets.set(200);
        await()
            .atMost(PATIENCE)
            .until(() -> second.rows("/v1/deliveries?state=delivered").size() == 1);
        assertThat(second.rows("/v1/deliveries?state=pending")).isEmpty();
        assertThat(second.rows("/v1/deliveries?channel=other")).isEmpty();
        assertThat(second.get("/v1/deliveries?state=lost").status()).isEqualTo(400);
        assertThat(second.log()).doesNotContain("ERROR", "hidden");
        assertThat(second.get("/v1/deliveries").json().toString()).doesNotContain("hidden");
      }
    }
  }

  private static int attempts(RunningRollcall rollcall) {
    List<JsonNode> rows = rollcall.rows("/v1/deliveries");
    return rows.getFirst().get("attempts").asInt();
  }

  /// As a transaction of an earlier process would have left it.
  private void addPending() throws SQLException {
    try (Connection database =
            DriverManager.getConnection(
                "jdbc:sqlite:" + folder.resolve("rollcall-data/rollcall.db"));
        Statement statement = database.createStatement()) {
      statement.execute(
          "INSERT INTO outbox_delivery"
              + " (channel, subject, kind, natural_key, payload, created_at, owed_at)"
              + " SELECT 'alert-uri', 'heartbeat:backup', 'late', 'backup:1',"
              + " '{\"name\":\"backup\",\"last_ping\":1700000000}', now, now"
              + " FROM (SELECT 1000 * unixepoch() AS now)");
      statement.execute(
          "INSERT INTO outbox_lane (channel, subject, due_at)"
              + " VALUES ('alert-uri', 'heartbeat:backup', 0)");
    }
  }
}
