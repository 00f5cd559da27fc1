package dev.rollcall.server.outbox;

import static dev.rollcall.server.outbox.OutboxDatabase.newest;
import static dev.rollcall.server.outbox.OutboxDatabase.notification;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.server.http.Logged;
import dev.rollcall.server.outbox.Channel.Result;
import dev.rollcall.server.outbox.Notification.Kind;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.DatabaseLocation;
import dev.rollcall.server.sql.TestClock;
import dev.rollcall.server.sql.TestDatabases;
import dev.rollcall.server.time.Clock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
class OutboxTest {
  private static final Duration LONGER_THAN_ANY_BACKOFF = Duration.ofMinutes(7);

  @TempDir Path directory;
  private final TestDatabases engine;
  private final TestClock clock = new TestClock();
  private final RecordingChannel mail = new RecordingChannel("mail", "mail.example:25");
  private final RecordingChannel pager = new RecordingChannel("pager", "pager.example:443");

  OutboxTest(TestDatabases engine) {
    this.engine = engine;
  }

  /// Long enough for a machine that has much else to do.
  private static ConditionFactory await() {
    return Awaitility.await().atMost(Duration.ofSeconds(60));
  }

  private OutboxDatabase open(Channel... channels) {
    return new OutboxDatabase(
        engine.withTables(directory, OutboxDatabase.MIGRATIONS), clock, channels);
  }

  @Test
  void sendsWhatIsOwedOnce() {
    try (OutboxDatabase data = open(mail).started()) {
      data.add(notification("mail", "a", "1"));
      await().until(() -> data.keys(DeliveryState.DELIVERED).equals(List.of("1")));
      assertThat(mail.got()).hasSize(1);
      Delivery got = mail.got().getFirst();
      assertThat(got.subject()).isEqualTo("a");
      assertThat(got.kind()).isEqualTo(Kind.LATE);
      assertThat(got.message()).isEqualTo(OutboxDatabase.message("backup"));
      assertThat(got.written()).isEqualTo(clock.wall());
      assertThat(got.attempt()).isEqualTo(1);
      await().until(() -> data.number("SELECT COUNT(*) FROM outbox_lane") == 0);
    }
  }

  /// Accounts make as many as they like, all together. SQLite crashes on too large a statement.
  @Test
  void sendsOnOneOfManyChannels() {
    Channel[] many =
        IntStream.range(0, 600)
            .mapToObj(i -> new RecordingChannel("c" + i, "h" + i + ".example:443"))
            .toArray(Channel[]::new);
    try (OutboxDatabase data = open(many).started()) {
      data.add(notification("c7", "a", "1"), notification("c599", "a", "2"));
      await().until(() -> data.listed(DeliveryState.DELIVERED).size() == 2);
    }
  }

  @Test
  void owesTheSameKeyOnce() {
    try (OutboxDatabase data = open(mail, pager)) {
      data.add(
          notification("mail", "a", "1"),
          notification("mail", "a", "1"),
          notification("pager", "a", "1"));
      data.add(notification("mail", "a", "1"));
      assertThat(data.listed()).hasSize(2);
      data.started();
      await().until(() -> data.listed(DeliveryState.DELIVERED).size() == 2);
      data.add(notification("mail", "a", "1"), notification("mail", "a", "2"));
      await().until(() -> data.listed(DeliveryState.DELIVERED).size() == 3);
      assertThat(mail.keys()).containsExactly("1", "2");
      await().until(() -> data.number("SELECT COUNT(*) FROM outbox_lane") == 0);
    }
  }

  @Test
  void owesNothingWhereTheTransactionFails() {
    try (OutboxDatabase data = open(mail).started()) {
      Batch<String, String> failing =
          (tx, keys) -> {
            data.outbox.add(tx, List.of(notification("mail", "a", keys.getFirst())));
            throw new IllegalArgumentException("this is no day for it");
          };
      assertThatThrownBy(() -> data.commits.write(failing, "1"))
          .isInstanceOf(IllegalArgumentException.class);
      data.add(notification("mail", "a", "2"));
      await().until(() -> data.keys(DeliveryState.DELIVERED).equals(List.of("2")));
      assertThat(mail.keys()).containsExactly("2");
    }
  }

