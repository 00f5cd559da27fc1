package dev.rollcall.server.heartbeat;

import static dev.rollcall.server.heartbeat.HeartbeatDatabase.ping;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.heartbeat.Change.Pause;
import dev.rollcall.server.heartbeat.Change.Removal;
import dev.rollcall.server.heartbeat.Change.Resumption;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.TestDatabases;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Who is found late, and when, in each of the databases.
@ParameterizedClass
@EnumSource
class LookoutTest {
  private final TestDatabases engine;

  @TempDir Path folder;

  private HeartbeatDatabase kept;
  private Lookout lookout;

  LookoutTest(TestDatabases engine) {
    this.engine = engine;
  }

  @BeforeEach
  void openDatabase() {
    kept = new HeartbeatDatabase(engine, folder);
    lookout = settled();
  }

  @AfterEach
  void closeDatabase() {
    kept.close();
  }

  /// One that has been looking for longer than the grace after a start.
  private Lookout settled() {
    Lookout fresh = kept.lookout();
    fresh.round();
    pass(fresh, 61);
    return fresh;
  }

  /// Time passes as it does, with a look each second.
  private void pass(Lookout by, int seconds) {
    for (int i = 0; i < seconds; i++) {
      kept.clock.pass(Duration.ofSeconds(1));
      by.round();
    }
  }

  @Test
  void findsWhoHasNotCalledByItsMoment() {
    kept.apply(ping("job", 10));
    pass(lookout, 9);
    assertThat(kept.told()).isEmpty();
    pass(lookout, 1);
    assertThat(kept.told()).containsExactly("job LATE");
    assertThat(kept.state("job")).isEqualTo(State.LATE);
    assertThat(kept.find("job").moments().lateSince()).contains(kept.clock.wall());
  }

  @Test
  void waitsNoLongerThanUntilTheNextMoment() {
    kept.apply(ping("job", 10));
    kept.clock.pass(Duration.ofMillis(9_950));
    assertThat(lookout.round()).isEqualTo(Duration.ofMillis(51));
  }

  @Test
  void aCallInTimePutsItOff() {
    kept.apply(ping("job", 10));
    pass(lookout, 6);
    kept.apply(ping("job", 10));
    pass(lookout, 9);
    assertThat(kept.told()).isEmpty();
    pass(lookout, 1);
    assertThat(kept.told()).containsExactly("job LATE");
  }

  @Test
  void aShorterFrequencyHoldsAtOnce() {
    kept.apply(ping("job", 3_600));
    kept.apply(ping("job", 2));
    pass(lookout, 2);
    assertThat(kept.told()).containsExactly("job LATE");
  }

  @Test
  void theGraceComesOnTop() {
    kept.apply(
        new Change.Beat(
            "job",
            new Signal.Success(),
            Optional.of(new Terms(new Plan.Every(Duration.ofSeconds(10)), Duration.ofSeconds(5))),
            Optional.empty(),
            Change.Said.NOTHING));
    pass(lookout, 14);
    assertThat(kept.told()).isEmpty();
    pass(lookout, 1);
    assertThat(kept.told()).containsExactly("job LATE");
  }

  @Test
  void tellsAgainEachMinuteWhileItIsSilent() {
    kept.apply(ping("job", 10));
    pass(lookout, 10 + 59);
    assertThat(kept.told()).containsExactly("job LATE");
    pass(lookout, 1);
    assertThat(kept.told()).containsExactly("job STILL_LATE");
    pass(lookout, 60);
    assertThat(kept.told()).containsExactly("job STILL_LATE");
  }

  @Test
  void aCallEndsTheLateness() {
    kept.apply(ping("job", 10));
    pass(lookout, 10);
    kept.told();
    kept.apply(ping("job", 3_600));
    assertThat(kept.told()).containsExactly("job RECOVERED");
    assertThat(kept.find("job").moments().lateSince()).isEmpty();
    pass(lookout, 300);
    assertThat(kept.told()).isEmpty();
  }

