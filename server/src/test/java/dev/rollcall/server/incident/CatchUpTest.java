package dev.rollcall.server.incident;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.outbox.Delivery;
import dev.rollcall.server.outbox.Notification.Kind;
import dev.rollcall.server.signal.Signal;
import dev.rollcall.server.signal.Signals;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.TestDatabases;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Who is told of what, and when, while what was found is still to be written.
@ParameterizedClass
@EnumSource
class CatchUpTest extends IncidentTests {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Map<Subject.Type, Duration> lags = new EnumMap<>(Subject.Type.class);

  CatchUpTest(TestDatabases engine) {
    super(engine);
  }

  @BeforeEach
  void ask() {
    catchUp.ask(type -> lags.getOrDefault(type, Duration.ZERO));
    use(all(chat), all(pager.keepingIncidents()));
  }

  /// The database was away for a minute.
  private void servicesAreBehind() {
    lags.put(Subject.Type.SERVICE, Duration.ofMinutes(1));
  }

  private static List<String> told(List<Delivery> got) {
    return got.stream().map(one -> one.message().name() + " " + one.kind()).toList();
  }

  @Test
  void whatIsOverWhenAllIsWrittenIsToldOnceAsOver() {
    servicesAreBehind();
    Instant began = clock.wall().minusSeconds(50);
    signal(subject("a"), "up", "down", began);
    signal(subject("b"), "up", "down", began);
    notifier.round();
    pass(SECOND.multipliedBy(3));
    signal(subject("a"), "down", "up", began.plusSeconds(20));
    pass(SECOND);
    got(chat, 0);
    got(pager, 0);
    lags.clear();
    pass(SECOND);
    assertThat(got(chat, 1).getFirst().message().name()).isEqualTo("2 incidents: 1 down, 1 over");
    assertThat(told(got(pager, 2))).containsExactlyInAnyOrder("a RECOVERED", "b DOWN");
  }

  @Test
  void whatIsWrongIsToldAtOnceIfNothingWaitsOrOnlyForMoments() {
    lags.put(Subject.Type.SERVICE, Duration.ofMillis(1_900));
    lags.put(Subject.Type.HEARTBEAT, Duration.ofMinutes(1));
    down("a");
    openByHand("checkout is slow", ",\"told\":true");
    signal(new Subject(Subject.Type.HEARTBEAT, 1, 0, "job"), "up", "late", clock.wall());
    notifier.round();
    assertThat(told(got(pager, 2))).containsExactlyInAnyOrder("a DOWN", "checkout is slow MANUAL");
    lags.clear();
    pass(SECOND);
    assertThat(told(got(pager, 3))).endsWith("job LATE");
  }

  /// A message begins the time in which what else there is to say is gathered.
  @Test
  void theFirstMessageAfterAnOutageSaysAll() {
    Subject job = new Subject(Subject.Type.HEARTBEAT, 1, 0, "job");
    signal(job, "up", "late", clock.wall());
    notifier.round();
    got(chat, 1);
    pass(TOGETHER.multipliedBy(2));
    servicesAreBehind();
    down("a");
    signal(job, "late", "up", clock.wall());
    notifier.round();
    assertThat(told(got(pager, 2))).endsWith("job RECOVERED");
    got(chat, 1);
    lags.clear();
    pass(SECOND);
    assertThat(got(chat, 2).getLast().message().name()).isEqualTo("2 incidents: 1 down, 1 over");
  }

  /// It may be over already, as another process knows that came back a moment later.
  @Test
  void whatOtherProcessesStillHaveToWriteIsWaitedForAfterAnOutage() {
    othersBehind = true; // one has started
    down("a");
    notifier.round();
    got(pager, 1);
    servicesAreBehind();
    down("b");
    notifier.round();
    lags.clear();
    pass(SECOND);
    pass(SECOND.multipliedBy(5));
    got(pager, 1);
    othersBehind = false;
    pass(SECOND);
    got(pager, 2);
  }

  @Test
  void nothingWaitsForMoreThanHalfAMinuteInWhichTheDatabaseTakesWrites() {
    servicesAreBehind();
    down("a");
    for (int i = 0; i < 60; i++) {
      assertThat(catchUp.look(false)).contains(Subject.Type.SERVICE); // commits wait
      clock.pass(SECOND);
    }
    for (int i = 0; i < 29; i++) {
      notifier.round();
      clock.pass(SECOND);
    }
    got(pager, 0);
    pass(SECOND);
    got(pager, 1);
    down("b");
    pass(SECOND);
    got(pager, 2);
    lags.clear();
    pass(SECOND);
    servicesAreBehind(); // once more
    down("c");
    pass(SECOND);
    got(pager, 2);
  }

  @Test
  void whatHasASignalThatNobodyHasConsumedIsNotToldBefore() {
    Signals signals = new Signals(database, commits, incidents);
    open.add(signals);
    Batch<Signal, Integer> writing =
        (tx, all) -> {
          signals.write(tx, all);
          return all.stream().map(_ -> 0).toList();
        };
    down("a", "b");
    Instant now = clock.wall();
    commits.write(writing, new Signal(subject("a"), "down", "up", Optional.empty(), now, now, now));
    notifier.round();
    assertThat(told(got(pager, 1))).containsExactly("b DOWN");
    assertThat(got(chat, 1).getFirst().kind()).isEqualTo(Kind.DOWN);
    signals.start();
    await().until(() -> openIncidents().equals(List.of("b")));
    pass(TOGETHER);
    assertThat(told(got(pager, 2))).endsWith("a RECOVERED");
    assertThat(told(got(chat, 2))).endsWith("a RECOVERED");
  }
}