  @Test
  void givesTheEndWhatTheReceiverReturnedForTheBeginning() {
    mail.answering(
        delivery ->
            delivery.attempt() == 1 && delivery.kind() == Kind.RECOVERED
                ? RecordingChannel.retry("not yet")
                : new Result.Sent("ok", Optional.of("m-" + delivery.key())));
    pager.answering(_ -> new Result.Sent());
    try (OutboxDatabase data = open(mail, pager).started()) {
      data.add(
          about("mail", Kind.DOWN, "1", 7),
          about("pager", Kind.DOWN, "1", 7),
          about("mail", Kind.DOWN, "2", 8),
          notification("mail", "a", "3"));
      await().until(() -> data.listed(DeliveryState.DELIVERED).size() == 4);
      data.add(about("mail", Kind.RECOVERED, "4", 7), about("pager", Kind.RECOVERED, "4", 7));
      await()
          .until(
              () -> {
                clock.pass(LONGER_THAN_ANY_BACKOFF);
                data.outbox.wake();
                return data.listed(DeliveryState.DELIVERED).size() == 6;
              });
      assertThat(mail.got())
          .extracting(delivery -> delivery.key() + delivery.first().orElse(""))
          .containsExactlyInAnyOrder("1", "2", "3", "4m-1", "4m-1");
      assertThat(pager.got()).allSatisfy(delivery -> assertThat(delivery.first()).isEmpty());
    }
  }

  private static Notification about(String channel, Kind kind, String key, long incident) {
    Message message =
        new Message(
            "shop",
            Instant.ofEpochSecond(1_700_000_000L),
            Instant.ofEpochSecond(1_700_003_600L),
            Optional.of(
                new Message.OfIncident(
                    incident, Instant.ofEpochSecond(1_700_000_000L), Optional.empty())));
    return new Notification(channel, "service/3", kind, key, message, false);
  }

  @Test
  void keepsTheOrderOfASubjectThroughFailures() {
    mail.answering(
        delivery -> delivery.attempt() < 3 ? RecordingChannel.retry("not yet") : new Result.Sent());
    try (OutboxDatabase data = open(mail).started()) {
      data.add(notification("mail", "a", "1"), notification("mail", "a", "2"));
      data.add(notification("mail", "a", "3"));
      await()
          .until(
              () -> {
                clock.pass(LONGER_THAN_ANY_BACKOFF);
                data.outbox.wake();
                return data.listed(DeliveryState.DELIVERED).size() == 3;
              });
      assertThat(mail.keys()).containsExactly("1", "1", "1", "2", "2", "2", "3", "3", "3");
      assertThat(data.listed())
          .allSatisfy(
              row -> {
                assertThat(row.attempts()).isEqualTo(3);
                assertThat(row.lastError()).contains("not yet");
                assertThat(row.done()).isPresent();
              });
    }
  }

  @Test
  void aSubjectThatFailsHoldsUpNoOther() {
    mail.answering(
        delivery ->
            delivery.subject().equals("bad") ? RecordingChannel.retry("no") : new Result.Sent());
    try (OutboxDatabase data = open(mail).started()) {
      data.add(notification("mail", "bad", "1"), notification("mail", "bad", "2"));
      await().until(() -> data.number("SELECT SUM(attempts) FROM outbox_delivery") == 1);
      data.add(notification("mail", "good", "3"));
      await().until(() -> data.keys(DeliveryState.DELIVERED).equals(List.of("3")));
      assertThat(mail.keys()).containsExactly("1", "3");
      DeliveryRow first = data.listed(DeliveryState.PENDING).getLast();
      assertThat(first.lastError()).contains("no");
      assertThat(first.next().orElseThrow())
          .isBetween(clock.wall().plusMillis(500), clock.wall().plusMillis(1_500));
    }
  }

  @Test
  void aReceiverThatHangsDelaysNoOther() {
    mail.hanging();
    RecordingChannel sameHost = new RecordingChannel("mail-too", "mail.example:25");
    try (OutboxDatabase data = open(mail, pager, sameHost).started()) {
      data.add(
          IntStream.range(0, 20_000)
              .mapToObj(i -> notification("mail", "subject " + i, "mail " + i))
              .toList());
      await().until(() -> mail.atOnce() == ReceiverLimits.MOST / 2); // shared with the other there
      data.add(notification("mail-too", "a", "too"));
      for (int i = 0; i < 20; i++) {
        data.add(notification("pager", "subject " + i, "pager " + i));
      }
      await().until(() -> data.listed(DeliveryState.DELIVERED).size() == 21);
      assertThat(pager.got()).hasSize(20);
      assertThat(mail.mostAtOnce()).isEqualTo(ReceiverLimits.MOST / 2);
      assertThat(sameHost.keys()).containsExactly("too");
      assertThat(data.metrics())
          .contains("rollcall_deliveries_in_flight 4.0")
          .contains("rollcall_deliveries_pending{channel=\"mail\"} 20000.0")
          .contains("rollcall_deliveries_pending{channel=\"pager\"} 0.0")
          .contains("rollcall_deliveries_total{channel=\"pager\",result=\"sent\"} 20.0");
    }
  }

