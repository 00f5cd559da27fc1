package dev.rollcall.server.heartbeat.ping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.heartbeat.definition.Expectation;
import dev.rollcall.server.heartbeat.definition.HeartbeatDefinition;
import dev.rollcall.server.heartbeat.definition.HeartbeatName;
import dev.rollcall.server.heartbeat.ping.Heartbeat.Counts;
import dev.rollcall.server.heartbeat.ping.Heartbeat.Moments;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange.Ping;
import dev.rollcall.server.heartbeat.ping.HeartbeatTransitions.Step;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.time.JobSchedule;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every state of a heartbeat with every change.
///
/// The heartbeat calls every 60 s and has 30 s of grace. It was created at 0 s, and its last ping
/// came then, except in the state `new`. So the next is expected at 60 s, and the deadline is 90 s.
/// It was found late at 90 s, and an alert is repeated after 60 s. `slower` and `faster` are
/// declarations: every 300 s and every 10 s, without grace.
class HeartbeatTransitionsTest {
  private static final Duration REALERT = Duration.ofSeconds(60);
  private static final Duration TOLERANCE = Duration.ofMinutes(5);
  private static final Expectation EXPECTATION =
      new Expectation(new JobSchedule.Every(Duration.ofSeconds(60)), Duration.ofSeconds(30));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # before | change  | at s | after  | signal          | due s
          none     | ping    | 70   | up     | -               | 160
          none     | failure | 70   | failed | new to failed   | 160
          none     | start   | 70   | new    | -               | 160
          none     | pause   | 70   | none   | -               | -
          none     | resume  | 70   | none   | -               | -
          none     | remove  | 70   | none   | -               | -
          none     | slower  | 70   | new    | -               | 370

          new      | ping    | 70   | up     | -               | 90
          new      | failure | 70   | failed | new to failed   | 90
          new      | start   | 70   | new    | -               | 90
          new      | pause   | 70   | paused | -               | -
          new      | resume  | 70   | new    | -               | 90
          new      | remove  | 70   | none   | -               | -
          new      | slower  | 70   | new    | -               | 90
          new      | faster  | 70   | new    | -               | 80
          new      | look    | 89   | new    | -               | 90
          new      | look    | 90   | late   | new to late     | 150

          up       | ping    | 70   | up     | -               | 90
          up       | failure | 70   | failed | up to failed    | 90
          up       | start   | 70   | up     | -               | 90
          up       | pause   | 70   | paused | -               | -
          up       | resume  | 70   | up     | -               | 90
          up       | remove  | 70   | none   | -               | -
          up       | slower  | 70   | up     | -               | 90
          up       | faster  | 70   | up     | -               | 80
          up       | look    | 89   | up     | -               | 90
          up       | look    | 90   | late   | up to late      | 150
          up       | look    | 100  | late   | up to late      | 160

          late     | ping    | 100  | up     | late to up      | 150
          late     | failure | 100  | failed | late to failed  | 150
          late     | start   | 100  | late   | -               | 150
          late     | pause   | 100  | paused | late to paused  | -
          late     | resume  | 100  | late   | -               | 150
          late     | remove  | 100  | none   | late to removed | -
          late     | slower  | 100  | up     | late to up      | 150
          late     | faster  | 100  | late   | -               | 150
          late     | look    | 150  | late   | late to late    | 210

          failed   | ping    | 70   | up     | failed to up    | 90
          failed   | failure | 70   | failed | -               | 90
          failed   | start   | 70   | failed | -               | 90
          failed   | pause   | 70   | paused | failed to paused | -
          failed   | resume  | 70   | failed | -               | 90
          failed   | remove  | 70   | none   | failed to removed | -
          failed   | slower  | 70   | failed | -               | 90
          failed   | look    | 89   | failed | -               | 90
          failed   | look    | 90   | late   | failed to late  | 150

