package dev.rollcall.server.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.outbox.DeliveryQueue.Done;
import dev.rollcall.server.outbox.DeliveryQueue.Head;
import dev.rollcall.server.outbox.DeliveryQueue.Lane;
import dev.rollcall.server.outbox.Notification.Kind;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Lease;
import dev.rollcall.server.sql.TestClock;
import dev.rollcall.server.sql.TestDatabases;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// A process sent something, and had lost it to another one.
@ParameterizedClass
@EnumSource
class OvertakenDeliveriesTest {
  private static final String SERVICE = "service/3";
  private static final String SEVERAL = "incidents";

  @TempDir Path folder;

  private final TestDatabases engine;

  private final TestClock clock = new TestClock();
  private final RecordingChannel chat = new RecordingChannel("chat", "chat.example:443");
  private OutboxDatabase data;
  private DeliveryQueue queue;

  OvertakenDeliveriesTest(TestDatabases engine) {
    this.engine = engine;
  }

  @BeforeEach
  void open() {
    data = new OutboxDatabase(engine.fresh(folder), clock, chat);
    queue = new DeliveryQueue(data.database, data.commits, clock);
  }

  @AfterEach
  void close() {
    data.close();
  }

  private static Notification about(int incident, Kind kind, String key) {
    return new Notification(
        "chat",
        SERVICE,
        kind,
        key,
        new Message(
            "shop",
            Instant.EPOCH,
            Instant.EPOCH,
            Optional.of(new Message.OfIncident(incident, Instant.EPOCH, Optional.empty()))),
        false);
  }

  private void delivered(Notification one) {
    data.add(one);
    run("UPDATE outbox_delivery SET state = 1, done_at = 1, attempts = 1");
    run("DELETE FROM outbox_lane");
  }

  private void deliveredTogether(String key, Long... incidents) {
    delivered(new Notification("chat", SEVERAL, Kind.SEVERAL, key, message(), false));
    Batch<List<Long>, Boolean> noting =
        (tx, all) ->
            all.stream()
                .map(
                    ids -> {
                      Outbox.addIncidents(tx, "chat", key, ids);
                      return true;
                    })
                .toList();
    data.commits.write(noting, List.of(incidents));
  }

  private static Message message() {
    return OutboxDatabase.message("2 incidents");
  }

  private void run(String sql) {
    Batch<String, Integer> running =
        (tx, all) -> all.stream().map(one -> tx.createUpdate(one).execute()).toList();
    data.commits.write(running, sql);
  }

  /// The notification with this key arrives once more.
  private int arrives(String key) {
    DeliveryRow row =
        data.listed().stream().filter(one -> one.key().equals(key)).findFirst().orElseThrow();
    Kind kind = Kind.CODEC.ofWord(row.kind());
    String subject = kind == Kind.SEVERAL ? SEVERAL : SERVICE;
    Lease<Lane> lost =
        new Lease<>(99, clock.wall(), 1, 1, clock.monotonic(), new Lane("chat", subject));
    Delivery sent = new Delivery("service:shop", kind, key, message(), clock.wall(), 1);
    return queue.tellAgain(
        new Head(lost, row.id(), sent, new AskedClaim(DeliveryClaim.ALWAYS)), clock.wall());
  }

  private List<String> pending() {
    return data.keys(DeliveryState.PENDING);
  }

  @Test
  void theEndOfAnIncidentIsToldAgainAfterItsBeginning() {
    delivered(about(7, Kind.DOWN, "7 down"));
    delivered(about(7, Kind.RECOVERED, "7 over"));
    assertThat(arrives("7 down")).isEqualTo(1);
    assertThat(pending()).containsExactly("7 over");
    assertThat(data.number("SELECT COUNT(*) FROM outbox_lane WHERE owner IS NULL")).isEqualTo(1);
    assertThat(arrives("7 over")).isZero();
  }

  @Test
  void thePresentStateOfTheServiceIsToldLast() {
    delivered(about(7, Kind.DOWN, "7 down"));
    delivered(about(7, Kind.RECOVERED, "7 over"));
    delivered(about(9, Kind.DOWN, "9 down"));
    delivered(about(9, Kind.RECOVERED, "9 over"));
    delivered(about(12, Kind.DOWN, "12 down"));
    assertThat(arrives("7 down")).isEqualTo(2);
    assertThat(pending()).containsExactly("7 over", "12 down");
  }

  @Test
  void nothingIsToldAgainThatIsStillToBeTold() {
    delivered(about(7, Kind.DOWN, "7 down"));
    data.add(about(7, Kind.RECOVERED, "7 over"));
    assertThat(arrives("7 down")).isZero();
    assertThat(pending()).containsExactly("7 over");
  }

  @Test
  void nothingIsToldAgainThatSaysTheSame() {
    delivered(about(7, Kind.DOWN, "7 down"));
    delivered(about(7, Kind.DOWN, "7 still down"));
    assertThat(arrives("7 down")).isZero();
    assertThat(pending()).isEmpty();
  }

  @Test
  void whatIsBeingSentIsSentOnceMore() {
    delivered(about(7, Kind.DOWN, "7 down"));
    data.add(about(7, Kind.RECOVERED, "7 over"));
    List<Lease<Lane>> sending = queue.claim("chat", clock.wall(), 1);
    Head head = queue.heads(sending).values().iterator().next();
    assertThat(arrives("7 down")).isEqualTo(1);
    Done done = head.delivered(clock.wall(), Optional.empty(), Optional.empty());
    assertThat(queue.finish(done)).as("it may have arrived before the beginning").isFalse();
    assertThat(pending()).containsExactly("7 over");
    assertThat(queue.claim("chat", clock.wall(), 1)).hasSize(1);
  }

  @Test
  void anEndThatWasToldWithOthersIsToldAgain() {
    delivered(about(7, Kind.DOWN, "7 down"));
    deliveredTogether("7 and 8", 7L, 8L);
    deliveredTogether("9 and 10", 9L, 10L);
    assertThat(arrives("7 down")).isEqualTo(1);
    assertThat(pending()).containsExactly("7 and 8");
  }

  @Test
  void theEndOfEachOfSeveralIsToldAgain() {
    deliveredTogether("7 and 8", 7L, 8L);
    delivered(about(7, Kind.RECOVERED, "7 over"));
    deliveredTogether("8 and 9", 8L, 9L);
    delivered(about(9, Kind.RECOVERED, "9 over"));
    assertThat(arrives("7 and 8")).isEqualTo(2);
    assertThat(pending()).containsExactly("7 over", "8 and 9");
  }
}