  @Test
  void triesOneAtATimeWhereNobodyAnswers() {
    mail.answering(_ -> new Result.Retry("nobody there", Optional.empty(), true));
    try (OutboxDatabase data = open(mail).started()) {
      data.add(
          IntStream.range(0, 500).mapToObj(i -> notification("mail", "s" + i, "k" + i)).toList());
      // The monotonic clock stands still: those that had begun, and no more.
      await().until(() -> mail.got().size() >= 8 && mail.atOnce() == 0);
      int tried = mail.got().size();
      assertThat(tried).isLessThanOrEqualTo(2 * ReceiverLimits.MOST);
      for (int i = 1; i <= 3; i++) {
        clock.pass(Duration.ofSeconds(6));
        data.outbox.wake();
        int enough = tried + i;
        await().until(() -> mail.got().size() == enough && mail.atOnce() == 0);
      }
      mail.answering(_ -> new Result.Sent());
      await()
          .until(
              () -> {
                clock.pass(Duration.ofSeconds(6));
                data.outbox.wake();
                return data.listed(DeliveryState.DELIVERED).size() == 500;
              });
    }
  }

  @Test
  void newerNewsTakeThePlaceOfOlderOnes() {
    try (OutboxDatabase data = open(mail)) {
      data.add(newest("mail", "a", Kind.LATE, "1"), newest("mail", "a", Kind.LATE, "2"));
      data.add(newest("mail", "a", Kind.LATE, "3"), newest("mail", "b", Kind.LATE, "4"));
      data.add(newest("mail", "a", Kind.LATE, "3"));
      assertThat(data.keys(DeliveryState.PENDING)).containsExactly("3", "4");
      assertThat(data.listed().getLast().coalesced()).isEqualTo(2);
      // Not across other notifications: the last one has to stay the last.
      data.add(newest("mail", "a", Kind.RECOVERED, "5"), newest("mail", "a", Kind.LATE, "6"));
      assertThat(data.keys(DeliveryState.PENDING)).containsExactly("3", "4", "5", "6");
      data.started();
      await().until(() -> data.listed(DeliveryState.DELIVERED).size() == 4);
      assertThat(mail.keys()).containsSubsequence("3", "5", "6");
      // Subjects are sent side by side: 4 may come before 3.
      assertThat(mail.got())
          .filteredOn(delivery -> delivery.key().equals("3"))
          .singleElement()
          .satisfies(delivery -> assertThat(delivery.message().name()).isEqualTo("of 3"));
    }
  }

  @Test
  void doesNotReplaceWhatIsUnderWay() {
    mail.hanging();
    try (OutboxDatabase data = open(mail).started()) {
      data.add(newest("mail", "a", Kind.LATE, "1"));
      await().until(() -> mail.atOnce() == 1);
      data.add(newest("mail", "a", Kind.LATE, "2"));
      data.add(newest("mail", "a", Kind.LATE, "3"));
      assertThat(data.keys(DeliveryState.PENDING)).containsExactly("1", "3");
      mail.release();
      await().until(() -> data.listed(DeliveryState.DELIVERED).size() == 2);
      assertThat(mail.keys()).containsExactly("1", "3");
    }
  }

