package dev.rollcall.server.heartbeat.store;

import static dev.rollcall.server.heartbeat.store.HeartbeatDatabase.failure;
import static dev.rollcall.server.heartbeat.store.HeartbeatDatabase.ping;
import static dev.rollcall.server.heartbeat.store.HeartbeatDatabase.start;
import static dev.rollcall.server.heartbeat.store.HeartbeatDatabase.success;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.heartbeat.definition.HeartbeatName;
import dev.rollcall.server.heartbeat.ping.Heartbeat;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange.Pause;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange.Ping;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange.Removal;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange.Resumption;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange.Said;
import dev.rollcall.server.heartbeat.ping.JobOutput;
import dev.rollcall.server.heartbeat.ping.PingOutcome;
import dev.rollcall.server.heartbeat.ping.PingSignal;
import dev.rollcall.server.heartbeat.ping.Run;
import dev.rollcall.server.heartbeat.ping.State;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.sql.Durability;
import dev.rollcall.server.sql.TestDatabases;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What is written of heartbeats, in each of the databases.
@ParameterizedClass
@EnumSource
class HeartbeatWriterTest {
  private final TestDatabases engine;

  @TempDir Path folder;

  private HeartbeatDatabase kept;
  private Instant now;

  HeartbeatWriterTest(TestDatabases engine) {
    this.engine = engine;
  }

  @BeforeEach
  void openDatabase() {
    kept = new HeartbeatDatabase(engine, folder);
    now = kept.clock.wall();
  }

  @AfterEach
  void closeDatabase() {
    kept.close();
  }

  @Test
  void thereAreNoMoreThanThereMayBe() {
    HeartbeatWriter three =
        new HeartbeatWriter(
            kept.database,
            (_, _) -> {},
            new HeartbeatLimit(3, 2, new PrometheusRegistry(), kept.clock),
            HeartbeatDatabase.TOLERANCE,
            Durability.PROCESS,
            kept.clock);
    assertThat(
            kept.commits.writeAll(
                three, List.of(ping("a", 60), ping("b", 60), ping("c", 60), ping("d", 60))))
        .endsWith(recorded(now.plusSeconds(60)), new PingOutcome.Full(3));
    assertThat(kept.listed()).containsExactly("a", "b", "c");
    assertThat(kept.commits.write(three, ping("a", 60))).isEqualTo(recorded(now.plusSeconds(60)));
    kept.commits.write(three, new Removal(HeartbeatName.ofOperator("b")));
    kept.clock.pass(Duration.ofSeconds(1));
    assertThat(kept.commits.write(three, ping("e", 60)))
        .isEqualTo(recorded(kept.clock.wall().plusSeconds(60)));
    assertThat(kept.commits.write(three, ping("f", 60))).isEqualTo(new PingOutcome.Full(3));
  }

  @Test
  void anAccountHasNoMoreThanItMayHave() {
    HeartbeatWriter two =
        new HeartbeatWriter(
            kept.database,
            (_, _) -> {},
            new HeartbeatLimit(100, 2, new PrometheusRegistry(), kept.clock),
            HeartbeatDatabase.TOLERANCE,
            Durability.PROCESS,
            kept.clock);
    PingOutcome recorded = recorded(now.plusSeconds(60));
    assertThat(
            kept.commits.writeAll(
                two,
                List.of(of(7, "a"), of(7, "b"), of(7, "c"), of(8, "c"), ping("c", 60), of(7, "a"))))
        .containsExactly(
            recorded, recorded, new PingOutcome.AccountFull(2), recorded, recorded, recorded);
    assertThat(kept.commits.write(two, of(7, "c"))).isEqualTo(new PingOutcome.AccountFull(2));
    assertThat(kept.commits.write(two, new Removal(new HeartbeatName(7, "a"))))
        .isEqualTo(new PingOutcome.Changed());
    assertThat(kept.commits.write(two, of(7, "c"))).isEqualTo(recorded);
  }

  /// Several owners in one group, and a heartbeat of each by the same name.
  @Test
  void aNameIsAnotherHeartbeatForEachOwner() {
    kept.applyAll(of(8, "job"), ping("job", 60), of(7, "job"), of(7, "other"));
    assertThat(
            kept.applyAll(
                new Removal(new HeartbeatName(7, "job")),
                new Pause(new HeartbeatName(8, "job")),
                new Pause(new HeartbeatName(9, "job")),
                new Removal(HeartbeatName.ofOperator("other"))))
        .containsExactly(
            new PingOutcome.Changed(),
            new PingOutcome.Changed(),
            new PingOutcome.Unknown(),
            new PingOutcome.Unknown());
    assertThat(kept.state("job")).isEqualTo(State.UP);
    assertThat(kept.store.find(Scope.of(7), "job")).isEmpty();
    assertThat(kept.store.find(Scope.of(7), "other")).isPresent();
    assertThat(kept.store.find(Scope.of(8), "job").orElseThrow().state()).isEqualTo(State.PAUSED);
  }

