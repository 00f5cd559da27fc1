package dev.rollcall.server.heartbeat.schedule;

import static dev.rollcall.server.heartbeat.store.HeartbeatDatabase.ping;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rollcall.server.heartbeat.definition.Expectation;
import dev.rollcall.server.heartbeat.definition.HeartbeatName;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange.Pause;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange.Removal;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange.Resumption;
import dev.rollcall.server.heartbeat.ping.PingSignal;
import dev.rollcall.server.heartbeat.ping.State;
import dev.rollcall.server.heartbeat.store.HeartbeatDatabase;
import dev.rollcall.server.heartbeat.store.StateCounts;
import dev.rollcall.server.http.Logged;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.sql.TestDatabases;
import dev.rollcall.server.time.JobSchedule;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Who is found late, and when, in each of the databases.
@ParameterizedClass
@EnumSource
class LateDetectorTest {
  private final TestDatabases engine;

  @TempDir Path folder;

  private DetectorDatabase data;
  private LateDetector lateDetector;

  LateDetectorTest(TestDatabases engine) {
    this.engine = engine;
  }

  @BeforeEach
  void openDatabase() {
    data = new DetectorDatabase(engine, folder);
    lateDetector = settled();
  }

  @AfterEach
  void closeDatabase() {
    data.close();
  }

  /// One that has been looking for longer than the grace after a start.
  private LateDetector settled() {
    LateDetector fresh = data.lateDetector();
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
      data.clock.pass(Duration.ofSeconds(1));
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
    data.apply(ping("job", 10));
    pass(lateDetector, 9);
    assertThat(data.signals()).isEmpty();
    pass(lateDetector, 1);
    assertThat(data.signals()).containsExactly("job LATE");
    assertThat(data.state("job")).isEqualTo(State.LATE);
    assertThat(data.find("job").moments().lateSince()).contains(data.clock.wall());
  }

  @Test
  void waitsNoLongerThanUntilTheNextMoment() {
    data.apply(ping("job", 10));
    pass(lateDetector, 9);
    data.clock.pass(Duration.ofMillis(950));
    assertThat(lateDetector.round()).isEqualTo(Duration.ofMillis(51));
  }

  @Test
  void aCallInTimePutsItOff() {
    data.apply(ping("job", 10));
    pass(lateDetector, 6);
    data.apply(ping("job", 10));
    pass(lateDetector, 9);
    assertThat(data.signals()).isEmpty();
    pass(lateDetector, 1);
    assertThat(data.signals()).containsExactly("job LATE");
  }

  @Test
  void aShorterFrequencyHoldsAtOnce() {
    data.apply(ping("job", 3_600));
    data.apply(ping("job", 2));
    pass(lateDetector, 2);
    assertThat(data.signals()).containsExactly("job LATE");
  }

  @Test
  void theGraceComesOnTop() {
    data.apply(
        new HeartbeatChange.Ping(
            HeartbeatName.ofOperator("job"),
            new PingSignal.Success(),
            Optional.of(
                new Expectation(
                    new JobSchedule.Every(Duration.ofSeconds(10)), Duration.ofSeconds(5))),
            Optional.empty(),
            HeartbeatChange.Said.NOTHING));
    pass(lateDetector, 14);
    assertThat(data.signals()).isEmpty();
    pass(lateDetector, 1);
    assertThat(data.signals()).containsExactly("job LATE");
  }

  @Test
  void tellsAgainEachMinuteWhileItIsSilent() {
    data.apply(ping("job", 10));
    pass(lateDetector, 10 + 59);
    assertThat(data.signals()).containsExactly("job LATE");
    pass(lateDetector, 1);
    assertThat(data.signals()).containsExactly("job STILL_LATE");
    pass(lateDetector, 60);
    assertThat(data.signals()).containsExactly("job STILL_LATE");
  }

