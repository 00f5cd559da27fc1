package dev.rollcall.server.heartbeat.schedule;

import static dev.rollcall.server.heartbeat.store.HeartbeatDatabase.ping;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rollcall.server.heartbeat.definition.Expectation;
import dev.rollcall.server.heartbeat.definition.HeartbeatName;
import dev.rollcall.server.heartbeat.definition.JobSchedule;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange.Pause;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange.Removal;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange.Resumption;
import dev.rollcall.server.heartbeat.ping.PingSignal;
import dev.rollcall.server.heartbeat.ping.State;
import dev.rollcall.server.heartbeat.store.HeartbeatDatabase;
import dev.rollcall.server.heartbeat.store.StateCounts;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.sql.TestDatabases;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
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
class LateDetectorTest {
  private final TestDatabases engine;

  @TempDir Path folder;

  private DetectorDatabase kept;
  private LateDetector lateDetector;

  LateDetectorTest(TestDatabases engine) {
    this.engine = engine;
  }

  @BeforeEach
  void openDatabase() {
    kept = new DetectorDatabase(engine, folder);
    lateDetector = settled();
  }

  @AfterEach
  void closeDatabase() {
    kept.close();
  }

  /// One that has been looking for longer than the grace after a start.
  private LateDetector settled() {
    LateDetector fresh = kept.lateDetector();
    fresh.round();
    pass(fresh, 61);
    return fresh;
  }

  private static HeartbeatChange scheduled(String name, String schedule) {
    return new HeartbeatChange.Ping(
        HeartbeatName.ofOperator(name),
        new PingSignal.Success(),
        Optional.of(
            new Expectation(JobSchedule.Calendar.of(schedule, ZoneOffset.UTC), Duration.ZERO)),
        Optional.empty(),
        HeartbeatChange.Said.NOTHING);
  }

  /// Time passes as it does, with a look each second.
  private void pass(LateDetector by, int seconds) {
    for (int i = 0; i < seconds; i++) {
      kept.clock.pass(Duration.ofSeconds(1));
      round(by);
    }
  }

  /// As its loop does, which survives that the database is away.
  private static void round(LateDetector by) {
    try {
      by.round();
    } catch (StorageException e) {
      assertThat(e.reason()).contains("is being closed");
    }
  }

  @Test
  void findsWhoHasNotCalledByItsMoment() {
    kept.apply(ping("job", 10));
    pass(lateDetector, 9);
    assertThat(kept.told()).isEmpty();
    pass(lateDetector, 1);
    assertThat(kept.told()).containsExactly("job LATE");
    assertThat(kept.state("job")).isEqualTo(State.LATE);
    assertThat(kept.find("job").moments().lateSince()).contains(kept.clock.wall());
  }

  @Test
  void waitsNoLongerThanUntilTheNextMoment() {
    kept.apply(ping("job", 10));
    pass(lateDetector, 9);
    kept.clock.pass(Duration.ofMillis(950));
    assertThat(lateDetector.round()).isEqualTo(Duration.ofMillis(51));
  }

  @Test
  void aCallInTimePutsItOff() {
    kept.apply(ping("job", 10));
    pass(lateDetector, 6);
    kept.apply(ping("job", 10));
    pass(lateDetector, 9);
    assertThat(kept.told()).isEmpty();
    pass(lateDetector, 1);
    assertThat(kept.told()).containsExactly("job LATE");
  }

  @Test
  void aShorterFrequencyHoldsAtOnce() {
    kept.apply(ping("job", 3_600));
    kept.apply(ping("job", 2));
    pass(lateDetector, 2);
    assertThat(kept.told()).containsExactly("job LATE");
  }

  @Test
  void theGraceComesOnTop() {
    kept.apply(
        new HeartbeatChange.Ping(
            HeartbeatName.ofOperator("job"),
            new PingSignal.Success(),
            Optional.of(
                new Expectation(
                    new JobSchedule.Every(Duration.ofSeconds(10)), Duration.ofSeconds(5))),
            Optional.empty(),
            HeartbeatChange.Said.NOTHING));
    pass(lateDetector, 14);
    assertThat(kept.told()).isEmpty();
    pass(lateDetector, 1);
    assertThat(kept.told()).containsExactly("job LATE");
  }

