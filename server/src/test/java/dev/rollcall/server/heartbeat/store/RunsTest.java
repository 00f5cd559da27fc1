package dev.rollcall.server.heartbeat.store;

import static dev.rollcall.server.heartbeat.store.HeartbeatDatabase.failure;
import static dev.rollcall.server.heartbeat.store.HeartbeatDatabase.ping;
import static dev.rollcall.server.heartbeat.store.HeartbeatDatabase.start;
import static dev.rollcall.server.heartbeat.store.HeartbeatDatabase.success;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.heartbeat.definition.HeartbeatName;
import dev.rollcall.server.heartbeat.ping.Heartbeat;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange.Ping;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange.Said;
import dev.rollcall.server.heartbeat.ping.JobOutput;
import dev.rollcall.server.heartbeat.ping.PingSignal;
import dev.rollcall.server.heartbeat.ping.Run;
import dev.rollcall.server.heartbeat.ping.State;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.sql.TestDatabases;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Where the runs of a heartbeat lie, some in its row and some in theirs, shows to nobody.
@ParameterizedClass
@EnumSource
class RunsTest {
  @TempDir Path folder;
  private final TestDatabases engine;
  private HeartbeatDatabase data;

  RunsTest(TestDatabases engine) {
    this.engine = engine;
  }

  @BeforeEach
  void open() {
    data = new HeartbeatDatabase(engine, folder);
  }

  @AfterEach
  void close() {
    data.close();
  }

  private long older() {
    return data.number("SELECT COUNT(*) FROM heartbeat_run");
  }

  @Test
  void theNewestStayInTheRowUntilThereAreTen() {
    for (int i = 0; i < 10; i++) {
      data.apply(ping("job", 60));
    }
    assertThat(older()).isZero();
    assertThat(data.runs("job")).hasSize(10);
    data.apply(ping("job", 60));
    assertThat(older()).isEqualTo(10);
    assertThat(data.runs("job"))
        .extracting(Run::number)
        .containsExactlyElementsOf(IntStream.range(0, 11).mapToObj(i -> 10L - i).toList());
  }

  @Test
  void whatSaysMoreTakesThemAlong() {
    data.apply(ping("job", 60));
    data.apply(failure("job", 3, ""));
    assertThat(older()).isZero();
    data.apply(start("job", ""));
    assertThat(older()).isEqualTo(3);
    data.apply(success("job", ""));
    data.apply(ping("job", 60));
    assertThat(older()).isEqualTo(3);
    assertThat(data.runs("job")).extracting(Run::number).containsExactly(3L, 2L, 1L, 0L);
    assertThat(data.runs("job"))
        .extracting(Run::exit)
        .containsExactly(
            OptionalLong.empty(), OptionalLong.empty(), OptionalLong.of(3), OptionalLong.empty());
  }

  @Test
  void theirFailuresKeepTheirCodes() {
    data.apply(ping("job", 60));
    data.apply(failure("job", 1, ""));
    data.apply(failure("job", 255, ""));
    data.apply(
        new Ping(
            HeartbeatName.ofOperator("job"),
            new PingSignal.Failure(OptionalLong.empty()),
            Optional.empty(),
            Optional.empty(),
            Said.NOTHING));
    assertThat(older()).isZero();
    assertThat(data.runs("job"))
        .extracting(Run::result)
        .containsExactly(Run.Result.FAILED, Run.Result.FAILED, Run.Result.FAILED, Run.Result.OK);
    assertThat(data.runs("job"))
        .extracting(Run::exit)
        .containsExactly(
            OptionalLong.empty(), OptionalLong.of(255), OptionalLong.of(1), OptionalLong.empty());
  }

  @Test
  void anEndAtTheBeginningOfTimeIsOneLikeAnyOther() {
    data.apply(ping("job", 60, Instant.EPOCH));
    data.apply(ping("job", 60));
    assertThat(data.runs("job"))
        .extracting(Run::ended)
        .containsExactly(Optional.of(data.clock.wall()), Optional.of(Instant.EPOCH));
  }