  @Test
  void aCallEndsTheLateness() {
    data.apply(ping("job", 10));
    pass(lateDetector, 10);
    data.signals();
    data.apply(ping("job", 3_600));
    assertThat(data.signals()).containsExactly("job RECOVERED");
    assertThat(data.find("job").moments().lateSince()).isEmpty();
    pass(lateDetector, 300);
    assertThat(data.signals()).isEmpty();
  }

  @Test
  void nobodyIsToldOfWhatIsRemovedOrPaused() {
    data.apply(ping("removed", 10));
    data.apply(ping("paused", 10));
    data.apply(ping("late and paused", 1));
    pass(lateDetector, 1);
    assertThat(data.signals()).containsExactly("late and paused LATE");
    data.apply(new Removal(HeartbeatName.ofOperator("removed")));
    data.apply(new Pause(HeartbeatName.ofOperator("paused")));
    data.apply(new Pause(HeartbeatName.ofOperator("late and paused")));
    assertThat(data.signals()).containsExactly("late and paused DISMISSED");
    pass(lateDetector, 100);
    assertThat(data.signals()).isEmpty();
  }

  @Test
  void findsManyAtOnce() {
    int many = 2 * LateHeartbeats.AT_ONCE + 10;
    data.commits.writeAll(
        data.writer,
        IntStream.range(0, many).<HeartbeatChange>mapToObj(i -> ping("job " + i, 10)).toList());
    pass(lateDetector, 10);
    assertThat(data.signals()).hasSize(many);
    assertThat(new StateCounts(data.store, data.clock).counts(Scope.everything()))
        .containsEntry(State.LATE, (long) many);
  }

  @Test
  void whatPassedWhileRollcallWasDownGetsAGrace() {
    data.apply(ping("missed meanwhile", 30));
    data.apply(ping("ahead", 130));
    data.clock.pass(Duration.ofSeconds(100)); // nobody looks
    LateDetector restarted = data.lateDetector();
    restarted.round();
    pass(restarted, 29);
    assertThat(data.signals()).isEmpty();
    pass(restarted, 1);
    assertThat(data.signals()).containsExactly("ahead LATE");
    pass(restarted, 29);
    assertThat(data.signals()).isEmpty();
    pass(restarted, 1);
    assertThat(data.signals()).containsExactly("missed meanwhile LATE");
  }

  @Test
  void theGraceAfterAStartAccusesNobodyWhoCallsInIt() {
    data.apply(ping("job", 30));
    data.clock.pass(Duration.ofSeconds(100));
    LateDetector restarted = data.lateDetector();
    restarted.round();
    pass(restarted, 50);
    data.apply(ping("job", 30));
    pass(restarted, 29);
    assertThat(data.signals()).isEmpty();
    pass(restarted, 1);
    assertThat(data.signals()).containsExactly("job LATE");
  }

  /// What was to be looked at meanwhile, as its row had not been moved, had not missed its moment.
  @Test
  void aMomentThatLiesAheadOfAStartIsFoundInTime() {
    data.apply(ping("job", 30));
    pass(lateDetector, 20);
    data.apply(ping("job", 30)); // the row says 30, the moment is 50
    data.clock.pass(Duration.ofSeconds(15));
    LateDetector restarted = data.lateDetector();
    restarted.round();
    pass(restarted, 14);
    assertThat(data.signals()).isEmpty();
    pass(restarted, 1);
    assertThat(data.signals()).containsExactly("job LATE");
  }

  @Test
  void aServerThatStartsAgainAndAgainDoesNotExcuseForEver() {
    data.apply(ping("job", 30));
    data.clock.pass(Duration.ofSeconds(100));
    for (int start = 0; start < 3; start++) {
      LateDetector restarted = data.lateDetector();
      restarted.round();
      pass(restarted, 25); // of which it will remember the last 5 s
      data.clock.pass(Duration.ofSeconds(5));
    }
    assertThat(data.signals()).containsExactly("job LATE");
  }