  @Test
  void sendsNothingAnyMoreThatIsWithdrawn() {
    mail.answering(_ -> RecordingChannel.retry("down"));
    try (OutboxDatabase data = open(mail, pager).started()) {
      data.add(
          notification("mail", "a", "1"),
          notification("mail", "a", "2"),
          notification("mail", "b", "3"));
      data.add(newest("mail", "a", Kind.FAILED, "4"), notification("mail", "c", "5"));
      await().until(() -> data.number("SELECT SUM(attempts) FROM outbox_delivery") == 3);
      data.add(
          new Withdrawal("mail", "c", Kind.LATE),
          new Withdrawal("mail", "a", Kind.LATE),
          new Withdrawal("mail", "nobody", Kind.LATE),
          new Withdrawal("pager", "b", Kind.LATE));
      assertThat(data.keys(DeliveryState.WITHDRAWN)).containsExactly("1", "2", "5");
      assertThat(data.keys(DeliveryState.PENDING)).containsExactly("3", "4");
      assertThat(data.number("SELECT COUNT(*) FROM outbox_lane")).isEqualTo(2);
      DeliveryRow first = data.listed(DeliveryState.WITHDRAWN).getLast();
      assertThat(first.lastError()).contains("down");
      assertThat(first.done()).contains(clock.wall());
      assertThat(first.next()).isEmpty();
      mail.answering(_ -> new Result.Sent());
      await()
          .until(
              () -> {
                clock.pass(LONGER_THAN_ANY_BACKOFF);
                data.outbox.wake();
                return data.listed(DeliveryState.DELIVERED).size() == 2;
              });
      assertThat(mail.keys()).hasSize(5).containsOnlyOnce("1", "5", "4").doesNotContain("2");
      clock.pass(Duration.ofDays(8));
      data.store.forget(clock.wall().minus(Duration.ofDays(7)));
      assertThat(data.listed()).isEmpty();
    }
  }

  @Test
  void aWithdrawalTakesItsPlaceInTheOrder() {
    try (OutboxDatabase data = open(mail)) {
      data.add(
          notification("mail", "a", "1"),
          new Withdrawal("mail", "a", Kind.LATE),
          notification("mail", "a", "2"));
      assertThat(data.keys(DeliveryState.WITHDRAWN)).containsExactly("1");
      assertThat(data.keys(DeliveryState.PENDING)).containsExactly("2");
      data.started();
      await().until(() -> data.listed(DeliveryState.DELIVERED).size() == 1);
      assertThat(mail.keys()).containsExactly("2");
    }
  }

  @Test
  void whatIsWithdrawnUnderWayArrivesOrIsSentNoMore() {
    mail.answering(
        delivery ->
            delivery.subject().equals("a")
                ? new Result.Sent()
                : RecordingChannel.retry("too late"));
    mail.hanging();
    try (OutboxDatabase data = open(mail).started()) {
      data.add(notification("mail", "a", "1"), notification("mail", "b", "2"));
      await().until(() -> mail.atOnce() == 2);
      data.add(new Withdrawal("mail", "a", Kind.LATE), new Withdrawal("mail", "b", Kind.LATE));
      assertThat(data.keys(DeliveryState.WITHDRAWN)).containsExactly("1", "2");
      mail.release();
      await().until(() -> data.keys(DeliveryState.DELIVERED).equals(List.of("1")));
      await().until(() -> data.number("SELECT SUM(attempts) FROM outbox_delivery") == 2);
      DeliveryRow withdrawn = data.listed(DeliveryState.WITHDRAWN).getFirst();
      assertThat(withdrawn.key()).isEqualTo("2");
      assertThat(withdrawn.lastError()).contains("too late");
      await()
          .until(
              () -> {
                clock.pass(LONGER_THAN_ANY_BACKOFF);
                data.outbox.wake();
                return data.number("SELECT COUNT(*) FROM outbox_lane") == 0;
              });
      assertThat(mail.keys()).containsExactlyInAnyOrder("1", "2");
    }
  }

  @Test
  void heedsHowLongAReceiverWantsToBeLeftAlone() {
    mail.answering(_ -> new Result.Retry("busy", Optional.of(Duration.ofMinutes(20)), false));
    try (OutboxDatabase data = open(mail).started()) {
      data.add(notification("mail", "a", "1"));
      await().until(() -> data.listed().getFirst().attempts() == 1);
      assertThat(data.listed().getFirst().next())
          .contains(clock.wall().plus(Duration.ofMinutes(20)));
    }
  }

  @Test
  void aClockThatIsSetBackPutsNothingOff() {
    mail.answering(_ -> RecordingChannel.retry("down"));
    try (OutboxDatabase data = open(mail).started()) {
      data.add(notification("mail", "a", "1"));
      await().until(() -> data.listed().getFirst().attempts() == 1);
      mail.answering(_ -> new Result.Sent());
      clock.leap(Duration.ofDays(-2));
      data.outbox.wake();
      await().until(() -> data.listed(DeliveryState.DELIVERED).size() == 1);
    }
  }