          paused   | ping    | 70   | paused | -               | -
          paused   | failure | 70   | paused | -               | -
          paused   | start   | 70   | paused | -               | -
          paused   | pause   | 70   | paused | -               | -
          paused   | resume  | 70   | up     | -               | 160
          paused   | remove  | 70   | none   | -               | -
          paused   | slower  | 70   | paused | -               | -
          paused   | look    | 100  | paused | -               | -
          """)
  void changes(String before, String change, long at, String after, String signal, String due) {
    Instant now = Instant.ofEpochSecond(at);
    Step step = step(heartbeat(before), change, now);
    assertThat(step.after().map(heartbeat -> heartbeat.state().word()).orElse("none"))
        .isEqualTo(after);
    assertThat(signal(heartbeat(before), step, now)).isEqualTo(signal);
    assertThat(
            step.after()
                .flatMap(heartbeat -> heartbeat.moments().due())
                .map(moment -> Long.toString(moment.getEpochSecond()))
                .orElse("-"))
        .isEqualTo(due);
    assertThat(step.after().flatMap(heartbeat -> heartbeat.moments().lateSince()))
        .isEqualTo(
            after.equals("late") ? Optional.of(Instant.ofEpochSecond(90)) : Optional.empty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # last run | state before it was late
          none       | new
          ok         | up
          failed     | failed
          """)
  void takesLatenessBack(String lastRun, String state) {
    Heartbeat late =
        heartbeat(lastRun.equals("none") ? "late without a ping" : "late").orElseThrow();
    if (lastRun.equals("failed")) {
      late = withFailedRun(late);
    }
    Heartbeat after = HeartbeatTransitions.takenBack(late);
    assertThat(after.state().word()).isEqualTo(state);
    assertThat(after.moments().lateSince()).isEmpty();
    assertThat(after.moments().due()).contains(Instant.ofEpochSecond(90));
  }

  @Test
  void changesNothingForAPingThatIsOlderThanTheLast() {
    Optional<Heartbeat> up = heartbeat("up");
    Ping older =
        new Ping(
            HeartbeatName.ofOperator("job"),
            new PingSignal.Success(),
            Optional.empty(),
            Optional.of(Instant.ofEpochSecond(-1)),
            HeartbeatChange.Said.NOTHING);
    Step step = HeartbeatTransitions.ping(up, 1, older, Instant.ofEpochSecond(70), TOLERANCE);
    assertThat(step.after()).isEqualTo(up);
    assertThat(step.pingOutcome()).isEqualTo(new PingOutcome.Stale(Instant.EPOCH));
  }

  private static HeartbeatDefinition declaration(int seconds) {
    return new HeartbeatDefinition(
        HeartbeatName.ofOperator("job"),
        new Expectation(new JobSchedule.Every(Duration.ofSeconds(seconds)), Duration.ZERO),
        AlertKeys.NONE);
  }

  @Test
  void whatIsDeclaredCountsUntilItIsDeclaredNoLonger() {
    Instant now = Instant.ofEpochSecond(70);
    Optional<Heartbeat> declared =
        HeartbeatTransitions.declare(heartbeat("up"), 1, declaration(300), now).after();
    Ping stated =
        new Ping(
            HeartbeatName.ofOperator("job"),
            new PingSignal.Success(),
            Optional.of(EXPECTATION),
            Optional.empty(),
            HeartbeatChange.Said.NOTHING);
    Step called = HeartbeatTransitions.ping(declared, 1, stated, now, TOLERANCE);
    assertThat(called.pingOutcome())
        .isEqualTo(new PingOutcome.Recorded(Instant.ofEpochSecond(370), false));
    assertThat(called.after().orElseThrow().counts().calls()).isEqualTo(2);
    for (Step refused :
        List.of(
            HeartbeatTransitions.remove(declared),
            HeartbeatTransitions.keys(declared, AlertKeys.NONE))) {
      assertThat(refused.pingOutcome()).isEqualTo(new PingOutcome.Declared());
      assertThat(refused.after()).isEqualTo(declared);
    }
    Optional<Heartbeat> left = HeartbeatTransitions.endDeclaration(called.after()).after();
    assertThat(left.orElseThrow().moments()).isEqualTo(called.after().orElseThrow().moments());
    assertThat(HeartbeatTransitions.ping(left, 1, stated, now, TOLERANCE).pingOutcome())
        .isEqualTo(new PingOutcome.Recorded(Instant.ofEpochSecond(130), false));
  }

  private static Step step(Optional<Heartbeat> before, String change, Instant now) {
    return switch (change) {
      case "ping" -> ping(before, new PingSignal.Success(), now);
      case "failure" -> ping(before, new PingSignal.Failure(OptionalLong.of(1)), now);
      case "start" -> ping(before, new PingSignal.Start(), now);
      case "pause" -> HeartbeatTransitions.pause(before);
      case "resume" -> HeartbeatTransitions.resume(before, now);
      case "remove" -> HeartbeatTransitions.remove(before);
      case "slower" -> HeartbeatTransitions.declare(before, 1, declaration(300), now);
      case "faster" -> HeartbeatTransitions.declare(before, 1, declaration(10), now);
      case "look" -> HeartbeatTransitions.look(before.orElseThrow(), now, REALERT);
      default -> throw new IllegalArgumentException(change);
    };
  }

  private static Step ping(Optional<Heartbeat> before, PingSignal signal, Instant now) {
    Ping ping =
        new Ping(
            HeartbeatName.ofOperator("job"),
            signal,
            before.isEmpty() ? Optional.of(EXPECTATION) : Optional.empty(),
            Optional.empty(),
            HeartbeatChange.Said.NOTHING);
    return HeartbeatTransitions.ping(before, 1, ping, now, TOLERANCE);
  }

  private static String signal(Optional<Heartbeat> before, Step step, Instant now) {
    return HeartbeatSignal.of(before, step, OptionalLong.empty(), now)
        .map(signal -> signal.from() + " to " + signal.to())
        .orElse("-");
  }

  private static Optional<Heartbeat> heartbeat(String state) {
    return switch (state) {
      case "none" -> Optional.empty();
      case "new" -> Optional.of(heartbeat(State.NEW, Optional.empty()));
      case "late without a ping" -> Optional.of(heartbeat(State.LATE, Optional.empty()));
      default -> Optional.of(heartbeat(State.CODEC.ofWord(state), Optional.of(Instant.EPOCH)));
    };
  }

  private static Heartbeat heartbeat(State state, Optional<Instant> last) {
    boolean late = state == State.LATE;
    Optional<Instant> due =
        switch (state) {
          case PAUSED -> Optional.empty();
          case LATE -> Optional.of(Instant.ofEpochSecond(150));
          case NEW, UP, FAILED -> Optional.of(Instant.ofEpochSecond(90));
        };
    return new Heartbeat(
        1,
        HeartbeatName.ofOperator("job"),
        EXPECTATION,
        state,
        new Moments(
            Instant.EPOCH,
            last,
            Instant.ofEpochSecond(60),
            late ? Optional.of(Instant.ofEpochSecond(90)) : Optional.empty(),
            due),
        new Counts(last.isPresent() ? 1 : 0, 0, 0),
        RecentRuns.NONE,
        Heartbeat.Origin.PING);
  }

  private static Heartbeat withFailedRun(Heartbeat heartbeat) {
    Run failed =
        new Run(
            0,
            Optional.empty(),
            Optional.empty(),
            Optional.of(Instant.ofEpochSecond(1)),
            Run.Result.FAILED,
            OptionalLong.empty());
    return new Heartbeat(
        heartbeat.id(),
        heartbeat.key(),
        heartbeat.expectation(),
        heartbeat.state(),
        heartbeat.moments(),
        new Counts(1, 1, 0),
        heartbeat.recent().with(failed),
        heartbeat.origin());
  }

  /// Somebody who is told at night needs to know what was expected, and what the job said.
  @Test
  void aSignalSaysWhy() {
    Instant now = Instant.ofEpochSecond(1_800_000_000);
    Heartbeat before = ping(Optional.empty(), new PingSignal.Success(), now).after().orElseThrow();
    Step failed = ping(Optional.of(before), new PingSignal.Failure(OptionalLong.of(3)), now);
    assertThat(
            HeartbeatSignal.of(Optional.of(before), failed, OptionalLong.of(3), now)
                .orElseThrow()
                .cause())
        .contains("exit code 3");
    Instant later = EXPECTATION.deadline(EXPECTATION.schedule().next(now)).plusSeconds(1);
    Step late = HeartbeatTransitions.look(before, later, Duration.ofHours(1));
    assertThat(
            HeartbeatSignal.of(Optional.of(before), late, OptionalLong.empty(), later)
                .orElseThrow()
                .cause())
        .hasValueSatisfying(
            why -> assertThat(why).isEqualTo("no call: expected every 1m, with a grace of 30s"));
  }
}
