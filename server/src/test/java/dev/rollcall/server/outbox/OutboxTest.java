package dev.rollcall.server.outbox;

import static dev.rollcall.server.outbox.OutboxDatabase.newest;
import static dev.rollcall.server.outbox.OutboxDatabase.owed;
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
  private final ToldChannel mail = new ToldChannel("mail", "mail.example:25");
  private final ToldChannel pager = new ToldChannel("pager", "pager.example:443");

  OutboxTest(TestDatabases engine) {
    this.engine = engine;
  }

  /// Long enough for a machine that has much else to do.
  private static ConditionFactory await() {
    return Awaitility.await().atMost(Duration.ofSeconds(60));
  }

  private OutboxDatabase open(Channel... channels) {
    return new OutboxDatabase(engine.fresh(directory), clock, channels);
  }

  @Test
  void sendsWhatIsOwedOnce() {
    try (OutboxDatabase kept = open(mail).started()) {
      kept.add(owed("mail", "a", "1"));
      await().until(() -> kept.keys(DeliveryState.DELIVERED).equals(List.of("1")));
      assertThat(mail.got()).hasSize(1);
      Delivery got = mail.got().getFirst();
      assertThat(got.subject()).isEqualTo("a");
      assertThat(got.kind()).isEqualTo(Kind.LATE);
      assertThat(got.message()).isEqualTo(OutboxDatabase.message("backup"));
      assertThat(got.owed()).isEqualTo(clock.wall());
      assertThat(got.attempt()).isEqualTo(1);
      await().until(() -> kept.number("SELECT COUNT(*) FROM outbox_lane") == 0);
    }
  }

  @Test
  void owesTheSameKeyOnce() {
    try (OutboxDatabase kept = open(mail, pager)) {
      kept.add(owed("mail", "a", "1"), owed("mail", "a", "1"), owed("pager", "a", "1"));
      kept.add(owed("mail", "a", "1"));
      assertThat(kept.listed()).hasSize(2);
      kept.started();
      await().until(() -> kept.listed(DeliveryState.DELIVERED).size() == 2);
      kept.add(owed("mail", "a", "1"), owed("mail", "a", "2"));
      await().until(() -> kept.listed(DeliveryState.DELIVERED).size() == 3);
      assertThat(mail.keys()).containsExactly("1", "2");
      await().until(() -> kept.number("SELECT COUNT(*) FROM outbox_lane") == 0);
    }
  }

  @Test
  void owesNothingWhereTheTransactionFails() {
    try (OutboxDatabase kept = open(mail).started()) {
      Batch<String, String> failing =
          (tx, keys) -> {
            kept.outbox.add(tx, List.of(owed("mail", "a", keys.getFirst())));
            throw new IllegalArgumentException("this is no day for it");
          };
      assertThatThrownBy(() -> kept.commits.write(failing, "1"))
          .isInstanceOf(IllegalArgumentException.class);
      kept.add(owed("mail", "a", "2"));
      await().until(() -> kept.keys(DeliveryState.DELIVERED).equals(List.of("2")));
      assertThat(mail.keys()).containsExactly("2");
    }
  }

  @Test
  void keepsTheOrderOfASubjectThroughFailures() {
    mail.answering(
        delivery -> delivery.attempt() < 3 ? ToldChannel.retry("not yet") : new Result.Sent());
    try (OutboxDatabase kept = open(mail).started()) {
      kept.add(owed("mail", "a", "1"), owed("mail", "a", "2"));
      kept.add(owed("mail", "a", "3"));
      await()
          .until(
              () -> {
                clock.pass(LONGER_THAN_ANY_BACKOFF);
                kept.outbox.wake();
                return kept.listed(DeliveryState.DELIVERED).size() == 3;
              });
      assertThat(mail.keys()).containsExactly("1", "1", "1", "2", "2", "2", "3", "3", "3");
      assertThat(kept.listed())
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
        delivery -> delivery.subject().equals("bad") ? ToldChannel.retry("no") : new Result.Sent());
    try (OutboxDatabase kept = open(mail).started()) {
      kept.add(owed("mail", "bad", "1"), owed("mail", "bad", "2"));
      await().until(() -> kept.number("SELECT SUM(attempts) FROM outbox_delivery") == 1);
      kept.add(owed("mail", "good", "3"));
      await().until(() -> kept.keys(DeliveryState.DELIVERED).equals(List.of("3")));
      assertThat(mail.keys()).containsExactly("1", "3");
      DeliveryRow first = kept.listed(DeliveryState.PENDING).getLast();
      assertThat(first.lastError()).contains("no");
      assertThat(first.next().orElseThrow())
          .isBetween(clock.wall().plusMillis(500), clock.wall().plusMillis(1_500));
    }
  }

  @Test
  void aReceiverThatHangsDelaysNoOther() {
    mail.hanging();
    ToldChannel sameHost = new ToldChannel("mail-too", "mail.example:25");
    try (OutboxDatabase kept = open(mail, pager, sameHost).started()) {
      kept.add(
          IntStream.range(0, 20_000)
              .mapToObj(i -> owed("mail", "subject " + i, "mail " + i))
              .toList());
      await().until(() -> mail.atOnce() == ReceiverLimits.MOST / 2); // shared with the other there
      kept.add(owed("mail-too", "a", "too"));
      for (int i = 0; i < 20; i++) {
        kept.add(owed("pager", "subject " + i, "pager " + i));
      }
      await().until(() -> kept.listed(DeliveryState.DELIVERED).size() == 21);
      assertThat(pager.got()).hasSize(20);
      assertThat(mail.mostAtOnce()).isEqualTo(ReceiverLimits.MOST / 2);
      assertThat(sameHost.keys()).containsExactly("too");
      assertThat(kept.metrics())
          .contains("rollcall_deliveries_in_flight 4.0")
          .contains("rollcall_deliveries_pending{channel=\"mail\"} 20000.0")
          .contains("rollcall_deliveries_pending{channel=\"pager\"} 0.0")
          .contains("rollcall_deliveries_total{channel=\"pager\",result=\"sent\"} 20.0");
    }
  }

  @Test
  void triesOneAtATimeWhereNobodyAnswers() {
    mail.answering(_ -> new Result.Retry("nobody there", Optional.empty(), true));
    try (OutboxDatabase kept = open(mail).started()) {
      kept.add(IntStream.range(0, 500).mapToObj(i -> owed("mail", "s" + i, "k" + i)).toList());
      // The monotonic clock stands still: those that had begun, and no more.
      await().until(() -> mail.got().size() >= 8 && mail.atOnce() == 0);
      int tried = mail.got().size();
      assertThat(tried).isLessThanOrEqualTo(2 * ReceiverLimits.MOST);
      for (int i = 1; i <= 3; i++) {
        clock.pass(Duration.ofSeconds(6));
        kept.outbox.wake();
        int enough = tried + i;
        await().until(() -> mail.got().size() == enough && mail.atOnce() == 0);
      }
      mail.answering(_ -> new Result.Sent());
      await()
          .until(
              () -> {
                clock.pass(Duration.ofSeconds(6));
                kept.outbox.wake();
                return kept.listed(DeliveryState.DELIVERED).size() == 500;
              });
    }
  }

  @Test
  void newerNewsTakeThePlaceOfOlderOnes() {
    try (OutboxDatabase kept = open(mail)) {
      kept.add(newest("mail", "a", Kind.LATE, "1"), newest("mail", "a", Kind.LATE, "2"));
      kept.add(newest("mail", "a", Kind.LATE, "3"), newest("mail", "b", Kind.LATE, "4"));
      kept.add(newest("mail", "a", Kind.LATE, "3"));
      assertThat(kept.keys(DeliveryState.PENDING)).containsExactly("3", "4");
      assertThat(kept.listed().getLast().coalesced()).isEqualTo(2);
      // Not across other news: the last word has to stay the last.
      kept.add(newest("mail", "a", Kind.RECOVERED, "5"), newest("mail", "a", Kind.LATE, "6"));
      assertThat(kept.keys(DeliveryState.PENDING)).containsExactly("3", "4", "5", "6");
      kept.started();
      await().until(() -> kept.listed(DeliveryState.DELIVERED).size() == 4);
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
    try (OutboxDatabase kept = open(mail).started()) {
      kept.add(newest("mail", "a", Kind.LATE, "1"));
      await().until(() -> mail.atOnce() == 1);
      kept.add(newest("mail", "a", Kind.LATE, "2"));
      kept.add(newest("mail", "a", Kind.LATE, "3"));
      assertThat(kept.keys(DeliveryState.PENDING)).containsExactly("1", "3");
      mail.release();
      await().until(() -> kept.listed(DeliveryState.DELIVERED).size() == 2);
      assertThat(mail.keys()).containsExactly("1", "3");
    }
  }

  @Test
  void sendsNothingAnyMoreThatIsWithdrawn() {
    mail.answering(_ -> ToldChannel.retry("down"));
    try (OutboxDatabase kept = open(mail, pager).started()) {
      kept.add(owed("mail", "a", "1"), owed("mail", "a", "2"), owed("mail", "b", "3"));
      kept.add(newest("mail", "a", Kind.FAILED, "4"), owed("mail", "c", "5"));
      await().until(() -> kept.number("SELECT SUM(attempts) FROM outbox_delivery") == 3);
      kept.add(
          new Withdrawal("mail", "c", Kind.LATE),
          new Withdrawal("mail", "a", Kind.LATE),
          new Withdrawal("mail", "nobody", Kind.LATE),
          new Withdrawal("pager", "b", Kind.LATE));
      assertThat(kept.keys(DeliveryState.WITHDRAWN)).containsExactly("1", "2", "5");
      assertThat(kept.keys(DeliveryState.PENDING)).containsExactly("3", "4");
      assertThat(kept.number("SELECT COUNT(*) FROM outbox_lane")).isEqualTo(2);
      DeliveryRow first = kept.listed(DeliveryState.WITHDRAWN).getLast();
      assertThat(first.lastError()).contains("down");
      assertThat(first.done()).contains(clock.wall());
      assertThat(first.next()).isEmpty();
      mail.answering(_ -> new Result.Sent());
      await()
          .until(
              () -> {
                clock.pass(LONGER_THAN_ANY_BACKOFF);
                kept.outbox.wake();
                return kept.listed(DeliveryState.DELIVERED).size() == 2;
              });
      assertThat(mail.keys()).hasSize(5).containsOnlyOnce("1", "5", "4").doesNotContain("2");
      clock.pass(Duration.ofDays(8));
      kept.store.forget(clock.wall().minus(Duration.ofDays(7)));
      assertThat(kept.listed()).isEmpty();
    }
  }

  @Test
  void aWithdrawalTakesItsPlaceInTheOrder() {
    try (OutboxDatabase kept = open(mail)) {
      kept.add(
          owed("mail", "a", "1"), new Withdrawal("mail", "a", Kind.LATE), owed("mail", "a", "2"));
      assertThat(kept.keys(DeliveryState.WITHDRAWN)).containsExactly("1");
      assertThat(kept.keys(DeliveryState.PENDING)).containsExactly("2");
      kept.started();
      await().until(() -> kept.listed(DeliveryState.DELIVERED).size() == 1);
      assertThat(mail.keys()).containsExactly("2");
    }
  }

  @Test
  void whatIsWithdrawnUnderWayArrivesOrIsSentNoMore() {
    mail.answering(
        delivery ->
            delivery.subject().equals("a") ? new Result.Sent() : ToldChannel.retry("too late"));
    mail.hanging();
    try (OutboxDatabase kept = open(mail).started()) {
      kept.add(owed("mail", "a", "1"), owed("mail", "b", "2"));
      await().until(() -> mail.atOnce() == 2);
      kept.add(new Withdrawal("mail", "a", Kind.LATE), new Withdrawal("mail", "b", Kind.LATE));
      assertThat(kept.keys(DeliveryState.WITHDRAWN)).containsExactly("1", "2");
      mail.release();
      await().until(() -> kept.keys(DeliveryState.DELIVERED).equals(List.of("1")));
      await().until(() -> kept.number("SELECT SUM(attempts) FROM outbox_delivery") == 2);
      DeliveryRow withdrawn = kept.listed(DeliveryState.WITHDRAWN).getFirst();
      assertThat(withdrawn.key()).isEqualTo("2");
      assertThat(withdrawn.lastError()).contains("too late");
      await()
          .until(
              () -> {
                clock.pass(LONGER_THAN_ANY_BACKOFF);
                kept.outbox.wake();
                return kept.number("SELECT COUNT(*) FROM outbox_lane") == 0;
              });
      assertThat(mail.keys()).containsExactlyInAnyOrder("1", "2");
    }
  }

  @Test
  void heedsHowLongAReceiverWantsToBeLeftAlone() {
    mail.answering(_ -> new Result.Retry("busy", Optional.of(Duration.ofMinutes(20)), false));
    try (OutboxDatabase kept = open(mail).started()) {
      kept.add(owed("mail", "a", "1"));
      await().until(() -> kept.listed().getFirst().attempts() == 1);
      assertThat(kept.listed().getFirst().next())
          .contains(clock.wall().plus(Duration.ofMinutes(20)));
    }
  }

  @Test
  void aClockThatIsSetBackPutsNothingOff() {
    mail.answering(_ -> ToldChannel.retry("down"));
    try (OutboxDatabase kept = open(mail).started()) {
      kept.add(owed("mail", "a", "1"));
      await().until(() -> kept.listed().getFirst().attempts() == 1);
      mail.answering(_ -> new Result.Sent());
      clock.leap(Duration.ofDays(-2));
      kept.outbox.wake();
      await().until(() -> kept.listed(DeliveryState.DELIVERED).size() == 1);
    }
  }

  @Test
  void givesUpWhatIsRefusedOrTooOld() {
    mail.answering(
        delivery ->
            delivery.key().equals("1")
                ? new Result.Refused("no such user")
                : ToldChannel.retry("down"));
    try (OutboxDatabase kept = open(mail).started();
        Logged log = new Logged(Sender.class.getName())) {
      kept.add(owed("mail", "a", "1"), owed("mail", "a", "2"));
      await().until(() -> kept.number("SELECT SUM(attempts) FROM outbox_delivery") == 2);
      assertThat(kept.keys(DeliveryState.FAILED)).containsExactly("1");
      assertThat(kept.listed().getLast().lastError()).contains("refused: no such user");
      clock.pass(Sender.PERSISTENCE.plusSeconds(1));
      kept.outbox.wake();
      await().until(() -> kept.keys(DeliveryState.FAILED).equals(List.of("1", "2")));
      assertThat(kept.listed().getFirst().lastError()).contains("given up: down");
      assertThat(kept.metrics())
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
    try (OutboxDatabase kept = open(mail).started()) {
      kept.add(owed("mail", "a", "1"));
      await().until(() -> kept.listed().getFirst().attempts() == 1);
      assertThat(kept.listed().getFirst().lastError())
          .contains("Rollcall failed: IllegalStateException");
      clock.pass(Duration.ofSeconds(2));
      kept.outbox.wake();
      await().until(() -> kept.keys(DeliveryState.DELIVERED).equals(List.of("1")));
    }
  }

  @Test
  void whatIsOwedSurvivesARestart() {
    DatabaseLocation location = engine.fresh(directory);
    mail.answering(_ -> ToldChannel.retry("down"));
    try (OutboxDatabase kept = new OutboxDatabase(location, clock, mail).started()) {
      kept.add(owed("mail", "a", "1"), owed("mail", "a", "2"), owed("mail", "b", "3"));
      await().until(() -> mail.got().size() == 2);
    }
    clock.pass(Duration.ofMinutes(1));
    ToldChannel again = new ToldChannel("mail", "mail.example:25");
    try (OutboxDatabase kept = new OutboxDatabase(location, clock, again).started()) {
      await().until(() -> kept.listed(DeliveryState.DELIVERED).size() == 3);
      assertThat(again.keys()).hasSize(3).containsSubsequence("1", "2").contains("3");
    }
  }

  @Test
  void whatWasUnderWayAtTheEndIsSentAgain() {
    DatabaseLocation location = engine.fresh(directory);
    mail.hanging();
    try (OutboxDatabase kept = new OutboxDatabase(location, clock, mail).started()) {
      kept.add(owed("mail", "a", "1"));
      await().until(() -> mail.atOnce() == 1);
    }
    clock.pass(Duration.ofMinutes(1)); // on PostgreSQL, nobody knows that it has ended
    ToldChannel again = new ToldChannel("mail", "mail.example:25");
    try (OutboxDatabase kept = new OutboxDatabase(location, clock, again).started()) {
      await().until(() -> kept.listed(DeliveryState.DELIVERED).size() == 1);
      assertThat(again.keys()).containsExactly("1");
    }
  }

  @Test
  void forgetsWhatIsDoneAndOld() {
    DatabaseLocation location = engine.fresh(directory);
    mail.answering(
        delivery ->
            delivery.subject().equals("down") ? ToldChannel.retry("down") : new Result.Sent());
    try (OutboxDatabase kept = new OutboxDatabase(location, clock, mail).started()) {
      kept.add(owed("mail", "down", "1"), owed("mail", "a", "2"), owed("mail", "b", "3"));
      await().until(() -> kept.listed(DeliveryState.DELIVERED).size() == 2);
      clock.pass(Duration.ofDays(5));
      kept.add(owed("mail", "c", "4"));
      await().until(() -> kept.keys(DeliveryState.DELIVERED).contains("4"));
      await().until(() -> kept.keys(DeliveryState.FAILED).contains("1"));
      kept.store.forget(clock.wall().minus(Duration.ofDays(2)));
      // The first was owed long ago, and given up just now.
      assertThat(kept.listed()).extracting(DeliveryRow::key).containsExactly("4", "1");
    }
  }

  @Test
  void givesUpWhatIsOwedOnAChannelThatIsGone() {
    DatabaseLocation location = engine.fresh(directory);
    try (OutboxDatabase kept = new OutboxDatabase(location, clock, mail, pager)) {
      kept.add(owed("mail", "a", "1"), owed("pager", "a", "1"));
      clock.pass(Duration.ofDays(4));
      kept.add(owed("mail", "a", "2"));
    }
    try (OutboxDatabase kept = new OutboxDatabase(location, clock, pager)) {
      try (Logged log = new Logged(DeliveryStore.class.getName())) {
        for (int i = 0; i < 2; i++) {
          kept.store.abandon(Set.of("pager"), clock.wall().minus(Sender.PERSISTENCE), clock.wall());
        }
        assertThat(log.lines())
            .containsExactly(
                "1 deliveries on channel mail are given up: it is no longer configured");
      }
      assertThat(kept.listed(DeliveryState.FAILED))
          .singleElement()
          .satisfies(row -> assertThat(row.channel()).isEqualTo("mail"))
          .satisfies(
              row -> assertThat(row.lastError().orElseThrow()).contains("no longer configured"));
      assertThat(kept.number("SELECT COUNT(*) FROM outbox_lane")).isEqualTo(2);
    }
  }

  @Test
  void listsTheNewestFirstAPageAtATime() {
    try (OutboxDatabase kept = open(mail, pager)) {
      for (int i = 1; i <= 10; i++) {
        kept.add(owed(i % 2 == 0 ? "mail" : "pager", "s" + i, "" + i));
      }
      List<String> keys = new ArrayList<>();
      long before = Long.MAX_VALUE;
      while (keys.size() < 10) {
        List<DeliveryRow> page =
            kept.store.list(Scope.everything(), Optional.empty(), Optional.empty(), before, 3);
        page.forEach(row -> keys.add(row.key()));
        before = page.getLast().id();
      }
      assertThat(keys).containsExactly("10", "9", "8", "7", "6", "5", "4", "3", "2", "1");
      assertThat(
              kept.store.list(
                  Scope.everything(), Optional.of("mail"), Optional.empty(), Long.MAX_VALUE, 100))
          .extracting(DeliveryRow::key)
          .containsExactly("10", "8", "6", "4", "2");
      assertThat(
              kept.store.list(
                  Scope.everything(),
                  Optional.of("mail"),
                  Optional.of(DeliveryState.FAILED),
                  Long.MAX_VALUE,
                  100))
          .isEmpty();
    }
  }

  @Test
  void knowsWhoTellsWhat() {
    try (OutboxDatabase kept = open(pager, mail.without(Kind.RECOVERED))) {
      assertThat(kept.outbox.channels(0, Kind.LATE)).containsExactly("mail", "pager");
      assertThat(kept.outbox.channels(0, Kind.RECOVERED)).containsExactly("pager");
      assertThatThrownBy(() -> kept.add(owed("letter", "a", "1")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("there is no channel letter");
    }
  }

  @Test
  void manyAddAndSendAtOnceAndNothingIsForgotten() throws InterruptedException {
    Clock real = Clock.system();
    DatabaseLocation location = engine.fresh(directory);
    try (OutboxDatabase kept = new OutboxDatabase(location, real, mail, pager).started()) {
      List<Thread> callers = new ArrayList<>();
      for (int caller = 0; caller < 16; caller++) {
        int number = caller;
        callers.add(
            Thread.startVirtualThread(
                () -> {
                  for (int i = 0; i < 50; i++) {
                    String key = number + "-" + i;
                    kept.add(
                        owed("pager", "s" + (i + number) % 5, key),
                        new Withdrawal("mail", "s" + (i + 2) % 5, Kind.FAILED),
                        owed("mail", "s" + i % 5, key),
                        new Withdrawal("pager", "s" + i % 5, Kind.FAILED));
                  }
                }));
      }
      for (Thread caller : callers) {
        caller.join();
      }
      await()
          .until(() -> kept.number("SELECT COUNT(*) FROM outbox_delivery WHERE state = 1") == 1600);
      await().until(() -> kept.number("SELECT COUNT(*) FROM outbox_lane") == 0);
      assertThat(mail.keys()).hasSize(800).doesNotHaveDuplicates();
      assertThat(pager.keys()).hasSize(800).doesNotHaveDuplicates();
    }
  }
}