  private static Ping of(long owner, String name) {
    return new Ping(
        new HeartbeatName(owner, name),
        new PingSignal.Success(),
        Optional.of(HeartbeatDatabase.every(60)),
        Optional.empty(),
        HeartbeatChange.Said.NOTHING);
  }

  /// Nobody would be told of it otherwise.
  @Test
  void aFailureIsTakenAfterACallThatWasStampedAhead() {
    kept.apply(ping("job", 600, now.plusSeconds(240)));
    assertThat(kept.apply(failure("job", 1, ""))).isInstanceOf(PingOutcome.Recorded.class);
    assertThat(kept.state("job")).isEqualTo(State.FAILED);
    assertThat(kept.told()).containsExactly("job FAILED");
  }

  private static PingOutcome recorded(Instant next) {
    return new PingOutcome.Recorded(next, false);
  }

  @Test
  void aFirstCallMakesAHeartbeat() {
    assertThat(kept.apply(ping("job", 60))).isEqualTo(recorded(now.plusSeconds(60)));
    Heartbeat job = kept.find("job");
    assertThat(job.state()).isEqualTo(State.UP);
    assertThat(job.moments().last()).contains(now);
    assertThat(job.moments().next()).isEqualTo(now.plusSeconds(60));
    assertThat(job.moments().due()).contains(now.plusSeconds(60));
    assertThat(job.counts()).isEqualTo(new Heartbeat.Counts(1, 1, 0));
    assertThat(kept.told()).isEmpty();
  }

  @Test
  void theNextIsExpectedAfterTheLastWhateverWasExpectedBefore() {
    kept.apply(ping("job", 60));
    kept.clock.pass(Duration.ofSeconds(30));
    assertThat(kept.apply(ping("job", 600))).isEqualTo(recorded(now.plusSeconds(630)));
    assertThat(kept.apply(ping("job", 5))).isEqualTo(recorded(now.plusSeconds(35)));
    assertThat(kept.find("job").moments().due()).contains(now.plusSeconds(35));
  }

  @Test
  void aCallInTimeLeavesTheMomentToLookWhereItIs() {
    kept.apply(ping("job", 60));
    kept.clock.pass(Duration.ofSeconds(30));
    kept.apply(ping("job", 60));
    assertThat(kept.find("job").moments().due()).contains(now.plusSeconds(60));
    assertThat(kept.find("job").deadline()).isEqualTo(now.plusSeconds(90));
  }

  @Test
  void anOlderTimestampChangesNothing() {
    kept.apply(ping("job", 60, now));
    Heartbeat before = kept.find("job");
    assertThat(kept.apply(ping("job", 600, now.minusSeconds(1))))
        .isEqualTo(new PingOutcome.Stale(now));
    assertThat(kept.find("job")).isEqualTo(before);
    assertThat(kept.apply(ping("job", 60, now))).isEqualTo(recorded(now.plusSeconds(60)));
  }

  @Test
  void twoOfOneNameInOneGroupComeOutInTheirOrder() {
    List<PingOutcome> done =
        kept.applyAll(
            ping("job", 60, now.minusSeconds(10)),
            ping("other", 60),
            ping("job", 60, now.minusSeconds(20)),
            ping("job", 60, now.minusSeconds(5)));
    assertThat(done)
        .containsExactly(
            recorded(now.plusSeconds(50)),
            recorded(now.plusSeconds(60)),
            new PingOutcome.Stale(now.minusSeconds(10)),
            recorded(now.plusSeconds(55)));
    assertThat(kept.find("job").counts()).isEqualTo(new Heartbeat.Counts(2, 2, 0));
    assertThat(kept.runs("job")).hasSize(2);
  }

  @Test
  void aRemovalInTheSameGroupTakesItsPlaceInTheOrder() {
    assertThat(
            kept.applyAll(
                new Removal(HeartbeatName.ofOperator("a")),
                ping("a", 60),
                new Removal(HeartbeatName.ofOperator("a")),
                new Removal(HeartbeatName.ofOperator("a")),
                ping("b", 60),
                new Removal(HeartbeatName.ofOperator("b")),
                ping("b", 30)))
        .containsExactly(
            new PingOutcome.Unknown(),
            recorded(now.plusSeconds(60)),
            new PingOutcome.Changed(),
            new PingOutcome.Unknown(),
            recorded(now.plusSeconds(60)),
            new PingOutcome.Changed(),
            recorded(now.plusSeconds(30)));
    assertThat(kept.listed()).containsExactly("b");
    assertThat(kept.find("b").counts().calls()).isEqualTo(1);
    assertThat(kept.runs("b")).hasSize(1);
    assertThat(kept.number("SELECT COUNT(*) FROM heartbeat_run")).isZero();
  }