  @Test
  void aMachineThatSleptAccusesNobodyBeforeTheGrace() {
    data.apply(ping("job", 30));
    data.clock.leap(Duration.ofHours(1));
    data.slept = Duration.ofHours(1);
    lateDetector.round();
    pass(lateDetector, 59);
    assertThat(data.signals()).isEmpty();
    pass(lateDetector, 1);
    assertThat(data.signals()).containsExactly("job LATE");
  }

  /// No time has passed.
  @Test
  void aClockThatIsSetOnLeavesAsMuchTimeAsThereWas() {
    data.apply(ping("job", 160));
    pass(lateDetector, 100);
    data.clock.leap(Duration.ofHours(1));
    lateDetector.round();
    pass(lateDetector, 59);
    assertThat(data.signals()).isEmpty();
    pass(lateDetector, 1);
    assertThat(data.signals()).containsExactly("job LATE");
  }

  /// After the clocks were compared, and before the search.
  @Test
  void aClockThatIsSetOnWithinALookLeavesAsMuchTimeAsThereWas() {
    AtomicBoolean leaps = new AtomicBoolean();
    data.unheard.waitIn(
        () -> {
          if (leaps.getAndSet(false)) {
            data.clock.leap(Duration.ofHours(1));
          }
          return Duration.ZERO;
        });
    data.apply(ping("job", 160));
    pass(lateDetector, 100);
    leaps.set(true);
    lateDetector.round();
    assertThat(leaps).isFalse();
    pass(lateDetector, 59);
    assertThat(data.signals()).isEmpty();
    pass(lateDetector, 1);
    assertThat(data.signals()).containsExactly("job LATE");
  }

  @Test
  void aMomentOfAScheduleThatAClockLeapsOverIsNotMissed() {
    data.apply(scheduled("job", "30 12 * * *"));
    assertThat(data.find("job").moments().next()).isEqualTo("2026-11-20T12:30:00Z");
    data.clock.leap(Duration.ofHours(1));
    lateDetector.round();
    assertThat(data.find("job").moments().next()).isEqualTo("2026-11-21T12:30:00Z");
    pass(lateDetector, 100);
    assertThat(data.signals()).isEmpty();
  }