  @Test
  void givesUpWhatIsRefusedOrTooOld() {
    mail.answering(
        delivery ->
            delivery.key().equals("1")
                ? new Result.Refused("no such user")
                : RecordingChannel.retry("down"));
    try (OutboxDatabase data = open(mail).started();
        Logged log = new Logged(Sender.class.getName())) {
      data.add(notification("mail", "a", "1"), notification("mail", "a", "2"));
      await().until(() -> data.number("SELECT SUM(attempts) FROM outbox_delivery") == 2);
      assertThat(data.keys(DeliveryState.FAILED)).containsExactly("1");
      assertThat(data.listed().getLast().lastError()).contains("refused: no such user");
      clock.pass(Sender.PERSISTENCE.plusSeconds(1));
      data.outbox.wake();
      await().until(() -> data.keys(DeliveryState.FAILED).equals(List.of("1", "2")));
      assertThat(data.listed().getFirst().lastError()).contains("given up: down");
      assertThat(data.metrics())
          .contains("rollcall_deliveries_total{channel=\"mail\",result=\"failed\"} 2.0");
      assertThat(log.lines())
          .containsExactly(
              "alert late of a to "
                  + mail.receiver()
                  + " is given up after 1 attempt: refused:"
                  + " no such user (delivery 1 on channel mail)",
              "alert late of a to "
                  + mail.receiver()
                  + " is given up after 2 attempts: given"
                  + " up: down (delivery 2 on channel mail)");
    }
  }

  @Test
  void aBugInAChannelIsNoEndOfADelivery() {
    mail.answering(
        delivery -> {
          if (delivery.attempt() == 1) {
            throw new IllegalStateException("a bug");
          }
          return new Result.Sent();
        });
    try (OutboxDatabase data = open(mail).started()) {
      data.add(notification("mail", "a", "1"));
      await().until(() -> data.listed().getFirst().attempts() == 1);
      assertThat(data.listed().getFirst().lastError())
          .contains("Rollcall failed: IllegalStateException");
      clock.pass(Duration.ofSeconds(2));
      data.outbox.wake();
      await().until(() -> data.keys(DeliveryState.DELIVERED).equals(List.of("1")));
    }
  }

  @Test
  void whatIsOwedSurvivesARestart() {
    DatabaseLocation location = engine.fresh(directory);
    mail.answering(_ -> RecordingChannel.retry("down"));
    try (OutboxDatabase data = new OutboxDatabase(location, clock, mail).started()) {
      data.add(
          notification("mail", "a", "1"),
          notification("mail", "a", "2"),
          notification("mail", "b", "3"));
      await().until(() -> mail.got().size() == 2);
    }
    clock.pass(Duration.ofMinutes(1));
    RecordingChannel again = new RecordingChannel("mail", "mail.example:25");
    try (OutboxDatabase data = new OutboxDatabase(location, clock, again).started()) {
      await().until(() -> data.listed(DeliveryState.DELIVERED).size() == 3);
      assertThat(again.keys()).hasSize(3).containsSubsequence("1", "2").contains("3");
    }
  }

  @Test
  void whatWasUnderWayAtTheEndIsSentAgain() {
    DatabaseLocation location = engine.fresh(directory);
    mail.hanging();
    try (OutboxDatabase data = new OutboxDatabase(location, clock, mail).started()) {
      data.add(notification("mail", "a", "1"));
      await().until(() -> mail.atOnce() == 1);
    }
    clock.pass(Duration.ofMinutes(1)); // on PostgreSQL, nobody knows that it has ended
    RecordingChannel again = new RecordingChannel("mail", "mail.example:25");
    try (OutboxDatabase data = new OutboxDatabase(location, clock, again).started()) {
      await().until(() -> data.listed(DeliveryState.DELIVERED).size() == 1);
      assertThat(again.keys()).containsExactly("1");
    }
  }

  @Test
  void forgetsWhatIsDoneAndOld() {
    DatabaseLocation location = engine.fresh(directory);
    mail.answering(
        delivery ->
            delivery.subject().equals("down") ? RecordingChannel.retry("down") : new Result.Sent());
    try (OutboxDatabase data = new OutboxDatabase(location, clock, mail).started()) {
      data.add(
          notification("mail", "down", "1"),
          notification("mail", "a", "2"),
          notification("mail", "b", "3"));
      await().until(() -> data.listed(DeliveryState.DELIVERED).size() == 2);
      clock.pass(Duration.ofDays(5));
      data.add(notification("mail", "c", "4"));
      await().until(() -> data.keys(DeliveryState.DELIVERED).contains("4"));
      await().until(() -> data.keys(DeliveryState.FAILED).contains("1"));
      data.store.forget(clock.wall().minus(Duration.ofDays(2)));
      // The first was written long ago, and given up just now.
      assertThat(data.listed()).extracting(DeliveryRow::key).containsExactly("4", "1");
    }
  }