  private static Ping printing(String output) {
    return printing("job", output);
  }

  private static Ping printing(String name, String output) {
    return new Ping(
        HeartbeatName.ofOperator(name),
        new PingSignal.Success(),
        Optional.of(HeartbeatDatabase.every(60)),
        Optional.empty(),
        new Said(Optional.empty(), Optional.of(new JobOutput(output.getBytes(UTF_8)))));
  }

  private Optional<String> lastOutput() {
    Subject job = new Subject(Subject.Type.HEARTBEAT, data.find("job").id(), 0, "job");
    return data.database.read(handle -> new HeartbeatSubjects().lastOutput(handle, job));
  }

  @Test
  void theLastOutputIsThatOfTheNewestRunThatHasOne() {
    data.apply(ping("job", 60));
    assertThat(lastOutput()).isEmpty();
    data.apply(printing("one"));
    data.apply(printing("x".repeat(3_000) + "two"));
    data.apply(ping("job", 60));
    assertThat(lastOutput()).contains("x".repeat(2_045) + "two");
    for (int i = 0; i < Run.MOST_STORED; i++) {
      data.apply(ping("job", 60));
    }
    assertThat(lastOutput()).isEmpty();
  }

  @Test
  void noneOutlivesItsHeartbeat() {
    for (int i = 0; i < 15; i++) {
      data.apply(ping("job", 60));
    }
    data.applyAll(
        ping("job", 60),
        new HeartbeatChange.Removal(HeartbeatName.ofOperator("job")),
        ping("job", 60));
    assertThat(data.runs("job")).hasSize(1);
    data.apply(new HeartbeatChange.Removal(HeartbeatName.ofOperator("job")));
    assertThat(older()).isZero();
  }

  @Test
  void anOlderFailureDoesNotEndANewerRun() {
    Instant began = data.clock.wall();
    data.apply(ping("job", 600));
    data.clock.pass(Duration.ofSeconds(60));
    data.apply(start("job", ""));
    data.clock.pass(Duration.ofSeconds(60));
    data.apply(failure("job", 7, "").cameAt(began.plusSeconds(30)));
    assertThat(data.state("job")).isEqualTo(State.UP);
    assertThat(data.signals()).isEmpty();
    assertThat(data.find("job").counts()).isEqualTo(new Heartbeat.Counts(2, 3, 1));
    data.apply(success("job", ""));
    assertThat(data.runs("job"))
        .containsExactly(
            new Run(
                2,
                Optional.empty(),
                Optional.of(began.plusSeconds(60)),
                Optional.of(began.plusSeconds(120)),
                Run.Result.OK,
                OptionalLong.empty()),
            new Run(
                1,
                Optional.empty(),
                Optional.empty(),
                Optional.of(began.plusSeconds(30)),
                Run.Result.FAILED,
                OptionalLong.of(7)),
            new Run(
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.of(began),
                Run.Result.OK,
                OptionalLong.empty()));
    assertThat(data.find("job").counts().open()).isZero();
  }

  /// Each prints the second at which it ended. A third of them wait while the others are written.
  @Test
  void whatWaitedTakesItsPlaceAmongWhatCameMeanwhileWithItsOutput() {
    for (int seed = 1; seed <= 4; seed++) {
      Random random = new Random(seed);
      String name = "waits" + seed;
      int calls = seed == 4 ? 240 : 30 * seed;
      Instant began = data.clock.wall();
      List<Ping> waiting = new ArrayList<>();
      for (int i = 0; i < calls; i++) {
        boolean prints = random.nextBoolean();
        Ping ping = prints ? printing(name, "" + 10 * i) : ping(name, 600);
        if (i > 0 && i < calls - 1 && random.nextInt(3) == 0) {
          waiting.add(ping.cameAt(data.clock.wall()));
        } else {
          data.apply(ping);
        }
        data.clock.pass(Duration.ofSeconds(10));
      }
      Heartbeat before = data.find(name);
      int half = waiting.size() / 2;
      data.applyAll(waiting.subList(0, half).toArray(HeartbeatChange[]::new));
      data.applyAll(waiting.subList(half, waiting.size()).toArray(HeartbeatChange[]::new));
      Heartbeat after = data.find(name);
      assertThat(after.moments()).isEqualTo(before.moments());
      assertThat(after.counts().calls()).isEqualTo(calls);
      List<RunStore.Shown> shown = data.runs.of(after);
      assertThat(shown).hasSize(Math.min(calls, Run.MOST_STORED));
      assertThat(shown)
          .extracting(each -> each.run().ended().orElseThrow())
          .isSortedAccordingTo(Comparator.<Instant>reverseOrder())
          .doesNotHaveDuplicates();
      for (RunStore.Shown each : shown) {
        Instant ended = each.run().ended().orElseThrow();
        each.output()
            .ifPresent(
                output ->
                    assertThat(output.text())
                        .isEqualTo("" + Duration.between(began, ended).toSeconds()));
      }
      assertThat(shown.stream().filter(each -> each.output().isPresent()).count())
          .isGreaterThan(shown.size() / 4);
    }
  }

