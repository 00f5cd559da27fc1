package dev.rollcall.server.monitor.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probe.Probe;
import dev.rollcall.server.monitor.MonitorDatabase;
import dev.rollcall.server.monitor.check.Certificate;
import dev.rollcall.server.monitor.check.Evaluator;
import dev.rollcall.server.monitor.check.Event;
import dev.rollcall.server.monitor.check.Observation;
import dev.rollcall.server.monitor.check.Outcome;
import dev.rollcall.server.monitor.check.ScheduledCheck;
import dev.rollcall.server.monitor.check.State;
import dev.rollcall.server.monitor.check.Streak;
import dev.rollcall.server.monitor.definition.Confirmation;
import dev.rollcall.server.monitor.definition.ReferencedSecrets;
import dev.rollcall.server.monitor.definition.WarningLimits;
import dev.rollcall.server.monitor.store.ServiceStore;
import dev.rollcall.server.owner.Scope;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.JsonNodeFactory;

class RunStateTest {
  private static final Instant BEGUN = Instant.ofEpochSecond(1_700_000_000);

  @ParameterizedTest
  @CsvSource({"60, 10", "11, 10", "5, -1", "10, -1"})
  void checksAgainSoonWhatHasToBeConfirmed(int interval, int repeat) {
    ScheduledCheck check = check(Duration.ofSeconds(interval));
    // In the moment at which a check of this phase is due, the next one is an interval away.
    Instant now = CheckPhase.next(1, check.interval(), BEGUN);
    RunState state =
        new RunState(
            check,
            known(Optional.empty(), new Streak(Optional.of(State.UP), 0, 0, Optional.empty())),
            BEGUN);
    state.begin(1);
    Outcome first = end(state, MonitorDatabase.down(now, 5), now);
    Instant regular = CheckPhase.next(1, check.interval(), now);
    assertThat(first.repeat())
        .isEqualTo(repeat < 0 ? Optional.empty() : Optional.of(now.plusSeconds(repeat)));
    assertThat(state.nextDue()).isEqualTo(repeat < 0 ? regular : now.plusSeconds(repeat));

    state.begin(2);
    Outcome second = end(state, MonitorDatabase.down(now.plusSeconds(10), 5), now.plusSeconds(10));
    assertThat(second.repeat()).isEmpty();
    assertThat(second.newStreak())
        .contains(new Streak(Optional.of(State.DOWN), 0, 0, Optional.empty()));
  }

  /// The database knows what it was before: whoever believes that nothing is confirmed would end no
  /// incident.
  @Test
  void statesAllThatIsKnownAfterALoss() {
    Instant now = BEGUN;
    Streak down = new Streak(Optional.of(State.DOWN), 0, 0, Optional.empty());
    RunState state =
        new RunState(check(Duration.ofSeconds(15)), known(Optional.empty(), down), BEGUN);
    state.begin(1);
    state.outcomeLost();
    Outcome unknown = end(state, MonitorDatabase.unknown(now), now);
    assertThat(unknown.newStreak()).isEmpty();
    state.begin(2);
    Outcome all = end(state, MonitorDatabase.down(now.plusSeconds(15), 5), now.plusSeconds(15));
    assertThat(all.newStreak()).contains(down);
    assertThat(all.transition()).isInstanceOf(Evaluator.Transition.Begins.class);
    assertThat(all.newCertificate()).contains(Certificate.NONE);
    state.begin(3);
    Outcome calm = end(state, MonitorDatabase.down(now.plusSeconds(30), 5), now.plusSeconds(30));
    assertThat(calm.newStreak()).isEmpty();
    assertThat(calm.transition()).isInstanceOf(Evaluator.Transition.Stays.class);
    assertThat(calm.newCertificate()).isEmpty();
  }

  @Test
  void knowsWhatTheDatabaseDoesNotKnowYet() {
    Instant now = BEGUN;
    ServiceStore.Scheduled up =
        known(Optional.empty(), new Streak(Optional.of(State.UP), 0, 0, Optional.empty()));
    RunState state =
        new RunState(
            check(Duration.ofHours(1), new Confirmation(1, 1, Duration.ofSeconds(10))), up, BEGUN);
    state.begin(1);
    assertThat(end(state, MonitorDatabase.unknown(now), now).newStreak()).isEmpty();
    assertThat(state.differs(up, Instant.MAX)).isFalse();
    state.begin(2);
    assertThat(end(state, MonitorDatabase.down(now, 5), now).newStreak()).isPresent();
    assertThat(state.differs(up, now)).as("it may be on its way").isFalse();
    assertThat(state.differs(up, now.plusMillis(1))).isTrue();
    assertThat(state.hasChanged(now.minusMillis(1), now.plusMillis(1))).isTrue();
    assertThat(state.hasChanged(now, Instant.MAX)).isFalse();
    state.outcomeLost();
    assertThat(state.differs(up, Instant.MAX)).as("it is known already").isFalse();
  }

