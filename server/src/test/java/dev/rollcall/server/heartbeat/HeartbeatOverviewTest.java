package dev.rollcall.server.heartbeat;

import static dev.rollcall.server.heartbeat.HeartbeatDatabase.failure;
import static dev.rollcall.server.heartbeat.HeartbeatDatabase.ping;
import static dev.rollcall.server.heartbeat.HeartbeatDatabase.start;
import static dev.rollcall.server.heartbeat.HeartbeatDatabase.success;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.heartbeat.HeartbeatChange.Pause;
import dev.rollcall.server.heartbeat.HeartbeatOverview.Beat;
import dev.rollcall.server.heartbeat.HeartbeatOverview.Outcome;
import dev.rollcall.server.heartbeat.HeartbeatOverview.Ran;
import dev.rollcall.server.sql.TestDatabases;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The heartbeats as a person looks at them, in each of the databases.
@ParameterizedClass
@EnumSource
class HeartbeatOverviewTest {
  private final TestDatabases engine;

  @TempDir Path folder;

  private HeartbeatDatabase kept;
  private HeartbeatOverview heartbeatOverview;

  HeartbeatOverviewTest(TestDatabases engine) {
    this.engine = engine;
  }

  @BeforeEach
  void openDatabase() {
    kept = new HeartbeatDatabase(engine, folder);
    heartbeatOverview =
        new HeartbeatOverview(
            kept.database, kept.store, kept.runs, new StateCounts(kept.store, kept.clock));
  }

  @AfterEach
  void closeDatabase() {
    kept.close();
  }

  @Test
  void showsWhatIsWrongFirst() {
    kept.apply(ping("up", 1_000));
    kept.apply(ping("paused", 1_000));
    kept.apply(new Pause("paused"));
    kept.apply(ping("failed", 1_000));
    kept.apply(failure("failed", 2, ""));
    kept.apply(ping("late", 10));
    LateDetector lateDetector = kept.lateDetector();
    for (int i = 0; i < 80; i++) {
      lateDetector.round();
      kept.clock.pass(Duration.ofSeconds(1));
    }
    assertThat(names(Optional.empty())).containsExactly("late", "failed", "up", "paused");
    assertThat(names(Optional.of(State.FAILED))).containsExactly("failed");
    assertThat(names(Optional.of(State.NEW))).isEmpty();
    Beat paused = heartbeatOverview.find("paused").orElseThrow();
    assertThat(paused.moments().next()).isEmpty();
    assertThat(heartbeatOverview.find("late").orElseThrow().moments().since()).isPresent();
  }

  @Test
  void pagesGoOnAcrossStates() {
    for (int i = 0; i < 5; i++) {
      kept.apply(ping("failed " + i, 1_000));
      kept.apply(failure("failed " + i, 1, ""));
      kept.apply(ping("up " + i, 1_000));
    }
    Map<State, Long> counts = heartbeatOverview.counts();
    List<String> names = new ArrayList<>();
    for (int page = 0; page < 4; page++) {
      heartbeatOverview
          .rows(counts, Optional.empty(), 3, page * 3L)
          .forEach(one -> names.add(one.name()));
    }
    assertThat(names)
        .containsExactly(
            "failed 0",
            "failed 1",
            "failed 2",
            "failed 3",
            "failed 4",
            "up 0",
            "up 1",
            "up 2",
            "up 3",
            "up 4");
    assertThat(heartbeatOverview.rows(counts, Optional.of(State.UP), 3, 3))
        .extracting(Beat::name)
        .containsExactly("up 3", "up 4");
  }

  @Test
  void showsTheNewestRunsOldestFirst() {
    kept.apply(ping("job", 1_000));
    for (int i = 0; i < 120; i++) {
      kept.apply(start("job", "r" + i));
      kept.clock.pass(Duration.ofSeconds(i));
      kept.apply(i == 119 ? failure("job", 7, "r" + i) : success("job", "r" + i));
    }
    List<Ran> listed =
        heartbeatOverview
            .rows(heartbeatOverview.counts(), Optional.empty(), 10, 0)
            .getFirst()
            .runs();
    assertThat(listed)
        .extracting(Ran::number)
        .containsExactlyElementsOf(LongStream.rangeClosed(92, 121).boxed().toList());
    Ran last = listed.getLast();
    assertThat(last.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(last.exit()).hasValue(7);
    assertThat(last.took()).contains(Duration.ofSeconds(119));
    assertThat(last.id()).contains("r119");
    assertThat(heartbeatOverview.find("job").orElseThrow().runs())
        .extracting(Ran::number)
        .containsExactlyElementsOf(LongStream.rangeClosed(22, 121).boxed().toList());
  }

  @ParameterizedTest
  @EnumSource(names = "UP", mode = EnumSource.Mode.EXCLUDE)
  void findsWhatIsNotUpByItsIndex(State state) {
    if (engine == TestDatabases.POSTGRES) {
      return; // it plans by how much there is, and proves the condition by itself
    }
    String plan =
        kept.database.read(
            handle ->
                handle
                    .createQuery(
                        "EXPLAIN QUERY PLAN "
                            + HeartbeatOverview.inState(state)
                                .replace("LIMIT ? OFFSET ?", "LIMIT 1"))
                    .map((row, _) -> row.getString("detail"))
                    .one());
    assertThat(plan).contains("SEARCH heartbeat USING INDEX heartbeat_state");
  }

  @Test
  void knowsNoneThatIsNotThere() {
    assertThat(heartbeatOverview.find("nobody")).isEmpty();
    assertThat(names(Optional.empty())).isEmpty();
  }

  private List<String> names(Optional<State> only) {
    return heartbeatOverview.rows(heartbeatOverview.counts(), only, 100, 0).stream()
        .map(Beat::name)
        .toList();
  }
}