  @Test
  void anythingAtRandomComesOutAsInAList() {
    for (int seed = 1; seed <= 5; seed++) {
      Random random = new Random(seed);
      String name = "job" + seed;
      List<Run> expected = new ArrayList<>();
      data.apply(ping(name, 60));
      follow(expected, ping(name, 60), data.clock.wall());
      for (int step = 0; step < 60; step++) {
        data.clock.pass(Duration.ofSeconds(1));
        List<HeartbeatChange> group = new ArrayList<>();
        for (int i = random.nextInt(1, 20); i > 0; i--) {
          Ping ping = randomPing(random, name);
          group.add(ping);
          follow(expected, ping, data.clock.wall());
        }
        data.applyAll(group.toArray(HeartbeatChange[]::new));
        List<Run> last =
            expected.subList(Math.max(0, expected.size() - Run.MOST_STORED), expected.size());
        assertThat(data.runs(name)).as("seed %d", seed).isEqualTo(last.reversed());
        assertThat(data.find(name).counts().open())
            .isEqualTo((int) last.stream().filter(Run::open).count());
      }
    }
  }

  private static Ping randomPing(Random random, String name) {
    String id = random.nextInt(3) == 0 ? "run" + random.nextInt(3) : "";
    return switch (random.nextInt(10)) {
      case 0 -> start(name, id);
      case 1 -> success(name, id);
      case 2 -> failure(name, random.nextInt(1, 256), id);
      case 3 ->
          new Ping(
              HeartbeatName.ofOperator(name),
              new PingSignal.Success(),
              Optional.empty(),
              Optional.empty(),
              new Said(Optional.empty(), Optional.of(new JobOutput(new byte[] {65}))));
      default -> ping(name, 60);
    };
  }

  /// What a list of all runs would be after that call.
  private static void follow(List<Run> all, Ping ping, Instant now) {
    Optional<String> id = ping.said().run();
    int known = -1;
    for (int i = Math.max(0, all.size() - Run.MOST_STORED); i < all.size(); i++) {
      if (all.get(i).open() && all.get(i).id().equals(id)) {
        known = i;
      }
    }
    boolean starts = ping.signal() instanceof PingSignal.Start;
    int place = known < 0 || (starts && id.isEmpty()) ? all.size() : known;
    Optional<Instant> started = place < all.size() ? all.get(place).started() : Optional.empty();
    Run run =
        switch (ping.signal()) {
          case PingSignal.Start() ->
              new Run(
                  place,
                  id,
                  Optional.of(now),
                  Optional.empty(),
                  Run.Result.RUNNING,
                  OptionalLong.empty());
          case PingSignal.Success() ->
              new Run(place, id, started, Optional.of(now), Run.Result.OK, OptionalLong.empty());
          case PingSignal.Failure(OptionalLong code) ->
              new Run(place, id, started, Optional.of(now), Run.Result.FAILED, code);
        };
    if (place < all.size()) {
      all.set(place, run);
    } else {
      all.add(run);
    }
  }
}
