package dev.rollcall.server.heartbeat.store;

import static dev.rollcall.server.heartbeat.store.HeartbeatDatabase.failure;
import static dev.rollcall.server.heartbeat.store.HeartbeatDatabase.ping;
import static dev.rollcall.server.heartbeat.store.HeartbeatDatabase.start;
import static dev.rollcall.server.heartbeat.store.HeartbeatDatabase.success;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.rollcall.server.heartbeat.definition.HeartbeatDefinition;
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
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Severity;
import dev.rollcall.server.signal.Signal;
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

  private HeartbeatDatabase data;
  private Instant now;

  HeartbeatWriterTest(TestDatabases engine) {
    this.engine = engine;
  }

  @BeforeEach
  void openDatabase() {
    data = new HeartbeatDatabase(engine, folder);
    now = data.clock.wall();
  }

  @AfterEach
  void closeDatabase() {
    data.close();
  }

  private static HeartbeatChange.Declaration declaration(String name, AlertKeys keys) {
    return new HeartbeatChange.Declaration(
        new HeartbeatDefinition(
            HeartbeatName.ofOperator(name), HeartbeatDatabase.every(300), keys));
  }

  private static AlertKeys tagged(String tag) {
    return new AlertKeys(
        List.of(tag), Optional.empty(), Severity.WARNING, Optional.empty(), List.of(), List.of());
  }

  private Optional<AlertKeys> keys(String name) {
    KeyStore store = new KeyStore(data.database);
    return Optional.ofNullable(store.of(List.of(data.find(name))).get(data.find(name).id()));
  }

  @Test
  void keysGoWithTheirHeartbeat() {
    HeartbeatName job = HeartbeatName.ofOperator("job");
    HeartbeatChange.Keys given = new HeartbeatChange.Keys(job, tagged("a"));
    assertThat(data.apply(given)).isEqualTo(new PingOutcome.Unknown());
    assertThat(data.applyAll(ping("job", 60), given))
        .containsExactly(recorded(now.plusSeconds(60)), new PingOutcome.Changed());
    assertThat(keys("job")).contains(tagged("a"));
    data.applyAll(new Removal(job), ping("job", 60));
    assertThat(keys("job")).isEmpty();
    assertThat(data.number("SELECT COUNT(*) FROM heartbeat_keys")).isZero();
    data.apply(given);
    data.apply(new HeartbeatChange.Keys(job, AlertKeys.NONE));
    assertThat(data.number("SELECT COUNT(*) FROM heartbeat_keys")).isZero();
  }

  @Test
  void aDeclarationIsStoredUntilItEnds() {
    HeartbeatDefinition job = declaration("job", tagged("a")).definition();
    data.applyAll(declaration("job", tagged("b")), declaration("job", tagged("a")));
    data.apply(declaration("never", AlertKeys.NONE));
    KeyStore store = new KeyStore(data.database);
    assertThat(store.declared()).hasSize(2).contains(job);
    assertThat(data.state("never")).isEqualTo(State.NEW);
    assertThat(data.apply(ping("job", 60))).isEqualTo(recorded(now.plusSeconds(300)));
    data.apply(new HeartbeatChange.EndOfDeclaration(job.key()));
    assertThat(store.declared()).hasSize(1);
    assertThat(keys("job")).isEmpty();
    assertThat(data.apply(ping("job", 60))).isEqualTo(recorded(now.plusSeconds(60)));
  }

  @Test
  void thereAreNoMoreThanThereMayBe() {
    HeartbeatWriter three =
        new HeartbeatWriter(
            data.database,
            (_, _) -> {},
            data.circles(),
            new HeartbeatLimit(3, 2, new PrometheusRegistry(), data.clock),
            HeartbeatDatabase.TOLERANCE,
            Durability.PROCESS,
            data.clock);
    assertThat(
            data.commits.writeAll(
                three, List.of(ping("a", 60), ping("b", 60), ping("c", 60), ping("d", 60))))
        .endsWith(recorded(now.plusSeconds(60)), new PingOutcome.Full(3));
    assertThat(data.listed()).containsExactly("a", "b", "c");
    assertThat(data.commits.write(three, ping("a", 60))).isEqualTo(recorded(now.plusSeconds(60)));
    data.commits.write(three, new Removal(HeartbeatName.ofOperator("b")));
    data.clock.pass(Duration.ofSeconds(1));
    assertThat(data.commits.write(three, ping("e", 60)))
        .isEqualTo(recorded(data.clock.wall().plusSeconds(60)));
    assertThat(data.commits.write(three, ping("f", 60))).isEqualTo(new PingOutcome.Full(3));
  }

  @Test
  void anAccountHasNoMoreThanItMayHave() {
    HeartbeatWriter two =
        new HeartbeatWriter(
            data.database,
            (_, _) -> {},
            data.circles(),
            new HeartbeatLimit(100, 2, new PrometheusRegistry(), data.clock),
            HeartbeatDatabase.TOLERANCE,
            Durability.PROCESS,
            data.clock);
    PingOutcome recorded = recorded(now.plusSeconds(60));
    assertThat(
            data.commits.writeAll(
                two,
                List.of(of(7, "a"), of(7, "b"), of(7, "c"), of(8, "c"), ping("c", 60), of(7, "a"))))
        .containsExactly(
            recorded, recorded, new PingOutcome.AccountFull(2), recorded, recorded, recorded);
    assertThat(data.commits.write(two, of(7, "c"))).isEqualTo(new PingOutcome.AccountFull(2));
    assertThat(data.commits.write(two, new Removal(new HeartbeatName(7, "a"))))
        .isEqualTo(new PingOutcome.Changed());
    assertThat(data.commits.write(two, of(7, "c"))).isEqualTo(recorded);
  }

  /// A call that was accepted before may be written long after that.
  @Test
  void aCallOfAnAccountThatIsDeletedCreatesNothing() {
    HeartbeatLimit limit = new HeartbeatLimit(100, 2, new PrometheusRegistry(), data.clock);
    limit.of((_, owner) -> owner == 8);
    HeartbeatWriter writer =
        new HeartbeatWriter(
            data.database,
            (_, _) -> {},
            data.circles(),
            limit,
            HeartbeatDatabase.TOLERANCE,
            Durability.PROCESS,
            data.clock);
    PingOutcome recorded = recorded(now.plusSeconds(60));
    assertThat(data.commits.writeAll(writer, List.of(of(7, "a"), of(8, "a"), ping("a", 60))))
        .containsExactly(new PingOutcome.OwnerGone(), recorded, recorded);
    assertThat(data.store.find(Scope.of(7), "a")).isEmpty();
  }

  /// Several owners in one group, and a heartbeat of each by the same name.
  @Test
  void aNameIsAnotherHeartbeatForEachOwner() {
    data.applyAll(of(8, "job"), ping("job", 60), of(7, "job"), of(7, "other"));
    assertThat(
            data.applyAll(
                new Removal(new HeartbeatName(7, "job")),
                new Pause(new HeartbeatName(8, "job")),
                new Pause(new HeartbeatName(9, "job")),
                new Removal(HeartbeatName.ofOperator("other"))))
        .containsExactly(
            new PingOutcome.Changed(),
            new PingOutcome.Changed(),
            new PingOutcome.Unknown(),
            new PingOutcome.Unknown());
    assertThat(data.state("job")).isEqualTo(State.UP);
    assertThat(data.store.find(Scope.of(7), "job")).isEmpty();
    assertThat(data.store.find(Scope.of(7), "other")).isPresent();
    assertThat(data.store.find(Scope.of(8), "job").orElseThrow().state()).isEqualTo(State.PAUSED);
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
    data.apply(ping("job", 600, now.plusSeconds(240)));
    assertThat(data.apply(failure("job", 1, ""))).isInstanceOf(PingOutcome.Recorded.class);
    assertThat(data.state("job")).isEqualTo(State.FAILED);
    assertThat(data.signals()).containsExactly("job FAILED");
  }

  private static PingOutcome recorded(Instant next) {
    return new PingOutcome.Recorded(next, false);
  }

  @Test
  void aFirstCallMakesAHeartbeat() {
    assertThat(data.apply(ping("job", 60))).isEqualTo(recorded(now.plusSeconds(60)));
    Heartbeat job = data.find("job");
    assertThat(job.state()).isEqualTo(State.UP);
    assertThat(job.moments().last()).contains(now);
    assertThat(job.moments().next()).isEqualTo(now.plusSeconds(60));
    assertThat(job.moments().due()).contains(now.plusSeconds(60));
    assertThat(job.counts()).isEqualTo(new Heartbeat.Counts(1, 1, 0));
    assertThat(data.signals()).isEmpty();
  }

  @Test
  void theNextIsExpectedAfterTheLastWhateverWasExpectedBefore() {
    data.apply(ping("job", 60));
    data.clock.pass(Duration.ofSeconds(30));
    assertThat(data.apply(ping("job", 600))).isEqualTo(recorded(now.plusSeconds(630)));
    assertThat(data.apply(ping("job", 5))).isEqualTo(recorded(now.plusSeconds(35)));
    assertThat(data.find("job").moments().due()).contains(now.plusSeconds(35));
  }

  @Test
  void aCallInTimeLeavesTheMomentToLookWhereItIs() {
    data.apply(ping("job", 60));
    data.clock.pass(Duration.ofSeconds(30));
    data.apply(ping("job", 60));
    assertThat(data.find("job").moments().due()).contains(now.plusSeconds(60));
    assertThat(data.find("job").deadline()).isEqualTo(now.plusSeconds(90));
  }

  @Test
  void anOlderTimestampChangesNothing() {
    data.apply(ping("job", 60, now));
    Heartbeat before = data.find("job");
    assertThat(data.apply(ping("job", 600, now.minusSeconds(1))))
        .isEqualTo(new PingOutcome.Stale(now));
    assertThat(data.find("job")).isEqualTo(before);
    assertThat(data.apply(ping("job", 60, now))).isEqualTo(recorded(now.plusSeconds(60)));
  }

  @Test
  void twoOfOneNameInOneGroupComeOutInTheirOrder() {
    List<PingOutcome> done =
        data.applyAll(
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
    assertThat(data.find("job").counts()).isEqualTo(new Heartbeat.Counts(2, 2, 0));
    assertThat(data.runs("job")).hasSize(2);
  }

  @Test
  void aRemovalInTheSameGroupTakesItsPlaceInTheOrder() {
    assertThat(
            data.applyAll(
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
    assertThat(data.listed()).containsExactly("b");
    assertThat(data.find("b").counts().calls()).isEqualTo(1);
    assertThat(data.runs("b")).hasSize(1);
    assertThat(data.number("SELECT COUNT(*) FROM heartbeat_run")).isZero();
  }

  @Test
  void whatIsRemovedLeavesNothingBehind() {
    data.apply(ping("job", 60));
    data.apply(
        new HeartbeatChange.Ping(
            HeartbeatName.ofOperator("job"),
            new PingSignal.Success(),
            Optional.empty(),
            Optional.empty(),
            new Said(Optional.empty(), Optional.of(new JobOutput(new byte[] {1, 2})))));
    assertThat(data.apply(new Removal(HeartbeatName.ofOperator("job"))))
        .isEqualTo(new PingOutcome.Changed());
    assertThat(data.apply(new Removal(HeartbeatName.ofOperator("job"))))
        .isEqualTo(new PingOutcome.Unknown());
    assertThat(data.number("SELECT COUNT(*) FROM heartbeat")).isZero();
    assertThat(data.number("SELECT COUNT(*) FROM heartbeat_run")).isZero();
    assertThat(data.number("SELECT COUNT(*) FROM heartbeat_output")).isZero();
    data.apply(ping("job", 60));
    assertThat(data.runs("job")).hasSize(1);
  }

  @Test
  void theLastHundredRunsAreKept() {
    for (int i = 0; i < 250; i++) {
      data.clock.pass(Duration.ofSeconds(1));
      data.apply(ping("job", 60));
    }
    assertThat(data.runs("job"))
        .extracting(Run::number)
        .containsExactlyElementsOf(IntStream.range(0, 100).mapToObj(i -> 249L - i).toList());
    assertThat(data.find("job").counts().runs()).isEqualTo(250);
  }

  @Test
  void overlappingRunsArePairedByTheirIds() {
    data.apply(ping("job", 60));
    data.apply(start("job", "a"));
    data.clock.pass(Duration.ofSeconds(2));
    data.apply(start("job", "b"));
    data.clock.pass(Duration.ofSeconds(3));
    data.apply(success("job", "a"));
    data.clock.pass(Duration.ofSeconds(4));
    data.apply(failure("job", 3, "b"));
    List<Run> runs = data.runs("job");
    assertThat(runs).extracting(Run::id).startsWith(Optional.of("b"), Optional.of("a"));
    assertThat(runs.get(0).duration()).contains(Duration.ofSeconds(7));
    assertThat(runs.get(0).result()).isEqualTo(Run.Result.FAILED);
    assertThat(runs.get(0).exit()).hasValue(3);
    assertThat(runs.get(1).duration()).contains(Duration.ofSeconds(5));
    assertThat(data.find("job").counts()).isEqualTo(new Heartbeat.Counts(3, 3, 0));
  }

  @Test
  void aStartAndItsEndInOneGroupAreOneRun() {
    data.applyAll(ping("job", 60), start("job", ""), success("job", ""), success("job", ""));
    assertThat(data.runs("job")).hasSize(3);
    assertThat(data.runs("job"))
        .extracting(run -> run.started().isPresent())
        .containsExactly(false, true, false);
  }

  @Test
  void aRunThatNeverEndsIsForgottenWithItsPlace() {
    data.apply(ping("job", 60));
    data.apply(start("job", "lost"));
    assertThat(data.find("job").counts().open()).isEqualTo(1);
    for (int i = 0; i < 100; i++) {
      data.apply(success("job", ""));
    }
    assertThat(data.find("job").counts().open()).isZero();
    assertThat(data.runs("job")).noneMatch(Run::open);
  }

  @Test
  void aStartIsNoHeartbeat() {
    data.apply(
        new HeartbeatChange.Ping(
            HeartbeatName.ofOperator("job"),
            new PingSignal.Start(),
            Optional.of(HeartbeatDatabase.every(60)),
            Optional.empty(),
            Said.NOTHING));
    assertThat(data.state("job")).isEqualTo(State.NEW);
    assertThat(data.find("job").moments().last()).isEmpty();
    assertThat(data.find("job").counts().calls()).isZero();
    data.clock.pass(Duration.ofSeconds(10));
    data.apply(success("job", ""));
    assertThat(data.state("job")).isEqualTo(State.UP);
    assertThat(data.runs("job").getFirst().duration()).contains(Duration.ofSeconds(10));
  }

  @Test
  void aFirstCallHasToSayWhenTheNextComes() {
    assertThat(data.apply(success("job", ""))).isEqualTo(new PingOutcome.NoTerms());
    assertThat(data.listed()).isEmpty();
  }

  @Test
  void aFailureIsToldOnceAndSoIsTheRecovery() {
    data.apply(ping("job", 60));
    data.apply(failure("job", 1, ""));
    data.apply(failure("job", 2, ""));
    assertThat(data.state("job")).isEqualTo(State.FAILED);
    assertThat(data.signals()).containsExactly("job FAILED");
    data.apply(success("job", ""));
    assertThat(data.signals()).containsExactly("job RECOVERED");
  }

  @Test
  void aFailureThatWaitedBeganAndEndedWhenItsCallsCame() {
    data.apply(ping("job", 600));
    data.clock.pass(Duration.ofSeconds(30));
    data.apply(failure("job", 1, "").cameAt(now.plusSeconds(10)));
    data.apply(ping("job", 600).cameAt(now.plusSeconds(20)));
    assertThat(data.signals)
        .extracting(Signal::to, Signal::began, Signal::at)
        .containsExactly(
            tuple("failed", now.plusSeconds(10), now.plusSeconds(10)),
            tuple("up", now.plusSeconds(20), now.plusSeconds(20)));
  }

  @Test
  void nothingIsExpectedWhilePaused() {
    data.apply(ping("job", 60));
    data.apply(new Pause(HeartbeatName.ofOperator("job")));
    assertThat(data.find("job").moments().due()).isEmpty();
    assertThat(data.apply(ping("job", 60)))
        .isEqualTo(new PingOutcome.Recorded(now.plusSeconds(60), true));
    data.clock.pass(Duration.ofHours(1));
    data.apply(new Resumption(HeartbeatName.ofOperator("job")));
    assertThat(data.state("job")).isEqualTo(State.UP);
    assertThat(data.find("job").moments().due()).contains(now.plusSeconds(3_660));
    assertThat(data.apply(new Pause(HeartbeatName.ofOperator("nobody"))))
        .isEqualTo(new PingOutcome.Unknown());
  }

  @Test
  void aClockThatWasSetBackStandsInNobodysWay() {
    data.apply(ping("job", 60));
    data.clock.leap(Duration.ofHours(-1));
    assertThat(data.apply(ping("job", 60))).isEqualTo(recorded(now.minusSeconds(3_540)));
    assertThat(data.find("job").moments().last()).contains(now.minusSeconds(3_600));
  }

  @Test
  void aJobWhoseClockIsAheadIsNotOvertakenByOurs() {
    data.apply(ping("job", 60, now.plusSeconds(100)));
    assertThat(data.apply(ping("job", 60))).isEqualTo(new PingOutcome.Stale(now.plusSeconds(100)));
  }

  @Test
  void outputIsKeptWithItsRun() {
    data.apply(ping("job", 60));
    byte[] printed = "done\n".getBytes(StandardCharsets.UTF_8);
    data.apply(
        new HeartbeatChange.Ping(
            HeartbeatName.ofOperator("job"),
            new PingSignal.Success(),
            Optional.empty(),
            Optional.empty(),
            new Said(Optional.empty(), Optional.of(new JobOutput(printed)))));
    assertThat(data.runs.of(data.find("job")).getFirst().output().map(JobOutput::text))
        .contains("done\n");
    for (int i = 0; i < 100; i++) {
      data.apply(success("job", ""));
    }
    assertThat(data.runs.of(data.find("job"))).allMatch(run -> run.output().isEmpty());
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
    names.forEach(name -> data.apply(ping(name, 60)));
    assertThat(data.listed()).containsExactlyElementsOf(names);
    names.forEach(name -> assertThat(data.find(name).name()).isEqualTo(name));
    data.apply(new Removal(HeartbeatName.ofOperator("%")));
    assertThat(data.listed()).hasSize(names.size() - 1);
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
                    data.apply(ping("shared", 60));
                    data.apply(ping("own " + caller + " " + call % 5, 60));
                  }
                }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    }
    assertThat(data.find("shared").counts().calls()).isEqualTo((long) callers * calls);
    assertThat(data.number("SELECT SUM(call_count) FROM heartbeat"))
        .isEqualTo(2L * callers * calls);
    assertThat(data.listed()).hasSize(1 + 5 * callers);
  }
}