  @Test
  void givesUpWhatIsOwedOnAChannelThatIsGone() {
    DatabaseLocation location = engine.fresh(directory);
    try (OutboxDatabase data = new OutboxDatabase(location, clock, mail, pager)) {
      data.add(notification("mail", "a", "1"), notification("pager", "a", "1"));
      clock.pass(Duration.ofDays(4));
      data.add(notification("mail", "a", "2"));
    }
    try (OutboxDatabase data = new OutboxDatabase(location, clock, pager)) {
      try (Logged log = new Logged(DeliveryStore.class.getName())) {
        for (int i = 0; i < 2; i++) {
          data.store.abandon(Set.of("pager"), clock.wall().minus(Sender.PERSISTENCE), clock.wall());
        }
        assertThat(log.lines())
            .containsExactly(
                "1 deliveries on channel mail are given up: it is no longer configured");
      }
      assertThat(data.listed(DeliveryState.FAILED))
          .singleElement()
          .satisfies(row -> assertThat(row.channel()).isEqualTo("mail"))
          .satisfies(
              row -> assertThat(row.lastError().orElseThrow()).contains("no longer configured"));
      assertThat(data.number("SELECT COUNT(*) FROM outbox_lane")).isEqualTo(2);
    }
  }

  @Test
  void listsTheNewestFirstAPageAtATime() {
    try (OutboxDatabase data = open(mail, pager)) {
      for (int i = 1; i <= 10; i++) {
        data.add(notification(i % 2 == 0 ? "mail" : "pager", "s" + i, "" + i));
      }
      List<String> keys = new ArrayList<>();
      long before = Long.MAX_VALUE;
      while (keys.size() < 10) {
        List<DeliveryRow> page =
            data.store.list(Scope.everything(), Optional.empty(), Optional.empty(), before, 3);
        page.forEach(row -> keys.add(row.key()));
        before = page.getLast().id();
      }
      assertThat(keys).containsExactly("10", "9", "8", "7", "6", "5", "4", "3", "2", "1");
      assertThat(
              data.store.list(
                  Scope.everything(), Optional.of("mail"), Optional.empty(), Long.MAX_VALUE, 100))
          .extracting(DeliveryRow::key)
          .containsExactly("10", "8", "6", "4", "2");
      assertThat(
              data.store.list(
                  Scope.everything(),
                  Optional.of("mail"),
                  Optional.of(DeliveryState.FAILED),
                  Long.MAX_VALUE,
                  100))
          .isEmpty();
    }
  }

  @Test
  void knowsItsChannels() {
    try (OutboxDatabase data = open(pager, mail)) {
      assertThat(data.outbox.channels(0))
          .extracting(RoutedChannel::channel)
          .containsExactly(mail, pager);
      assertThat(data.outbox.channels(1)).isEmpty();
      assertThat(data.outbox.channel("pager")).isPresent();
      assertThat(data.outbox.channel("letter")).isEmpty();
      assertThatThrownBy(() -> data.add(notification("letter", "a", "1")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("there is no channel letter");
    }
  }

  @Test
  void manyAddAndSendAtOnceAndNothingIsForgotten() throws InterruptedException {
    Clock real = Clock.system();
    DatabaseLocation location = engine.fresh(directory);
    try (OutboxDatabase data = new OutboxDatabase(location, real, mail, pager).started()) {
      List<Thread> callers = new ArrayList<>();
      for (int caller = 0; caller < 16; caller++) {
        int number = caller;
        callers.add(
            Thread.startVirtualThread(
                () -> {
                  for (int i = 0; i < 50; i++) {
                    String key = number + "-" + i;
                    data.add(
                        notification("pager", "s" + (i + number) % 5, key),
                        new Withdrawal("mail", "s" + (i + 2) % 5, Kind.FAILED),
                        notification("mail", "s" + i % 5, key),
                        new Withdrawal("pager", "s" + i % 5, Kind.FAILED));
                  }
                }));
      }
      for (Thread caller : callers) {
        caller.join();
      }
      await()
          .until(() -> data.number("SELECT COUNT(*) FROM outbox_delivery WHERE state = 1") == 1600);
      await().until(() -> data.number("SELECT COUNT(*) FROM outbox_lane") == 0);
      assertThat(mail.keys()).hasSize(800).doesNotHaveDuplicates();
      assertThat(pager.keys()).hasSize(800).doesNotHaveDuplicates();
    }
  }
}
