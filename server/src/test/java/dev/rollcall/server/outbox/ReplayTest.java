package dev.rollcall.server.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.sql.DatabaseLocation;
import dev.rollcall.server.sql.TestClock;
import dev.rollcall.server.sql.TestDatabases;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// A delivery is sent again in the moment in which another process writes that it has arrived.
class ReplayTest {
  @Test
  void whatIsSentAgainWhileItsEndIsWrittenIsDue() throws Exception {
    String url = TestDatabases.freshUrl();
    RecordingChannel chat = new RecordingChannel("chat", "chat.example:443");
    try (OutboxDatabase data =
            new OutboxDatabase(DatabaseLocation.parse(url, Path.of("")), new TestClock(), chat);
        Connection other = TestDatabases.connection(url);
        Statement statement = other.createStatement();
        Connection third = TestDatabases.connection(url);
        Statement watching = third.createStatement()) {
      data.add(OutboxDatabase.notification("chat", "service/3", "down"));
      long id = data.number("SELECT id FROM outbox_delivery");
      other.setAutoCommit(false);
      statement.execute("UPDATE outbox_lane SET owner = NULL");
      statement.execute("UPDATE outbox_delivery SET state = 1, done_at = 1");
      statement.execute("DELETE FROM outbox_lane");

      CompletableFuture<Boolean> again =
          CompletableFuture.supplyAsync(() -> data.store.replay(id, Instant.EPOCH));
      await().until(() -> waits(watching));
      other.commit();

      assertThat(again.get()).isTrue();
      assertThat(data.number("SELECT COUNT(*) FROM outbox_delivery WHERE state = 0")).isOne();
      assertThat(data.number("SELECT COUNT(*) FROM outbox_lane WHERE due_at = 0")).isOne();
    }
  }

  private static boolean waits(Statement statement) throws SQLException {
    try (ResultSet waiting =
        statement.executeQuery(
            "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                + " AND datname = current_database())")) {
      return waiting.next() && waiting.getBoolean(1);
    }
  }
}
