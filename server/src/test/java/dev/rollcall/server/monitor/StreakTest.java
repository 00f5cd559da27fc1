package dev.rollcall.server.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probe.Probe;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.Signal;
import dev.rollcall.server.sql.TestDatabases;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StreakTest {
  private static final Instant BEGUN = Instant.ofEpochSecond(1_700_000_000);

  private static Observation observation(char found, Instant at) {
    return switch (found) {
      case 'u' -> MonitorDatabase.up(at, 5);
      case 'd' -> MonitorDatabase.down(at, 5);
      default -> MonitorDatabase.unknown(at);
    };
  }

  /// Observations a minute apart (`u`p, `d`own, `?`), and what stands after each: the confirmed
  /// state, and how many observations contradict it.
  @ParameterizedTest(name = "{0} down, {1} up to confirm: {2}")
  @CsvSource({
    "2, 1, u,      u0",
    "2, 1, uu,     u0 u0",
    "2, 1, ud,     u0 u1",
    "2, 1, udd,    u0 u1 d0",
    "2, 1, udud,   u0 u1 u0 u1",
    "2, 1, ud?d,   u0 u1 u1 d0",
    "2, 1, ud?u,   u0 u1 u1 u0",
    "2, 1, uddu,   u0 u1 d0 u0",
    "2, 1, udd?u,  u0 u1 d0 d0 u0",
    "2, 1, d,      -1",
    "2, 1, dd,     -1 d0",
    "2, 1, du,     -1 u0",
    "2, 1, ?,      -0",
    "1, 1, ud,     u0 d0",
    "1, 1, d,      d0",
    "3, 2, udddu,  u0 u1 u2 d0 d1",
    "3, 2, udduddd,u0 u1 u2 u0 u1 u2 d0",
    "1, 2, uduu,   u0 d0 d1 u0",
    "1, 2, udud,   u0 d0 d1 d0",
  })
  void confirmsWhatIsFoundOftenEnoughInARow(int down, int up, String found, String stands) {
    Confirmation wanted = new Confirmation(down, up, Duration.ofSeconds(10));
    Streak streak = Streak.NONE;
    List<String> after = new ArrayList<>();
    for (int i = 0; i < found.length(); i++) {
      streak = streak.after(observation(found.charAt(i), BEGUN.plusSeconds(60L * i)), wanted);
      String confirmed = streak.confirmed().map(state -> state.word().substring(0, 1)).orElse("-");
      after.add(confirmed + streak.against());
    }
    assertThat(String.join(" ", after)).isEqualTo(stands);
  }

  @Test
  void knowsWhenTheFirstObservationAgainstItWas() {
    Streak streak = Streak.NONE.after(observation('u', BEGUN), Confirmation.DEFAULT);
    assertThat(streak.since()).isEmpty();
    Instant first = BEGUN.plusSeconds(60);
    Confirmation three = new Confirmation(3, 1, Duration.ofSeconds(10));
    streak = streak.after(observation('d', first), three);
    streak = streak.after(observation('d', first.plusSeconds(60)), three);
    assertThat(streak.since()).contains(first);
  }

  @ParameterizedTest
  @CsvSource({"60, 10", "11, 10", "5, -1", "10, -1"})
  void checksAgainSoonWhatHasToBeConfirmed(int interval, int repeat) {
    ScheduledCheck check = check(Duration.ofSeconds(interval));
    // In the moment at which a check of this phase is due, the next one is an interval away.
    Instant now = CheckPhase.next(1, check.interval(), BEGUN);
    RunState state =
        new RunState(
            new RunState.Known(
                check,
                Optional.of(Event.Kind.UPTIME),
                Optional.empty(),
                new Streak(Optional.of(State.UP), 0, Optional.empty())));
    state.begin(1);
    Outcome first = state.end(observation('d', now), now);
    Instant regular = CheckPhase.next(1, check.interval(), now);
    assertThat(first.repeat())
        .isEqualTo(repeat < 0 ? Optional.empty() : Optional.of(now.plusSeconds(repeat)));
    assertThat(state.nextDue()).isEqualTo(repeat < 0 ? regular : now.plusSeconds(repeat));

    state.begin(2);
    Outcome second = state.end(observation('d', now.plusSeconds(10)), now.plusSeconds(10));
    assertThat(second.repeat()).isEmpty();
    assertThat(second.newStreak())
        .contains(new Streak(Optional.of(State.DOWN), 0, Optional.empty()));
  }

  private static ScheduledCheck check(Duration interval) {
    return new ScheduledCheck(
        1,
        Scope.OPERATOR,
        "one",
        URI.create("http://one.example"),
        interval,
        Duration.ofSeconds(1),
        1,
        ReferencedSecrets.NOTHING,
        Probe.of("one", _ -> {}));
  }

  @ParameterizedTest
  @EnumSource
  void aConfirmedChangeIsASignalOnce(TestDatabases engine, @TempDir Path folder) {
    try (MonitorDatabase kept = new MonitorDatabase(engine, folder)) {
      long service = kept.service("shop");
      Instant at = kept.clock.wall();
      assertThat(written(kept, service, 'u', at, streak(State.UP, 0))).isEmpty();
      Instant first = at.plusSeconds(15);
      assertThat(
              written(
                  kept,
                  service,
                  'd',
                  first,
                  new Streak(Optional.of(State.UP), 1, Optional.of(first))))
          .isEmpty();
      Instant second = at.plusSeconds(25);
      List<Signal> down = written(kept, service, 'd', second, streak(State.DOWN, 0));
      assertThat(down).hasSize(1);
      assertThat(down.getFirst().subject().name()).isEqualTo("shop");
      assertThat(down.getFirst().subject().id()).isEqualTo(service);
      assertThat(down.getFirst().from()).isEqualTo("up");
      assertThat(down.getFirst().to()).isEqualTo("down");
      assertThat(down.getFirst().cause()).contains("status 500");
      assertThat(down.getFirst().began()).isEqualTo(first);
      assertThat(down.getFirst().lastHeard()).isEqualTo(second);
      // As a process that has lost what it knew, and finds the same again.
      assertThat(written(kept, service, 'd', second.plusSeconds(10), streak(State.DOWN, 0)))
          .isEmpty();
      assertThat(written(kept, service, 'u', second.plusSeconds(20), streak(State.UP, 0)))
          .singleElement()
          .satisfies(
              up -> {
                assertThat(up.from()).isEqualTo("down");
                assertThat(up.to()).isEqualTo("up");
                assertThat(up.cause()).isEmpty();
              });
      assertThat(kept.services.scheduled(Set.of(service)).getFirst().streak())
          .isEqualTo(streak(State.UP, 0));
    }
  }

  private static Streak streak(State confirmed, int against) {
    return new Streak(Optional.of(confirmed), against, Optional.empty());
  }

  private static List<Signal> written(
      MonitorDatabase kept, long service, char found, Instant at, Streak streak) {
    Outcome outcome =
        new Outcome(
            service,
            1,
            observation(found, at),
            new Evaluator.Transition.Stays(),
            false,
            Optional.empty(),
            Optional.of(streak),
            Optional.empty());
    List<Signal> signals = new ArrayList<>();
    kept.commits.write(
        (tx, outcomes) -> {
          signals.addAll(StreakStore.write(tx, outcomes, at));
          return outcomes.stream().map(_ -> true).toList();
        },
        outcome);
    return signals;
  }
}