  @Test
  void whatIsRemovedLeavesNothingBehind() {
    kept.apply(ping("job", 60));
    kept.apply(
        new HeartbeatChange.Ping(
            HeartbeatName.ofOperator("job"),
            new PingSignal.Success(),
            Optional.empty(),
            Optional.empty(),
            new Said(Optional.empty(), Optional.of(new JobOutput(new byte[] {1, 2})))));
    assertThat(kept.apply(new Removal(HeartbeatName.ofOperator("job"))))
        .isEqualTo(new PingOutcome.Changed());
    assertThat(kept.apply(new Removal(HeartbeatName.ofOperator("job"))))
        .isEqualTo(new PingOutcome.Unknown());
    assertThat(kept.number("SELECT COUNT(*) FROM heartbeat")).isZero();
    assertThat(kept.number("SELECT COUNT(*) FROM heartbeat_run")).isZero();
    assertThat(kept.number("SELECT COUNT(*) FROM heartbeat_output")).isZero();
    kept.apply(ping("job", 60));
    assertThat(kept.runs("job")).hasSize(1);
  }

  @Test
  void theLastHundredRunsAreKept() {
    for (int i = 0; i < 250; i++) {
      kept.clock.pass(Duration.ofSeconds(1));
      kept.apply(ping("job", 60));
    }
    assertThat(kept.runs("job"))
        .extracting(Run::number)
        .containsExactlyElementsOf(IntStream.range(0, 100).mapToObj(i -> 249L - i).toList());
    assertThat(kept.find("job").counts().runs()).isEqualTo(250);
  }

  @Test
  void overlappingRunsArePairedByTheirIds() {
    kept.apply(ping("job", 60));
    kept.apply(start("job", "a"));
    kept.clock.pass(Duration.ofSeconds(2));
    kept.apply(start("job", "b"));
    kept.clock.pass(Duration.ofSeconds(3));
    kept.apply(success("job", "a"));
    kept.clock.pass(Duration.ofSeconds(4));
    kept.apply(failure("job", 3, "b"));
    List<Run> runs = kept.runs("job");
    assertThat(runs).extracting(Run::id).startsWith(Optional.of("b"), Optional.of("a"));
    assertThat(runs.get(0).duration()).contains(Duration.ofSeconds(7));
    assertThat(runs.get(0).result()).isEqualTo(Run.Result.FAILED);
    assertThat(runs.get(0).exit()).hasValue(3);
    assertThat(runs.get(1).duration()).contains(Duration.ofSeconds(5));
    assertThat(kept.find("job").counts()).isEqualTo(new Heartbeat.Counts(3, 3, 0));
  }

  @Test
  void aStartAndItsEndInOneGroupAreOneRun() {
    kept.applyAll(ping("job", 60), start("job", ""), success("job", ""), success("job", ""));
    assertThat(kept.runs("job")).hasSize(3);
    assertThat(kept.runs("job"))
        .extracting(run -> run.started().isPresent())
        .containsExactly(false, true, false);
  }

  @Test
  void aRunThatNeverEndsIsForgottenWithItsPlace() {
    kept.apply(ping("job", 60));
    kept.apply(start("job", "lost"));
    assertThat(kept.find("job").counts().open()).isEqualTo(1);
    for (int i = 0; i < 100; i++) {
      kept.apply(success("job", ""));
    }
    assertThat(kept.find("job").counts().open()).isZero();
    assertThat(kept.runs("job")).noneMatch(Run::open);
  }

  @Test
  void aStartIsNoHeartbeat() {
    kept.apply(
        new HeartbeatChange.Ping(
            HeartbeatName.ofOperator("job"),
            new PingSignal.Start(),
            Optional.of(HeartbeatDatabase.every(60)),
            Optional.empty(),
            Said.NOTHING));
    assertThat(kept.state("job")).isEqualTo(State.NEW);
    assertThat(kept.find("job").moments().last()).isEmpty();
    assertThat(kept.find("job").counts().calls()).isZero();
    kept.clock.pass(Duration.ofSeconds(10));
    kept.apply(success("job", ""));
    assertThat(kept.state("job")).isEqualTo(State.UP);
    assertThat(kept.runs("job").getFirst().duration()).contains(Duration.ofSeconds(10));
  }