  @Test
  void tellsAgainEachMinuteWhileItIsSilent() {
    kept.apply(ping("job", 10));
    pass(lateDetector, 10 + 59);
    assertThat(kept.told()).containsExactly("job LATE");
    pass(lateDetector, 1);
    assertThat(kept.told()).containsExactly("job STILL_LATE");
    pass(lateDetector, 60);
    assertThat(kept.told()).containsExactly("job STILL_LATE");
  }

  @Test
  void aCallEndsTheLateness() {
    kept.apply(ping("job", 10));
    pass(lateDetector, 10);
    kept.told();
    kept.apply(ping("job", 3_600));
    assertThat(kept.told()).containsExactly("job RECOVERED");
    assertThat(kept.find("job").moments().lateSince()).isEmpty();
    pass(lateDetector, 300);
    assertThat(kept.told()).isEmpty();
  }

  @Test
  void nobodyIsToldOfWhatIsRemovedOrPaused() {
    kept.apply(ping("removed", 10));
    kept.apply(ping("paused", 10));
    kept.apply(ping("late and paused", 1));
    pass(lateDetector, 1);
    assertThat(kept.told()).containsExactly("late and paused LATE");
    kept.apply(new Removal(HeartbeatName.ofOperator("removed")));
    kept.apply(new Pause(HeartbeatName.ofOperator("paused")));
    kept.apply(new Pause(HeartbeatName.ofOperator("late and paused")));
    assertThat(kept.told()).containsExactly("late and paused DISMISSED");
    pass(lateDetector, 100);
    assertThat(kept.told()).isEmpty();
  }

  @Test
  void findsManyAtOnce() {
    int many = 2 * LateHeartbeats.AT_ONCE + 10;
    kept.commits.writeAll(
        kept.writer,
        IntStream.range(0, many).<HeartbeatChange>mapToObj(i -> ping("job " + i, 10)).toList());
    pass(lateDetector, 10);
    assertThat(kept.told()).hasSize(many);
    assertThat(new StateCounts(kept.store, kept.clock).counts(Scope.everything()))
        .containsEntry(State.LATE, (long) many);
  }

