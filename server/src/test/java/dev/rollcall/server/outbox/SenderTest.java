package dev.rollcall.server.outbox;

import static dev.rollcall.server.outbox.OutboxDatabase.notification;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.outbox.Channel.Result;
import dev.rollcall.server.outbox.Notification.Kind;
import dev.rollcall.server.sql.Claimant;
import dev.rollcall.server.sql.DatabaseLocation.PostgresServer;
import dev.rollcall.server.sql.TestClock;
import dev.rollcall.server.sql.TestDatabases;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What happens between the claim of a delivery and its sending, while the clock stands still: no
/// lease ends.
class SenderTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  private final TestClock clock = new TestClock();
  private final RecordingChannel mail = new RecordingChannel("mail", "mail.example:25");
  private PostgresServer place;
  private OutboxDatabase data;
  private Connection other;

  @BeforeEach
  void open() throws SQLException {
    place = (PostgresServer) TestDatabases.POSTGRES.fresh(folder);
    data = new OutboxDatabase(place, clock, mail);
    other = TestDatabases.postgres().getPostgresDatabase().getConnection();
    execute("SET search_path TO " + place.address().replaceFirst(".*currentSchema=", ""));
    other.setAutoCommit(false);
  }

  @AfterEach
  void close() throws SQLException {
    other.close();
    data.close();
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = other.createStatement()) {
      statement.execute(sql);
    }
  }

  /// It is claimed, but cannot be read until [#go].
  private void holdUp() throws SQLException {
    data.add(notification("mail", "a", "1"));
    execute("LOCK TABLE outbox_delivery IN ACCESS EXCLUSIVE MODE");
    data.started();
    await()
        .atMost(PATIENCE)
        .until(() -> data.number("SELECT COUNT(*) FROM outbox_lane WHERE owner > 0") == 1);
  }

  private void go() throws SQLException {
    other.rollback();
  }

  private void awaitSent() {
    await().atMost(PATIENCE).until(() -> mail.keys().equals(List.of("1")));
    await().atMost(PATIENCE).until(() -> data.number("SELECT COUNT(*) FROM outbox_lane") == 0);
    assertThat(mail.keys()).containsExactly("1");
  }

  @Test
  void whatIsNotSentAsThisProcessWasTakenForDeadIsDueAtOnce() throws Exception {
    Claimant claimant = data.database.claimant();
    claimant.aliveUntil(clock.monotonic().plusSeconds(4));
    holdUp();
    claimant.another();
    go();
    awaitSent();
  }

  @Test
  void whatAChannelWithholdsAsItWasLostIsDueAtOnce() throws Exception {
    Claimant claimant = data.database.claimant();
    mail.answering(
        delivery -> {
          if (mail.got().size() == 1) {
            claimant.another(); // between the claim and this, it was taken for dead
          }
          return delivery.claim().isHeld() ? new Result.Sent() : new Result.Withheld(false);
        });
    data.add(notification("mail", "a", "1"));
    data.started();
    await().atMost(PATIENCE).until(() -> data.keys(DeliveryState.DELIVERED).equals(List.of("1")));
    assertThat(mail.keys()).containsExactly("1", "1");
    assertThat(data.number("SELECT MAX(attempts) FROM outbox_delivery")).isEqualTo(1);
  }

  static Stream<Result> results() {
    return Stream.of(new Result.Sent(), new Result.Withheld(true));
  }

  /// A process stands still with a request on its way to the receiver, or with one of several.
  @ParameterizedTest
  @MethodSource("results")
  void theLastThatAReceiverHearsIsTrue(Result late) throws Exception {
    List<String> heard = new CopyOnWriteArrayList<>();
    CountDownLatch onTheWay = new CountDownLatch(1);
    mail.answering(
        delivery -> {
          boolean first = mail.got().size() == 1;
          assertThat(delivery.claim().isHeld()).isTrue();
          awaitQuietly(onTheWay);
          heard.add(delivery.key());
          return first ? late : new Result.Sent();
        });
    RecordingChannel same =
        new RecordingChannel("mail", "mail.example:25")
            .answering(
                delivery -> {
                  heard.add(delivery.key());
                  return new Result.Sent();
                });
    data.add(about(Kind.DOWN, "down"));
    data.started();
    await().atMost(PATIENCE).until(() -> mail.got().size() == 1);
    try (OutboxDatabase running = new OutboxDatabase(place, clock, same)) {
      takesOver(running);
      running.add(about(Kind.RECOVERED, "over"));
      await().atMost(PATIENCE).until(() -> heard.equals(List.of("down", "over")));
      await().atMost(PATIENCE).until(() -> data.keys(DeliveryState.PENDING).isEmpty());
      onTheWay.countDown();
      await().atMost(PATIENCE).until(() -> heard.size() >= 4);
      await().atMost(PATIENCE).until(() -> data.keys(DeliveryState.PENDING).isEmpty());
      assertThat(heard).containsExactly("down", "over", "down", "over");
    } finally {
      onTheWay.countDown();
    }
  }

  /// It stood still while it connected, for longer than that may take.
  @Test
  void whatNeverReachedAReceiverCallsForNothingToBeToldAgain() throws Exception {
    CountDownLatch connecting = new CountDownLatch(1);
    mail.answering(
        _ -> {
          awaitQuietly(connecting);
          return RecordingChannel.retry("no connection within 10 s");
        });
    RecordingChannel same = new RecordingChannel("mail", "mail.example:25");
    data.add(about(Kind.DOWN, "down"));
    data.started();
    await().atMost(PATIENCE).until(() -> mail.got().size() == 1);
    try (OutboxDatabase running = new OutboxDatabase(place, clock, same)) {
      takesOver(running);
      running.add(about(Kind.RECOVERED, "over"));
      await().atMost(PATIENCE).until(() -> same.keys().equals(List.of("down", "over")));
      await().atMost(PATIENCE).until(() -> data.keys(DeliveryState.PENDING).isEmpty());
      connecting.countDown();
      await().atMost(PATIENCE).until(() -> data.outbox.underWay() == 0);
      await().atMost(PATIENCE).until(() -> data.number("SELECT COUNT(*) FROM outbox_lane") == 0);
      assertThat(same.keys()).containsExactly("down", "over");
      assertThat(mail.keys()).containsExactly("down");
    } finally {
      connecting.countDown();
    }
  }

  private void takesOver(OutboxDatabase running) {
    long stopped = data.database.claimant().id();
    running.database.dueRows().forEach(rows -> rows.takeOver(stopped));
    running.started();
  }

  private static Notification about(Kind kind, String key) {
    Message message =
        new Message(
            "shop",
            Instant.EPOCH,
            Instant.EPOCH,
            Optional.of(new Message.OfIncident(7, Instant.EPOCH, Optional.empty())));
    return new Notification("mail", "service/3", kind, key, message, false);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whatCouldNotBeReadIsDueAtOnce() throws Exception {
    holdUp();
    Set<Integer> ended = new HashSet<>();
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              ended.addAll(endWaiting());
              return ended.size() >= 2; // it is tried twice
            });
    go();
    awaitSent();
  }

  /// Ends the sessions that wait to read a delivery.
  private List<Integer> endWaiting() throws SQLException {
    List<Integer> pids = new ArrayList<>();
    try (Connection third = TestDatabases.postgres().getPostgresDatabase().getConnection();
        Statement statement = third.createStatement();
        ResultSet ended =
            statement.executeQuery(
                "SELECT pid, pg_terminate_backend(pid) FROM pg_locks JOIN pg_stat_activity"
                    + " USING (pid) WHERE NOT granted AND query LIKE 'SELECT%payload%'")) {
      while (ended.next()) {
        pids.add(ended.getInt(1));
      }
    }
    return pids;
  }
}
