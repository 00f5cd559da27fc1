package dev.rollcall.server.monitor.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probe.Probe;
import dev.rollcall.server.monitor.MonitorDatabase;
import dev.rollcall.server.monitor.check.Certificate;
import dev.rollcall.server.monitor.check.Event;
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
            new ServiceStore.Scheduled(
                1,
                Scope.OPERATOR,
                JsonNodeFactory.instance.objectNode(),
                1,
                check.interval(),
                Optional.of(Event.Kind.UPTIME),
                Certificate.NONE,
                Optional.empty(),
                new Streak(Optional.of(State.UP), 0, 0, Optional.empty())));
    state.begin(1);
    Outcome first = state.end(MonitorDatabase.down(now, 5), now);
    Instant regular = CheckPhase.next(1, check.interval(), now);
    assertThat(first.repeat())
        .isEqualTo(repeat < 0 ? Optional.empty() : Optional.of(now.plusSeconds(repeat)));
    assertThat(state.nextDue()).isEqualTo(repeat < 0 ? regular : now.plusSeconds(repeat));

    state.begin(2);
    Outcome second = state.end(MonitorDatabase.down(now.plusSeconds(10), 5), now.plusSeconds(10));
    assertThat(second.repeat()).isEmpty();
    assertThat(second.newStreak())
        .contains(new Streak(Optional.of(State.DOWN), 0, 0, Optional.empty()));
  }

  private static ScheduledCheck check(Duration interval) {
    return new ScheduledCheck(
        1,
        Scope.OPERATOR,
        "one",
        URI.create("http://one.example"),
        interval,
        Duration.ofSeconds(1),
        Confirmation.DEFAULT,
        WarningLimits.NONE,
        false,
        1,
        ReferencedSecrets.NOTHING,
        Probe.of("one", _ -> {}));
  }
}