  @Test
  void nobodyIsToldOfWhatIsRemovedOrPaused() {
    kept.apply(ping("removed", 10));
    kept.apply(ping("paused", 10));
    kept.apply(ping("late and paused", 1));
    pass(lookout, 1);
    assertThat(kept.told()).containsExactly("late and paused LATE");
    kept.apply(new Removal("removed"));
    kept.apply(new Pause("paused"));
    kept.apply(new Pause("late and paused"));
    assertThat(kept.told()).containsExactly("late and paused DISMISSED");
    pass(lookout, 100);
    assertThat(kept.told()).isEmpty();
  }

  @Test
  void findsManyAtOnce() {
    int many = 2 * Lateness.AT_ONCE + 10;
    kept.commits.writeAll(
        kept.changes,
        IntStream.range(0, many).<Change>mapToObj(i -> ping("job " + i, 10)).toList());
    pass(lookout, 10);
    assertThat(kept.told()).hasSize(many);
    assertThat(kept.store.counts()).containsEntry(State.LATE, (long) many);
  }

  @Test
  void whatPassedWhileRollcallWasDownGetsAGrace() {
    kept.apply(ping("missed meanwhile", 30));
    kept.apply(ping("ahead", 130));
    kept.clock.pass(Duration.ofSeconds(100)); // nobody looks
    Lookout restarted = kept.lookout();
    restarted.round();
    pass(restarted, 29);
    assertThat(kept.told()).isEmpty();
    pass(restarted, 1);
    assertThat(kept.told()).containsExactly("ahead LATE");
    pass(restarted, 29);
    assertThat(kept.told()).isEmpty();
    pass(restarted, 1);
    assertThat(kept.told()).containsExactly("missed meanwhile LATE");
  }

  @Test
  void theGraceAfterAStartAccusesNobodyWhoCallsInIt() {
    kept.apply(ping("job", 30));
    kept.clock.pass(Duration.ofSeconds(100));
    Lookout restarted = kept.lookout();
    restarted.round();
    pass(restarted, 50);
    kept.apply(ping("job", 30));
    pass(restarted, 29);
    assertThat(kept.told()).isEmpty();
    pass(restarted, 1);
    assertThat(kept.told()).containsExactly("job LATE");
  }

  /// What was to be looked at meanwhile, as its row had not been moved, had not missed its moment.
  @Test
  void aMomentThatLiesAheadOfAStartIsFoundInTime() {
    kept.apply(ping("job", 30));
    pass(lookout, 20);
    kept.apply(ping("job", 30)); // the row says 30, the moment is 50
    kept.clock.pass(Duration.ofSeconds(15));
    Lookout restarted = kept.lookout();
    restarted.round();
    pass(restarted, 14);
    assertThat(kept.told()).isEmpty();
    pass(restarted, 1);
    assertThat(kept.told()).containsExactly("job LATE");
  }

  @Test
  void aServerThatStartsAgainAndAgainDoesNotExcuseForEver() {
    kept.apply(ping("job", 30));
    kept.clock.pass(Duration.ofSeconds(100));
    for (int start = 0; start < 3; start++) {
      Lookout restarted = kept.lookout();
      restarted.round();
      pass(restarted, 25); // of which it will remember the last 5 s
      kept.clock.pass(Duration.ofSeconds(5));
    }
    assertThat(kept.told()).containsExactly("job LATE");
  }

  @Test
  void aClockThatLeapsAccusesNobodyBeforeTheGrace() {
    kept.apply(ping("job", 30));
    kept.clock.leap(Duration.ofHours(1));
    lookout.round();
    pass(lookout, 59);
    assertThat(kept.told()).isEmpty();
    pass(lookout, 1);
    assertThat(kept.told()).containsExactly("job LATE");
  }