  /// Jobs in Berlin that Debian's cron runs at these times of UTC: 2:30 comes twice on 2026-10-25,
  /// and never on 2027-03-28.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          2026-10-24T23:30 | 30 2 * * *     | 00:30                               | 2026-10-26T01:30:00Z
          2026-10-24T23:30 | 0 3 * * *      | 02:00                               | 2026-10-26T02:00:00Z
          2026-10-24T23:30 | 0 * * * *      | 00:00 01:00 02:00                   | 2026-10-25T03:00:00Z
          2026-10-24T23:30 | 0,30 2 * * *   | 00:00 00:30                         | 2026-10-26T01:00:00Z
          2026-10-24T23:30 | */30 2 * * *   | 00:00 00:30 01:00 01:30             | 2026-10-26T01:00:00Z
          2026-10-24T23:30 | */30 * * * *   | 00:00 00:30 01:00 01:30 02:00 02:30 | 2026-10-25T03:00:00Z
          2027-03-27T23:30 | 30 2 * * *     | 01:00                               | 2027-03-29T00:30:00Z
          2027-03-27T23:30 | 0 3 * * *      | 01:00                               | 2027-03-29T01:00:00Z
          2027-03-27T23:30 | 0 * * * *      | 00:00 01:00 02:00                   | 2027-03-28T03:00:00Z
          2027-03-27T23:30 | */30 * * * *   | 00:00 00:30 01:00 01:30 02:00 02:30 | 2027-03-28T03:00:00Z
          """)
  void accusesNoJobOfCronInTheNightInWhichClocksChange(
      String evening, String line, String runs, Instant next) {
    data.clock.leap(Duration.between(data.clock.wall(), Instant.parse(evening + ":00Z")));
    LateDetector night = settled();
    Instant midnight =
        Instant.parse(evening + ":00Z").truncatedTo(ChronoUnit.DAYS).plus(Duration.ofDays(1));
    List<Instant> times =
        Stream.of(runs.split(" "))
            .map(
                time ->
                    midnight
                        .plus(Duration.between(LocalTime.MIN, LocalTime.parse(time)))
                        .plusSeconds(2))
            .toList();
    Expectation expected =
        new Expectation(
            JobSchedule.Calendar.of(line, ZoneId.of("Europe/Berlin")), Duration.ofMinutes(1));
    HeartbeatChange call =
        new HeartbeatChange.Ping(
            HeartbeatName.ofOperator("job"),
            new PingSignal.Success(),
            Optional.of(expected),
            Optional.empty(),
            HeartbeatChange.Said.NOTHING);
    data.apply(call);
    Instant morning = midnight.plus(Duration.ofMinutes(170));
    while (data.clock.wall().isBefore(morning)) {
      Instant before = data.clock.wall();
      data.clock.pass(Duration.ofSeconds(10));
      if (times.stream()
          .anyMatch(time -> time.isAfter(before) && !time.isAfter(data.clock.wall()))) {
        data.apply(call);
      }
      round(night);
    }
    assertThat(data.signals()).isEmpty();
    assertThat(data.find("job").moments().next()).isEqualTo(next);
  }

  /// It was an hour behind: the job has called at its moment, and was waited for again.
  @Test
  void aClockThatWasBehindTakesBackWhatItMadeLate() {
    data.clock.leap(Duration.between(data.clock.wall(), Instant.parse("2026-11-20T12:00:50Z")));
    data.apply(scheduled("job", "2 12 * * *")); // at 13:00:50 in truth
    lateDetector.round();
    pass(lateDetector, 70);
    assertThat(data.signals()).containsExactly("job LATE");
    data.clock.leap(Duration.ofHours(1));
    lateDetector.round();
    assertThat(data.signals()).containsExactly("job RECOVERED");
    assertThat(data.state("job")).isEqualTo(State.UP);
    assertThat(data.find("job").moments().next()).isEqualTo("2026-11-21T12:02:00Z");
  }

  /// Jobs called in vain.
  @Test
  void aTimeInWhichNobodyLookedAccusesNobodyBeforeTheGrace() {
    data.apply(ping("job", 30));
    data.apply(ping("ahead", 120));
    data.clock.pass(Duration.ofSeconds(100));
    lateDetector.round();
    pass(lateDetector, 19);
    assertThat(data.signals()).isEmpty();
    pass(lateDetector, 1);
    assertThat(data.signals()).containsExactly("ahead LATE");
    pass(lateDetector, 39);
    assertThat(data.signals()).isEmpty();
    pass(lateDetector, 1);
    assertThat(data.signals()).containsExactly("job LATE");
  }

  @Test
  void aTimeInWhichTheDatabaseWasAwayAccusesNobodyBeforeTheGrace() {
    AtomicBoolean away = new AtomicBoolean();
    GroupCommit closed = new GroupCommit(data.database);
    closed.close();
    LateDetector through =
        data.detector(
            () -> {
              if (away.get()) {
                closed.write(data.writer, new Removal(HeartbeatName.ofOperator("job")));
              }
            });
    data.apply(ping("job", 70));
    pass(through, 69);
    away.set(true);
    for (int i = 0; i < 3; i++) { // it fails again after five seconds, and has been away then
      pass(through, 5);
    }
    away.set(false);
    pass(through, 50); // it last failed nine seconds ago
    assertThat(data.signals()).isEmpty();
    pass(through, 1);
    assertThat(data.signals()).containsExactly("job LATE");
  }

  /// What is told runs inside of the look: time passes there.
  @Test
  void timeThatPassesInsideOfALookIsAnAbsence() {
    AtomicBoolean hangs = new AtomicBoolean();
    LateDetector through =
        data.detector(
            () -> {
              if (hangs.getAndSet(false)) {
                data.clock.pass(Duration.ofSeconds(25));
              }
            });
    pass(through, 61);
    data.apply(ping("silent", 10));
    data.apply(ping("called in vain", 20));
    hangs.set(true);
    pass(through, 10);
    assertThat(data.signals()).containsExactly("silent LATE"); // before it hung
    pass(through, 59);
    assertThat(data.signals()).doesNotContain("called in vain LATE");
    pass(through, 1);
    assertThat(data.signals()).containsExactly("called in vain LATE");
  }

  @Test
  void aLookThatWaitsForTheWriterAccusesNobody() {
    data.apply(ping("job", 10));
    data.clock.pass(Duration.ofSeconds(10));
    Instant now = data.clock.wall();
    Duration asked = data.clock.monotonic();
    data.clock.pass(LostCalls.LONG);
    assertThat(data.lateHeartbeats().look(Instant.EPOCH, now, now, asked))
        .isEqualTo(LateHeartbeats.HELD_UP);
    assertThat(data.signals()).isEmpty();
  }

  @Test
  void aCallThatCouldNotBeNotedAccusesNobodyBeforeTheGrace() {
    data.apply(ping("job", 10));
    pass(lateDetector, 4);
    for (int i = 0; i < 8; i++) {
      assertThatExceptionOfType(StorageException.class)
          .isThrownBy(() -> data.unheard.note(data::fails, ping("job", 10)));
      pass(lateDetector, 1);
    }
    pass(lateDetector, 58);
    assertThat(data.signals()).isEmpty();
    pass(lateDetector, 1);
    assertThat(data.signals()).containsExactly("job LATE");
  }

  /// A short one is settled soon.
  @Test
  void oneCallThatCouldNotBeNotedAccusesNobodyForFiveSeconds() {
    data.apply(ping("job", 10));
    pass(lateDetector, 9);
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> data.unheard.note(data::fails, ping("job", 10)));
    pass(lateDetector, 4);
    assertThat(data.signals()).isEmpty();
    pass(lateDetector, 1);
    assertThat(data.signals()).containsExactly("job LATE");
  }

  @Test
  void aCallThatWaitsToBeNotedAccusesNobody() throws InterruptedException {
    data.apply(ping("job", 10));
    CountDownLatch came = new CountDownLatch(1);
    CountDownLatch goes = new CountDownLatch(1);
    Thread call =
        Thread.startVirtualThread(
            () ->
                data.unheard.note(
                    change -> {
                      came.countDown();
                      DetectorDatabase.await(goes);
                      return data.apply(change);
                    },
                    ping("job", 3_600)));
    DetectorDatabase.await(came);
    pass(lateDetector, 30);
    assertThat(data.signals()).isEmpty();
    goes.countDown();
    call.join();
    pass(lateDetector, 300);
    assertThat(data.signals()).isEmpty();
  }

  @Test
  void callsThatWereTurnedAwayAccuseNobody() {
    data.apply(ping("job", 10));
    pass(lateDetector, 1);
    turnAway(8);
    pass(lateDetector, 59);
    assertThat(data.signals()).isEmpty();
    pass(lateDetector, 1);
    assertThat(data.signals()).containsExactly("job LATE");
  }

  private void turnAway(int seconds) {
    for (int i = 0; i < seconds; i++) {
      data.turnedAway.incrementAndGet();
      pass(lateDetector, 1);
    }
  }

  @Test
  void aServerThatIsKeptFullFindsWhoIsLateAllTheSame() {
    data.apply(ping("job", 10));
    turnAway(5 * 60);
    assertThat(data.signals()).isEmpty();
    assertThat(data.unheard.rejected().problem())
        .hasValueSatisfying(text -> assertThat(text).contains("for 5 min now: none becomes late"));
    turnAway(59);
    assertThat(data.signals()).isEmpty();
    turnAway(1 + 5);
    assertThat(data.signals()).containsExactly("job LATE");
    assertThat(data.unheard.rejected().problem())
        .hasValueSatisfying(text -> assertThat(text).contains("silent ones become late again"));
  }

  /// Else whoever lets go for a moment every five minutes would silence it as well.
  @Test
  void aServerThatIsKeptFullWithBreaksFindsWhoIsLate() {
    turnAway(5 * 60 + 10);
    pass(lateDetector, 9 * 60);
    assertThat(data.unheard.rejected().problem()).isEmpty();
    data.apply(ping("job", 10));
    turnAway(10);
    assertThat(data.signals()).containsExactly("job LATE");
  }

  @Test
  void aServerThatWasCalmIsExcusedAgain() {
    turnAway(5 * 60 + 10);
    pass(lateDetector, 10 * 60);
    data.apply(ping("job", 10));
    turnAway(10);
    assertThat(data.signals()).isEmpty();
  }

  /// As where one process takes calls and another looks.
  private LateDetector apart(PingReceivers seen, PingReceivers other) {
    LateDetector runner = data.detector(() -> {}, seen);
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
    PingReceivers other = data.receivers();
    LateDetector runner = apart(data.receivers(), other);
    data.apply(ping("job", 10));
    passApart(runner, other, 9);
    assertThat(data.signals()).isEmpty();
    passApart(runner, other, 3);
    assertThat(data.signals()).containsExactly("job LATE");
  }

  @Test
  void aProcessThatTakesCallsAndStandsStillAccusesNobody() {
    PingReceivers other = data.receivers();
    LateDetector runner = apart(data.receivers(), other);
    data.apply(ping("job", 2));
    pass(runner, 600); // nobody else takes calls
    assertThat(data.signals()).isEmpty();
    passApart(runner, other, 58);
    assertThat(data.signals()).isEmpty();
    passApart(runner, other, 8);
    assertThat(data.signals()).containsExactly("job LATE");
  }

  @Test
  void aProcessThatFallsSilentAmongOthersExcusesUntilTheyGetItsCalls() {
    PingReceivers other = data.receivers();
    PingReceivers third = data.receivers();
    LateDetector runner = data.detector(() -> {}, data.receivers());
    runner.round();
    for (int i = 0; i < 70; i++) {
      third.count();
      passApart(runner, other, 1);
    }
    data.apply(ping("job", 2));
    passApart(runner, other, 30);
    assertThat(data.signals()).isEmpty();
    passApart(runner, other, 70);
    assertThat(data.signals()).containsExactly("job LATE");
  }

  private static Logged log() {
    return new Logged(LateDetector.class.getName());
  }

  /// Redis is back, and has one of before, which others were not waited for.
  @Test
  void saysForHowLongNoneCouldBecomeLateHoweverLongACallHasWaited() {
    AtomicReference<Duration> lag = new AtomicReference<>(Duration.ZERO);
    data.unheard.waitIn(lag::get);
    pass(lateDetector, 10);
    try (Logged log = log()) {
      lag.set(Duration.ofHours(1));
      pass(lateDetector, 2);
      lag.set(Duration.ZERO);
      pass(lateDetector, 6);
      assertThat(log.lines())
          .last(InstanceOfAssertFactories.STRING)
          .startsWith("no heartbeat could become late for 7 s, ");
    }
  }

  @Test
  void saysForHowLongNoneCouldBecomeLateHoweverLongAgoAnotherProcessFellSilent() {
    LostCalls elsewhere = new LostCalls(data.clock, Runnable::run);
    PingReceivers other =
        new PingReceivers(data.database, data.commits, elsewhere, data.clock, true);
    PingReceivers third = data.receivers();
    LateDetector runner = data.detector(() -> {}, data.receivers());
    runner.round();
    try (Logged log = log()) {
      for (int i = 0; i < 3; i++) {
        other.count();
        passApart(runner, third, 1);
      }
      passApart(runner, third, 8 * 60);
      assertThat(log.lines())
          .last(InstanceOfAssertFactories.STRING)
          .startsWith("no heartbeat could become late for 3")
          .contains(" s, as calls may have been lost");
      assertThatExceptionOfType(StorageException.class)
          .isThrownBy(() -> elsewhere.note(data::fails, ping("job", 10)));
      for (int i = 0; i < 8; i++) {
        other.count();
        passApart(runner, third, 1);
      }
      assertThat(log.lines())
          .last(InstanceOfAssertFactories.STRING)
          .startsWith("no heartbeat could become late for 7 s, ");
    }
  }

  @Test
  void callsThatNoThreadIsFreeToReadAccuseNobody() {
    List<Runnable> waiting = new ArrayList<>();
    data.apply(ping("job", 10));
    pass(lateDetector, 3);
    data.threads = waiting::add;
    pass(lateDetector, 20);
    assertThat(data.signals()).isEmpty();
    data.threads = Runnable::run;
    waiting.forEach(Runnable::run);
    pass(lateDetector, 58);
    assertThat(data.signals()).isEmpty();
    pass(lateDetector, 8);
    assertThat(data.signals()).containsExactly("job LATE");
  }

  @Test
  void wantOfThreadsExcusesForFiveMinutes() {
    data.apply(ping("job", 10));
    data.threads = call -> {};
    pass(lateDetector, 5 * 60);
    assertThat(data.signals()).isEmpty();
    pass(lateDetector, 70);
    assertThat(data.signals()).containsExactly("job LATE");
  }

  @Test
  void whatAnotherProcessCouldNotHearAccusesNobody() {
    LostCalls elsewhere = new LostCalls(data.clock, Runnable::run);
    PingReceivers other =
        new PingReceivers(data.database, data.commits, elsewhere, data.clock, true);
    LateDetector runner = apart(data.receivers(), other);
    data.apply(ping("job", 4));
    for (int i = 0; i < 8; i++) {
      assertThatExceptionOfType(StorageException.class)
          .isThrownBy(() -> elsewhere.note(data::fails, ping("job", 10)));
      passApart(runner, other, 1);
    }
    passApart(runner, other, 58);
    assertThat(data.signals()).isEmpty();
    passApart(runner, other, 8);
    assertThat(data.signals()).containsExactly("job LATE");
  }

  @Test
  void aProcessThatStopsTakesNoCallsAtOnceAndIsForgotten() {
    PingReceivers other = data.receivers();
    other.listen();
    other.close();
    assertThat(data.number("SELECT count(*) FROM heartbeat_listener")).isZero();
    data.receivers().count();
    assertThat(data.number("SELECT count(*) FROM heartbeat_listener")).isEqualTo(1);
    LateDetector runner = apart(data.receivers(), data.receivers());
    pass(runner, 2 * 60 * 60);
    assertThat(data.number("SELECT count(*) FROM heartbeat_listener")).isZero();
  }

  /// Rollcall started while the clock was an hour ahead.
  @Test
  void aClockThatWasAheadTakesBackWhatItMadeLate() {
    data.apply(ping("job", 200));
    data.apply(scheduled("nightly", "30 12 * * *"));
    data.clock.leap(Duration.ofHours(1));
    LateDetector ahead = data.lateDetector();
    ahead.round();
    pass(ahead, 60);
    assertThat(data.signals()).containsExactlyInAnyOrder("job LATE", "nightly LATE");
    data.apply(ping("of the same clock", 1));
    pass(ahead, 1);
    assertThat(data.signals()).containsExactly("of the same clock LATE");
    data.clock.leap(Duration.ofHours(-1));
    ahead.round();
    assertThat(data.signals()).contains("job RECOVERED", "nightly RECOVERED");
    assertThat(data.state("job")).isEqualTo(State.UP);
    assertThat(data.find("job").moments().lateSince()).isEmpty();
    assertThat(data.state("of the same clock")).isEqualTo(State.LATE);
    pass(ahead, 200 - 63);
    assertThat(data.signals()).doesNotContain("job LATE", "job STILL_LATE");
    pass(ahead, 2);
    assertThat(data.signals()).contains("job LATE");
  }

  @Test
  void aFailureIsStillOneAfterALatenessIsTakenBack() {
    data.apply(ping("job", 600));
    data.apply(HeartbeatDatabase.failure("job", 3, ""));
    data.clock.leap(Duration.ofHours(1));
    LateDetector ahead = data.lateDetector();
    ahead.round();
    pass(ahead, 60);
    assertThat(data.state("job")).isEqualTo(State.LATE);
    data.clock.leap(Duration.ofHours(-1));
    LateDetector restarted = data.lateDetector(); // set right while it was down
    restarted.round();
    assertThat(data.state("job")).isEqualTo(State.FAILED);
  }

  /// What was called at 13:00 is not expected again when the clock comes there once more.
  @Test
  void aMomentThatTheClockPassesTwiceIsExpectedOnce() {
    data.clock.leap(Duration.between(data.clock.wall(), Instant.parse("2026-11-20T13:00:05Z")));
    data.apply(scheduled("job", "0 13 * * *"));
    lateDetector.round();
    data.clock.leap(Duration.ofSeconds(-30));
    lateDetector.round();
    assertThat(data.find("job").moments().next()).isEqualTo("2026-11-21T13:00:00Z");
    pass(lateDetector, 100);
    assertThat(data.signals()).isEmpty();
  }

  @Test
  void aClockThatIsSetBackDoesNotPutLatenessOff() {
    data.apply(ping("job", 30));
    data.clock.leap(Duration.ofHours(-1));
    lateDetector.round();
    pass(lateDetector, 29);
    assertThat(data.signals()).isEmpty();
    pass(lateDetector, 1);
    assertThat(data.signals()).containsExactly("job LATE");
  }

  @Test
  void aClockThatIsSetBackDoesNotPutASchedulesLatenessOff() {
    data.apply(scheduled("job", "0 * * * *"));
    assertThat(data.find("job").moments().next()).isEqualTo("2026-11-20T13:00:00Z");
    data.clock.leap(Duration.ofHours(-3));
    lateDetector.round();
    assertThat(data.find("job").moments().last()).contains(data.clock.wall());
    assertThat(data.find("job").moments().next()).isEqualTo("2026-11-20T10:00:00Z");
    data.clock.leap(Duration.between(data.clock.wall(), Instant.parse("2026-11-20T09:58:30Z")));
    pass(lateDetector, 89);
    assertThat(data.signals()).isEmpty();
    pass(lateDetector, 1);
    assertThat(data.signals()).containsExactly("job LATE");
  }

  @Test
  void aClockThatIsSetBackDoesNotPutOffWhoWasResumed() {
    data.apply(ping("job", 30));
    data.apply(new Pause(HeartbeatName.ofOperator("job")));
    Instant last = data.clock.wall();
    pass(lateDetector, 100);
    data.apply(new Resumption(HeartbeatName.ofOperator("job")));
    data.clock.leap(Duration.ofSeconds(-90));
    lateDetector.round();
    assertThat(data.find("job").moments().last()).contains(last);
    pass(lateDetector, 29);
    assertThat(data.signals()).isEmpty();
    pass(lateDetector, 1);
    assertThat(data.signals()).containsExactly("job LATE");
  }

  @Test
  void aClockThatIsSetBackLeavesTheLastCallOfALateOneWhereItWas() {
    data.apply(ping("job", 30));
    Instant last = data.clock.wall();
    pass(lateDetector, 300);
    data.signals();
    data.clock.leap(Duration.ofMinutes(-2));
    lateDetector.round();
    assertThat(data.signals()).containsExactly("job STILL_LATE");
    assertThat(data.find("job").moments().last()).contains(last);
    pass(lateDetector, 60);
    assertThat(data.signals()).containsExactly("job STILL_LATE");
  }
}