  @Test
  void checksAgainSoonWhatIsPerhapsUpAgain() {
    Instant now = BEGUN;
    ScheduledCheck check =
        check(Duration.ofHours(1), new Confirmation(1, 3, Duration.ofSeconds(10)));
    RunState state =
        new RunState(
            check,
            known(Optional.empty(), new Streak(Optional.of(State.DOWN), 0, 0, Optional.empty())),
            BEGUN);
    state.begin(1);
    assertThat(end(state, MonitorDatabase.down(now, 5), now).repeat()).isEmpty();
    for (int ups = 1; ups < 3; ups++) {
      now = now.plusSeconds(10);
      state.begin(1 + ups);
      assertThat(end(state, MonitorDatabase.up(now, 5), now).repeat())
          .contains(now.plusSeconds(10));
    }
    state.begin(4);
    Instant last = now.plusSeconds(10);
    Outcome up = end(state, MonitorDatabase.up(last, 5), last);
    assertThat(up.repeat()).isEmpty();
    assertThat(up.newStreak().flatMap(Streak::confirmed)).contains(State.UP);
  }

  private static Outcome end(RunState state, Observation observation, Instant now) {
    return state.end(state.run(), observation, now).orElseThrow();
  }

  @Test
  void whatACheckFindsThatAnotherProcessHasRepeatedIsDropped() {
    RunState state =
        new RunState(
            check(Duration.ofMinutes(1)),
            known(Optional.empty(), new Streak(Optional.of(State.UP), 0, 0, Optional.empty())),
            BEGUN);
    assertThat(state.begin(1)).isTrue();
    assertThat(state.begin(2)).as("claimed again, and nobody else did").isFalse();
    long first = state.run();
    assertThat(state.begin(4)).as("another process has checked it meanwhile").isTrue();
    assertThat(state.end(first, MonitorDatabase.down(BEGUN, 5), BEGUN)).isEmpty();
    state.abandon(first, BEGUN);
    Outcome second = end(state, MonitorDatabase.down(BEGUN, 5), BEGUN);
    assertThat(second.fence()).isEqualTo(4);
    assertThat(second.newStreak()).as("the first of them").isPresent();
    assertThat(state.end(state.run(), MonitorDatabase.down(BEGUN, 5), BEGUN)).isEmpty();
  }

  private static ServiceStore.Scheduled known(Optional<Instant> last, Streak streak) {
    return new ServiceStore.Scheduled(
        1,
        Scope.OPERATOR,
        JsonNodeFactory.instance.objectNode(),
        1,
        Duration.ofMinutes(1),
        Optional.of(Event.Kind.UPTIME),
        Certificate.NONE,
        last,
        streak);
  }

  /// Down once before, then down at that time: whether that is certain.
  ///
  /// @param started how long before the second observation this process started
  @ParameterizedTest(name = "{1} after the first, started {0} before: {2}")
  @CsvSource({
    "PT1H,   PT10S,  true",
    "PT5S,   PT10S,  false",
    "PT1H,   PT72S,  true",
    "PT1H,   PT73S,  false",
    "PT1H,   PT1H,   false",
    "PT2H,   PT-1H,  false",
    "PT1H,   PT-1S,  true",
  })
  void whatWasObservedBeforeAnAbsenceConfirmsNothing(
      Duration started, Duration after, boolean certain) {
    Instant now = BEGUN.plus(after);
    Streak once = new Streak(Optional.of(State.UP), 1, 1, Optional.of(BEGUN));
    RunState state =
        new RunState(
            check(Duration.ofMinutes(1)), known(Optional.of(BEGUN), once), now.minus(started));
    state.begin(1);
    Outcome unknown = end(state, MonitorDatabase.unknown(now), now);
    assertThat(unknown.newStreak()).isEmpty();
    assertThat(state.nextDue()).as("it is still to be confirmed").isBefore(now.plusSeconds(11));
    state.begin(2);
    Outcome second = end(state, MonitorDatabase.down(now, 5), now);
    assertThat(second.newStreak().flatMap(Streak::confirmed).equals(Optional.of(State.DOWN)))
        .isEqualTo(certain);
    state.begin(3);
    Instant later = now.plusSeconds(10);
    Outcome third = end(state, MonitorDatabase.down(later, 5), later);
    assertThat(third.newStreak().isPresent()).isNotEqualTo(certain);
    if (!certain) {
      assertThat(third.newStreak().orElseThrow().confirmed()).contains(State.DOWN);
    }
  }

  private static ScheduledCheck check(Duration interval) {
    return check(interval, Confirmation.DEFAULT);
  }

  private static ScheduledCheck check(Duration interval, Confirmation confirmation) {
    return new ScheduledCheck(
        1,
        Scope.OPERATOR,
        "one",
        URI.create("http://one.example"),
        interval,
        Duration.ofSeconds(1),
        confirmation,
        WarningLimits.NONE,
        false,
        1,
        ReferencedSecrets.NOTHING,
        Probe.of("one", _ -> {}));
  }
}