  @Test
  void aFirstCallHasToSayWhenTheNextComes() {
    assertThat(kept.apply(success("job", ""))).isEqualTo(new PingOutcome.NoTerms());
    assertThat(kept.listed()).isEmpty();
  }

  @Test
  void aFailureIsToldOnceAndSoIsTheRecovery() {
    kept.apply(ping("job", 60));
    kept.apply(failure("job", 1, ""));
    kept.apply(failure("job", 2, ""));
    assertThat(kept.state("job")).isEqualTo(State.FAILED);
    assertThat(kept.told()).containsExactly("job FAILED");
    kept.apply(success("job", ""));
    assertThat(kept.told()).containsExactly("job RECOVERED");
  }

  @Test
  void nothingIsExpectedWhilePaused() {
    kept.apply(ping("job", 60));
    kept.apply(new Pause(HeartbeatName.ofOperator("job")));
    assertThat(kept.find("job").moments().due()).isEmpty();
    assertThat(kept.apply(ping("job", 60)))
        .isEqualTo(new PingOutcome.Recorded(now.plusSeconds(60), true));
    kept.clock.pass(Duration.ofHours(1));
    kept.apply(new Resumption(HeartbeatName.ofOperator("job")));
    assertThat(kept.state("job")).isEqualTo(State.UP);
    assertThat(kept.find("job").moments().due()).contains(now.plusSeconds(3_660));
    assertThat(kept.apply(new Pause(HeartbeatName.ofOperator("nobody"))))
        .isEqualTo(new PingOutcome.Unknown());
  }

  @Test
  void aClockThatWasSetBackStandsInNobodysWay() {
    kept.apply(ping("job", 60));
    kept.clock.leap(Duration.ofHours(-1));
    assertThat(kept.apply(ping("job", 60))).isEqualTo(recorded(now.minusSeconds(3_540)));
    assertThat(kept.find("job").moments().last()).contains(now.minusSeconds(3_600));
  }

  @Test
  void aJobWhoseClockIsAheadIsNotOvertakenByOurs() {
    kept.apply(ping("job", 60, now.plusSeconds(100)));
    assertThat(kept.apply(ping("job", 60))).isEqualTo(new PingOutcome.Stale(now.plusSeconds(100)));
  }

  @Test
  void outputIsKeptWithItsRun() {
    kept.apply(ping("job", 60));
    byte[] printed = "done\n".getBytes(StandardCharsets.UTF_8);
    kept.apply(
        new HeartbeatChange.Ping(
            HeartbeatName.ofOperator("job"),
            new PingSignal.Success(),
            Optional.empty(),
            Optional.empty(),
            new Said(Optional.empty(), Optional.of(new JobOutput(printed)))));
    assertThat(kept.runs.of(kept.find("job")).getFirst().output().map(JobOutput::text))
        .contains("done\n");
    for (int i = 0; i < 100; i++) {
      kept.apply(success("job", ""));
    }
    assertThat(kept.runs.of(kept.find("job"))).allMatch(run -> run.output().isEmpty());
  }

  @Test
  void aNameIsNeverMoreThanAName() {
    List<String> names =
        List.of(
            "a/b",
            "'; DROP TABLE heartbeat; --",
            "<script>",
            "%",
            "_",
            "A",
            "a",
            "ä",
            "👩‍👩‍👧",
            "\\",
            "\"");
    names.forEach(name -> kept.apply(ping(name, 60)));
    assertThat(kept.listed()).containsExactlyElementsOf(names);
    names.forEach(name -> assertThat(kept.find(name).name()).isEqualTo(name));
    kept.apply(new Removal(HeartbeatName.ofOperator("%")));
    assertThat(kept.listed()).hasSize(names.size() - 1);
  }

  @Test
  void everyCallOfManyAtOnceIsCounted() throws Exception {
    int callers = 20;
    int calls = 50;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        int caller = i;
        all.add(
            threads.submit(
                () -> {
                  for (int call = 0; call < calls; call++) {
                    kept.apply(ping("shared", 60));
                    kept.apply(ping("own " + caller + " " + call % 5, 60));
                  }
                }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    }
    assertThat(kept.find("shared").counts().calls()).isEqualTo((long) callers * calls);
    assertThat(kept.number("SELECT SUM(call_count) FROM heartbeat"))
        .isEqualTo(2L * callers * calls);
    assertThat(kept.listed()).hasSize(1 + 5 * callers);
  }
}