  /// Jobs called in vain.
  @Test
  void aTimeInWhichNobodyLookedAccusesNobodyBeforeTheGrace() {
    kept.apply(ping("job", 30));
    kept.apply(ping("ahead", 120));
    kept.clock.pass(Duration.ofSeconds(100));
    lookout.round();
    pass(lookout, 19);
    assertThat(kept.told()).isEmpty();
    pass(lookout, 1);
    assertThat(kept.told()).containsExactly("ahead LATE");
    pass(lookout, 39);
    assertThat(kept.told()).isEmpty();
    pass(lookout, 1);
    assertThat(kept.told()).containsExactly("job LATE");
  }

  @Test
  void aTimeInWhichTheDatabaseWasAwayAccusesNobodyBeforeTheGrace() {
    AtomicBoolean away = new AtomicBoolean();
    GroupCommit closed = new GroupCommit(kept.database);
    closed.close();
    Lookout through =
        kept.lookout(
            () -> {
              if (away.get()) {
                closed.write(kept.changes, new Removal("job"));
              }
            });
    kept.apply(ping("job", 70));
    pass(through, 65);
    away.set(true);
    pass(through, 10);
    away.set(false);
    pass(through, 59); // it counts as away from the sixth second on
    assertThat(kept.told()).isEmpty();
    pass(through, 1);
    assertThat(kept.told()).containsExactly("job LATE");
  }

  @Test
  void aClockThatIsSetBackDoesNotPutLatenessOff() {
    kept.apply(ping("job", 30));
    kept.clock.leap(Duration.ofHours(-1));
    lookout.round();
    pass(lookout, 29);
    assertThat(kept.told()).isEmpty();
    pass(lookout, 1);
    assertThat(kept.told()).containsExactly("job LATE");
  }

  @Test
  void aClockThatIsSetBackDoesNotPutASchedulesLatenessOff() {
    Terms hourly = new Terms(Plan.Calendar.of("0 * * * *", ZoneOffset.UTC), Duration.ZERO);
    kept.apply(
        new Change.Beat(
            "job",
            new Signal.Success(),
            Optional.of(hourly),
            Optional.empty(),
            Change.Said.NOTHING));
    assertThat(kept.find("job").moments().next()).isEqualTo("2026-11-20T13:00:00Z");
    kept.clock.leap(Duration.ofHours(-3));
    lookout.round();
    assertThat(kept.find("job").moments().last()).contains(kept.clock.wall());
    assertThat(kept.find("job").moments().next()).isEqualTo("2026-11-20T10:00:00Z");
    kept.clock.leap(Duration.between(kept.clock.wall(), Instant.parse("2026-11-20T09:58:30Z")));
    pass(lookout, 89);
    assertThat(kept.told()).isEmpty();
    pass(lookout, 1);
    assertThat(kept.told()).containsExactly("job LATE");
  }

  @Test
  void aClockThatIsSetBackDoesNotPutOffWhoWasResumed() {
    kept.apply(ping("job", 30));
    kept.apply(new Pause("job"));
    Instant last = kept.clock.wall();
    pass(lookout, 100);
    kept.apply(new Resumption("job"));
    kept.clock.leap(Duration.ofSeconds(-90));
    lookout.round();
    assertThat(kept.find("job").moments().last()).contains(last);
    pass(lookout, 29);
    assertThat(kept.told()).isEmpty();
    pass(lookout, 1);
    assertThat(kept.told()).containsExactly("job LATE");
  }

  @Test
  void aClockThatIsSetBackLeavesTheLastCallOfALateOneWhereItWas() {
    kept.apply(ping("job", 30));
    Instant last = kept.clock.wall();
    pass(lookout, 300);
    kept.told();
    kept.clock.leap(Duration.ofMinutes(-2));
    lookout.round();
    assertThat(kept.told()).containsExactly("job STILL_LATE");
    assertThat(kept.find("job").moments().last()).contains(last);
    pass(lookout, 60);
    assertThat(kept.told()).containsExactly("job STILL_LATE");
  }
}