  @Test
  void whatPassedWhileRollcallWasDownGetsAGrace() {
    kept.apply(ping("missed meanwhile", 30));
    kept.apply(ping("ahead", 130));
    kept.clock.pass(Duration.ofSeconds(100)); // nobody looks
    LateDetector restarted = kept.lateDetector();
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
    LateDetector restarted = kept.lateDetector();
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
    pass(lateDetector, 20);
    kept.apply(ping("job", 30)); // the row says 30, the moment is 50
    kept.clock.pass(Duration.ofSeconds(15));
    LateDetector restarted = kept.lateDetector();
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
      LateDetector restarted = kept.lateDetector();
      restarted.round();
      pass(restarted, 25); // of which it will remember the last 5 s
      kept.clock.pass(Duration.ofSeconds(5));
    }
    assertThat(kept.told()).containsExactly("job LATE");
  }

  @Test
  void aMachineThatSleptAccusesNobodyBeforeTheGrace() {
    kept.apply(ping("job", 30));
    kept.clock.leap(Duration.ofHours(1));
    kept.slept = Duration.ofHours(1);
    lateDetector.round();
    pass(lateDetector, 59);
    assertThat(kept.told()).isEmpty();
    pass(lateDetector, 1);
    assertThat(kept.told()).containsExactly("job LATE");
  }

  /// No time has passed.
  @Test
  void aClockThatIsSetOnLeavesAsMuchTimeAsThereWas() {
    kept.apply(ping("job", 160));
    pass(lateDetector, 100);
    kept.clock.leap(Duration.ofHours(1));
    lateDetector.round();
    pass(lateDetector, 59);
    assertThat(kept.told()).isEmpty();
    pass(lateDetector, 1);
    assertThat(kept.told()).containsExactly("job LATE");
  }

  @Test
  void aMomentOfAScheduleThatAClockLeapsOverIsNotMissed() {
    kept.apply(scheduled("job", "30 12 * * *"));
    assertThat(kept.find("job").moments().next()).isEqualTo("2026-11-20T12:30:00Z");
    kept.clock.leap(Duration.ofHours(1));
    lateDetector.round();
    assertThat(kept.find("job").moments().next()).isEqualTo("2026-11-21T12:30:00Z");
    pass(lateDetector, 100);
    assertThat(kept.told()).isEmpty();
  }

  /// It was an hour behind: the job has called at its moment, and was waited for again.
  @Test
  void aClockThatWasBehindTakesBackWhatItMadeLate() {
    kept.clock.leap(Duration.between(kept.clock.wall(), Instant.parse("2026-11-20T12:00:50Z")));
    kept.apply(scheduled("job", "2 12 * * *")); // at 13:00:50 in truth
    lateDetector.round();
    pass(lateDetector, 70);
    assertThat(kept.told()).containsExactly("job LATE");
    kept.clock.leap(Duration.ofHours(1));
    lateDetector.round();
    assertThat(kept.told()).containsExactly("job RECOVERED");
    assertThat(kept.state("job")).isEqualTo(State.UP);
    assertThat(kept.find("job").moments().next()).isEqualTo("2026-11-21T12:02:00Z");
  }

  /// Jobs called in vain.
  @Test
  void aTimeInWhichNobodyLookedAccusesNobodyBeforeTheGrace() {
    kept.apply(ping("job", 30));
    kept.apply(ping("ahead", 120));
    kept.clock.pass(Duration.ofSeconds(100));
    lateDetector.round();
    pass(lateDetector, 19);
    assertThat(kept.told()).isEmpty();
    pass(lateDetector, 1);
    assertThat(kept.told()).containsExactly("ahead LATE");
    pass(lateDetector, 39);
    assertThat(kept.told()).isEmpty();
    pass(lateDetector, 1);
    assertThat(kept.told()).containsExactly("job LATE");
  }

  @Test
  void aTimeInWhichTheDatabaseWasAwayAccusesNobodyBeforeTheGrace() {
    AtomicBoolean away = new AtomicBoolean();
    GroupCommit closed = new GroupCommit(kept.database);
    closed.close();
    LateDetector through =
        kept.lookout(
            () -> {
              if (away.get()) {
                closed.write(kept.writer, new Removal(HeartbeatName.ofOperator("job")));
              }
            });
    kept.apply(ping("job", 70));
    pass(through, 69);
    away.set(true);
    for (int i = 0; i < 3; i++) { // it fails again after five seconds, and has been away then
      pass(through, 5);
    }
    away.set(false);
    pass(through, 50); // it last failed nine seconds ago
    assertThat(kept.told()).isEmpty();
    pass(through, 1);
    assertThat(kept.told()).containsExactly("job LATE");
  }

  /// What is told runs inside of the look: time passes there.
  @Test
  void timeThatPassesInsideOfALookIsAnAbsence() {
    AtomicBoolean hangs = new AtomicBoolean();
    LateDetector through =
        kept.lookout(
            () -> {
              if (hangs.getAndSet(false)) {
                kept.clock.pass(Duration.ofSeconds(25));
              }
            });
    pass(through, 61);
    kept.apply(ping("silent", 10));
    kept.apply(ping("called in vain", 20));
    hangs.set(true);
    pass(through, 10);
    assertThat(kept.told()).containsExactly("silent LATE"); // before it hung
    pass(through, 59);
    assertThat(kept.told()).doesNotContain("called in vain LATE");
    pass(through, 1);
    assertThat(kept.told()).containsExactly("called in vain LATE");
  }

  @Test
  void aLookThatWaitsForTheWriterAccusesNobody() {
    kept.apply(ping("job", 10));
    kept.clock.pass(Duration.ofSeconds(10));
    Instant now = kept.clock.wall();
    Duration asked = kept.clock.monotonic();
    kept.clock.pass(LostCalls.LONG);
    assertThat(kept.lateHeartbeats().look(Instant.EPOCH, now, now, asked))
        .isEqualTo(LateHeartbeats.HELD_UP);
    assertThat(kept.told()).isEmpty();
  }

  @Test
  void aCallThatCouldNotBeNotedAccusesNobodyBeforeTheGrace() {
    kept.apply(ping("job", 10));
    pass(lateDetector, 4);
    for (int i = 0; i < 8; i++) {
      assertThatExceptionOfType(StorageException.class)
          .isThrownBy(() -> kept.unheard.note(kept::fails, ping("job", 10)));
      pass(lateDetector, 1);
    }
    pass(lateDetector, 58);
    assertThat(kept.told()).isEmpty();
    pass(lateDetector, 1);
    assertThat(kept.told()).containsExactly("job LATE");
  }

  /// A short one is settled soon.
  @Test
  void oneCallThatCouldNotBeNotedAccusesNobodyForFiveSeconds() {
    kept.apply(ping("job", 10));
    pass(lateDetector, 9);
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> kept.unheard.note(kept::fails, ping("job", 10)));
    pass(lateDetector, 4);
    assertThat(kept.told()).isEmpty();
    pass(lateDetector, 1);
    assertThat(kept.told()).containsExactly("job LATE");
  }

  @Test
  void aCallThatWaitsToBeNotedAccusesNobody() throws InterruptedException {
    kept.apply(ping("job", 10));
    CountDownLatch came = new CountDownLatch(1);
    CountDownLatch goes = new CountDownLatch(1);
    Thread call =
        Thread.startVirtualThread(
            () ->
                kept.unheard.note(
                    change -> {
                      came.countDown();
                      DetectorDatabase.await(goes);
                      return kept.apply(change);
                    },
                    ping("job", 3_600)));
    DetectorDatabase.await(came);
    pass(lateDetector, 30);
    assertThat(kept.told()).isEmpty();
    goes.countDown();
    call.join();
    pass(lateDetector, 300);
    assertThat(kept.told()).isEmpty();
  }

  @Test
  void callsThatWereTurnedAwayAccuseNobody() {
    kept.apply(ping("job", 10));
    pass(lateDetector, 1);
    turnAway(8);
    pass(lateDetector, 59);
    assertThat(kept.told()).isEmpty();
    pass(lateDetector, 1);
    assertThat(kept.told()).containsExactly("job LATE");
  }

  private void turnAway(int seconds) {
    for (int i = 0; i < seconds; i++) {
      kept.turnedAway.incrementAndGet();
      pass(lateDetector, 1);
    }
  }

  @Test
  void aServerThatIsKeptFullFindsWhoIsLateAllTheSame() {
    kept.apply(ping("job", 10));
    turnAway(5 * 60);
    assertThat(kept.told()).isEmpty();
    assertThat(kept.unheard.rejected().problem())
        .hasValueSatisfying(text -> assertThat(text).contains("for 5 min now: none becomes late"));
    turnAway(59);
    assertThat(kept.told()).isEmpty();
    turnAway(1 + 5);
    assertThat(kept.told()).containsExactly("job LATE");
    assertThat(kept.unheard.rejected().problem())
        .hasValueSatisfying(text -> assertThat(text).contains("silent ones become late again"));
  }

  /// Else whoever lets go for a moment every five minutes would silence it as well.
  @Test
  void aServerThatIsKeptFullWithBreaksFindsWhoIsLate() {
    turnAway(5 * 60 + 10);
    pass(lateDetector, 9 * 60);
    assertThat(kept.unheard.rejected().problem()).isEmpty();
    kept.apply(ping("job", 10));
    turnAway(10);
    assertThat(kept.told()).containsExactly("job LATE");
  }

  @Test
  void aServerThatWasCalmIsExcusedAgain() {
    turnAway(5 * 60 + 10);
    pass(lateDetector, 10 * 60);
    kept.apply(ping("job", 10));
    turnAway(10);
    assertThat(kept.told()).isEmpty();
  }

  /// As where one process takes calls and another looks.
  private LateDetector apart(PingReceivers seen, PingReceivers other) {
    LateDetector runner = kept.lookout(() -> {}, seen);
    runner.round();
    passApart(runner, other, 70);
    return runner;
  }

  private void passApart(LateDetector runner, PingReceivers other, int seconds) {
    for (int i = 0; i < seconds; i++) {
      other.count();
      pass(runner, 1);
    }
  }

  @Test
  void whoIsLateIsFoundWhereAnotherProcessTakesTheCalls() {
    PingReceivers other = kept.receivers();
    LateDetector runner = apart(kept.receivers(), other);
    kept.apply(ping("job", 10));
    passApart(runner, other, 9);
    assertThat(kept.told()).isEmpty();
    passApart(runner, other, 3);
    assertThat(kept.told()).containsExactly("job LATE");
  }

  @Test
  void aProcessThatTakesCallsAndStandsStillAccusesNobody() {
    PingReceivers other = kept.receivers();
    LateDetector runner = apart(kept.receivers(), other);
    kept.apply(ping("job", 2));
    pass(runner, 600); // nobody else takes calls
    assertThat(kept.told()).isEmpty();
    passApart(runner, other, 58);
    assertThat(kept.told()).isEmpty();
    passApart(runner, other, 8);
    assertThat(kept.told()).containsExactly("job LATE");
  }

  @Test
  void aProcessThatFallsSilentAmongOthersExcusesForFiveMinutes() {
    PingReceivers other = kept.receivers();
    PingReceivers third = kept.receivers();
    LateDetector runner = kept.lookout(() -> {}, kept.receivers());
    runner.round();
    for (int i = 0; i < 70; i++) {
      third.count();
      passApart(runner, other, 1);
    }
    kept.apply(ping("job", 2));
    passApart(runner, other, 5 * 60);
    assertThat(kept.told()).isEmpty();
    passApart(runner, other, 70);
    assertThat(kept.told()).containsExactly("job LATE");
  }

  @Test
  void callsThatNoThreadIsFreeToReadAccuseNobody() {
    List<Runnable> waiting = new ArrayList<>();
    kept.apply(ping("job", 10));
    pass(lateDetector, 3);
    kept.threads = waiting::add;
    pass(lateDetector, 20);
    assertThat(kept.told()).isEmpty();
    kept.threads = Runnable::run;
    waiting.forEach(Runnable::run);
    pass(lateDetector, 58);
    assertThat(kept.told()).isEmpty();
    pass(lateDetector, 8);
    assertThat(kept.told()).containsExactly("job LATE");
  }

  @Test
  void wantOfThreadsExcusesForFiveMinutes() {
    kept.apply(ping("job", 10));
    kept.threads = call -> {};
    pass(lateDetector, 5 * 60);
    assertThat(kept.told()).isEmpty();
    pass(lateDetector, 70);
    assertThat(kept.told()).containsExactly("job LATE");
  }

  @Test
  void whatAnotherProcessCouldNotHearAccusesNobody() {
    LostCalls elsewhere = new LostCalls(kept.clock, Runnable::run);
    PingReceivers other =
        new PingReceivers(kept.database, kept.commits, elsewhere, kept.clock, true);
    LateDetector runner = apart(kept.receivers(), other);
    kept.apply(ping("job", 4));
    for (int i = 0; i < 8; i++) {
      assertThatExceptionOfType(StorageException.class)
          .isThrownBy(() -> elsewhere.note(kept::fails, ping("job", 10)));
      passApart(runner, other, 1);
    }
    passApart(runner, other, 58);
    assertThat(kept.told()).isEmpty();
    passApart(runner, other, 8);
    assertThat(kept.told()).containsExactly("job LATE");
  }

  @Test
  void aProcessThatStopsTakesNoCallsAtOnceAndIsForgotten() {
    PingReceivers other = kept.receivers();
    other.listen();
    other.close();
    assertThat(kept.number("SELECT count(*) FROM heartbeat_listener")).isZero();
    kept.receivers().count();
    assertThat(kept.number("SELECT count(*) FROM heartbeat_listener")).isEqualTo(1);
    LateDetector runner = apart(kept.receivers(), kept.receivers());
    pass(runner, 2 * 60 * 60);
    assertThat(kept.number("SELECT count(*) FROM heartbeat_listener")).isZero();
  }

  /// Rollcall started while the clock was an hour ahead.
  @Test
  void aClockThatWasAheadTakesBackWhatItMadeLate() {
    kept.apply(ping("job", 200));
    kept.apply(scheduled("nightly", "30 12 * * *"));
    kept.clock.leap(Duration.ofHours(1));
    LateDetector ahead = kept.lateDetector();
    ahead.round();
    pass(ahead, 60);
    assertThat(kept.told()).containsExactlyInAnyOrder("job LATE", "nightly LATE");
    kept.apply(ping("of the same clock", 1));
    pass(ahead, 1);
    assertThat(kept.told()).containsExactly("of the same clock LATE");
    kept.clock.leap(Duration.ofHours(-1));
    ahead.round();
    assertThat(kept.told()).contains("job RECOVERED", "nightly RECOVERED");
    assertThat(kept.state("job")).isEqualTo(State.UP);
    assertThat(kept.find("job").moments().lateSince()).isEmpty();
    assertThat(kept.state("of the same clock")).isEqualTo(State.LATE);
    pass(ahead, 200 - 63);
    assertThat(kept.told()).doesNotContain("job LATE", "job STILL_LATE");
    pass(ahead, 2);
    assertThat(kept.told()).contains("job LATE");
  }

  @Test
  void aFailureIsStillOneAfterALatenessIsTakenBack() {
    kept.apply(ping("job", 600));
    kept.apply(HeartbeatDatabase.failure("job", 3, ""));
    kept.clock.leap(Duration.ofHours(1));
    LateDetector ahead = kept.lateDetector();
    ahead.round();
    pass(ahead, 60);
    assertThat(kept.state("job")).isEqualTo(State.LATE);
    kept.clock.leap(Duration.ofHours(-1));
    LateDetector restarted = kept.lateDetector(); // set right while it was down
    restarted.round();
    assertThat(kept.state("job")).isEqualTo(State.FAILED);
  }

  /// What was called at 13:00 is not expected again when the clock comes there once more.
  @Test
  void aMomentThatTheClockPassesTwiceIsExpectedOnce() {
    kept.clock.leap(Duration.between(kept.clock.wall(), Instant.parse("2026-11-20T13:00:05Z")));
    kept.apply(scheduled("job", "0 13 * * *"));
    lateDetector.round();
    kept.clock.leap(Duration.ofSeconds(-30));
    lateDetector.round();
    assertThat(kept.find("job").moments().next()).isEqualTo("2026-11-21T13:00:00Z");
    pass(lateDetector, 100);
    assertThat(kept.told()).isEmpty();
  }

  @Test
  void aClockThatIsSetBackDoesNotPutLatenessOff() {
    kept.apply(ping("job", 30));
    kept.clock.leap(Duration.ofHours(-1));
    lateDetector.round();
    pass(lateDetector, 29);
    assertThat(kept.told()).isEmpty();
    pass(lateDetector, 1);
    assertThat(kept.told()).containsExactly("job LATE");
  }

  @Test
  void aClockThatIsSetBackDoesNotPutASchedulesLatenessOff() {
    kept.apply(scheduled("job", "0 * * * *"));
    assertThat(kept.find("job").moments().next()).isEqualTo("2026-11-20T13:00:00Z");
    kept.clock.leap(Duration.ofHours(-3));
    lateDetector.round();
    assertThat(kept.find("job").moments().last()).contains(kept.clock.wall());
    assertThat(kept.find("job").moments().next()).isEqualTo("2026-11-20T10:00:00Z");
    kept.clock.leap(Duration.between(kept.clock.wall(), Instant.parse("2026-11-20T09:58:30Z")));
    pass(lateDetector, 89);
    assertThat(kept.told()).isEmpty();
    pass(lateDetector, 1);
    assertThat(kept.told()).containsExactly("job LATE");
  }

  @Test
  void aClockThatIsSetBackDoesNotPutOffWhoWasResumed() {
    kept.apply(ping("job", 30));
    kept.apply(new Pause(HeartbeatName.ofOperator("job")));
    Instant last = kept.clock.wall();
    pass(lateDetector, 100);
    kept.apply(new Resumption(HeartbeatName.ofOperator("job")));
    kept.clock.leap(Duration.ofSeconds(-90));
    lateDetector.round();
    assertThat(kept.find("job").moments().last()).contains(last);
    pass(lateDetector, 29);
    assertThat(kept.told()).isEmpty();
    pass(lateDetector, 1);
    assertThat(kept.told()).containsExactly("job LATE");
  }

  @Test
  void aClockThatIsSetBackLeavesTheLastCallOfALateOneWhereItWas() {
    kept.apply(ping("job", 30));
    Instant last = kept.clock.wall();
    pass(lateDetector, 300);
    kept.told();
    kept.clock.leap(Duration.ofMinutes(-2));
    lateDetector.round();
    assertThat(kept.told()).containsExactly("job STILL_LATE");
    assertThat(kept.find("job").moments().last()).contains(last);
    pass(lateDetector, 60);
    assertThat(kept.told()).containsExactly("job STILL_LATE");
  }
}
