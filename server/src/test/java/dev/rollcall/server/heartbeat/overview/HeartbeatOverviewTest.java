package dev.rollcall.server.heartbeat.overview;

import static dev.rollcall.server.heartbeat.store.HeartbeatDatabase.failure;
import static dev.rollcall.server.heartbeat.store.HeartbeatDatabase.ping;
import static dev.rollcall.server.heartbeat.store.HeartbeatDatabase.start;
import static dev.rollcall.server.heartbeat.store.HeartbeatDatabase.success;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.heartbeat.definition.HeartbeatName;
import dev.rollcall.server.heartbeat.overview.HeartbeatOverview.Outcome;
import dev.rollcall.server.heartbeat.overview.HeartbeatOverview.Ran;
import dev.rollcall.server.heartbeat.overview.HeartbeatOverview.Row;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange.Pause;
import dev.rollcall.server.heartbeat.ping.State;
import dev.rollcall.server.heartbeat.store.HeartbeatDatabase;
import dev.rollcall.server.heartbeat.store.StateCounts;
import dev.rollcall.server.http.Listing;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.sql.TestDatabases;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
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

  private HeartbeatDatabase data;
  private HeartbeatOverview heartbeatOverview;

  HeartbeatOverviewTest(TestDatabases engine) {
    this.engine = engine;
  }

  @BeforeEach
  void openDatabase() {
    data = new HeartbeatDatabase(engine, folder);
    heartbeatOverview =
        new HeartbeatOverview(
            data.database, data.store, data.runs, new StateCounts(data.store, data.clock));
  }

  @AfterEach
  void closeDatabase() {
    data.close();
  }

  @Test
  void showsWhatIsWrongFirst() {
    data.apply(ping("up", 1_000));
    data.apply(ping("paused", 1_000));
    data.apply(new Pause(HeartbeatName.ofOperator("paused")));
    data.apply(ping("failed", 1_000));
    data.apply(failure("failed", 2, ""));
    data.apply(ping("late", 10));
    data.clock.pass(Duration.ofSeconds(80));
    data.makeLate("late");
    assertThat(names(Optional.empty())).containsExactly("late", "failed", "up", "paused");
    assertThat(names(Optional.of(State.FAILED))).containsExactly("failed");
    assertThat(names(Optional.of(State.NEW))).isEmpty();
    Row paused = heartbeatOverview.find(Scope.everything(), "paused").orElseThrow();
    assertThat(paused.moments().next()).isEmpty();
    assertThat(heartbeatOverview.find(Scope.everything(), "late").orElseThrow().moments().since())
        .isPresent();
  }

  @Test
  void pagesGoOnAcrossStates() {
    for (int i = 0; i < 5; i++) {
      data.apply(ping("failed " + i, 1_000));
      data.apply(failure("failed " + i, 1, ""));
      data.apply(ping("up " + i, 1_000));
    }
    Map<State, Long> counts = heartbeatOverview.counts(Scope.everything());
    List<String> names = new ArrayList<>();
    for (int page = 0; page < 4; page++) {
      heartbeatOverview
          .rows(Scope.everything(), counts, Optional.empty(), 3, page * 3L)
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
    assertThat(heartbeatOverview.rows(Scope.everything(), counts, Optional.of(State.UP), 3, 3))
        .extracting(Row::name)
        .containsExactly("up 3", "up 4");
  }

  @Test
  void showsTheNewestRunsOldestFirst() {
    data.apply(ping("job", 1_000));
    for (int i = 0; i < 120; i++) {
      data.apply(start("job", "r" + i));
      data.clock.pass(Duration.ofSeconds(i));
      data.apply(i == 119 ? failure("job", 7, "r" + i) : success("job", "r" + i));
    }
    List<Ran> listed =
        heartbeatOverview
            .rows(
                Scope.everything(),
                heartbeatOverview.counts(Scope.everything()),
                Optional.empty(),
                10,
                0)
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
    assertThat(heartbeatOverview.find(Scope.everything(), "job").orElseThrow().runs())
        .extracting(Ran::number)
        .containsExactlyElementsOf(LongStream.rangeClosed(22, 121).boxed().toList());
  }

  @ParameterizedTest
  @EnumSource(names = "UP", mode = EnumSource.Mode.EXCLUDE)
  void findsWhatIsNotUpByItsIndex(State state) {
    if (engine == TestDatabases.POSTGRES) {
      return; // it plans by how much there is, and proves the condition by itself
    }
    for (Scope scope : List.of(Scope.everything(), Scope.operator())) {
      assertThat(plan(HeartbeatOverview.inState(scope, state)))
          .contains("SEARCH heartbeat USING INDEX heartbeat_state");
    }
  }

  @Test
  void readsTheRowsOfAnAccountByTheirIndex() {
    if (engine == TestDatabases.POSTGRES) {
      return;
    }
    assertThat(plan(HeartbeatOverview.inState(Scope.of(7), State.UP)))
        .contains("SEARCH heartbeat USING INDEX heartbeat_owner");
    assertThat(plan(HeartbeatOverview.inState(Scope.operator(), State.UP)))
        .isEqualTo("SCAN heartbeat");
  }

  private String plan(String query) {
    return data.database.read(
        handle ->
            handle
                .createQuery("EXPLAIN QUERY PLAN " + query.replace("LIMIT ? OFFSET ?", "LIMIT 1"))
                .map((row, _) -> row.getString("detail"))
                .one());
  }

  @Test
  void eachOwnerSeesTheirOwn() {
    data.apply(ping("backup", 10));
    data.execute(
        "INSERT INTO heartbeat (name, owner_id, frequency_s, state, created_at, next_at, due_at)"
            + " SELECT name, 7, 999, 2, created_at, next_at, due_at FROM heartbeat");
    Scope account = Scope.of(7);
    assertThat(heartbeatOverview.counts(account)).containsEntry(State.LATE, 1L);
    assertThat(heartbeatOverview.counts(account)).containsEntry(State.UP, 0L);
    assertThat(heartbeatOverview.counts(Scope.operator())).containsEntry(State.LATE, 0L);
    assertThat(heartbeatOverview.counts(Scope.operator())).containsEntry(State.UP, 1L);
    assertThat(heartbeatOverview.counts(Scope.everything())).containsEntry(State.LATE, 1L);
    assertThat(heartbeatOverview.find(account, "backup").orElseThrow().state())
        .isEqualTo(State.LATE);
    assertThat(heartbeatOverview.find(Scope.operator(), "backup").orElseThrow().state())
        .isEqualTo(State.UP);
    assertThat(heartbeatOverview.find(Scope.of(8), "backup")).isEmpty();
    Map<State, Long> counts = heartbeatOverview.counts(account);
    assertThat(heartbeatOverview.rows(account, counts, Optional.empty(), 9, 0))
        .extracting(Row::state)
        .containsExactly(State.LATE);
    assertThat(data.store.list(account, Optional.empty(), new Listing.Page(1, 9))).hasSize(1);
    assertThat(data.store.list(Scope.of(8), Optional.empty(), new Listing.Page(1, 9))).isEmpty();
    assertThat(data.store.late(Scope.operator(), 9)).isEmpty();
    assertThat(data.store.first(account, 9)).hasSize(1);

    data.apply(ping("backup", 10)); // a call without an account is for the operator's
    assertThat(data.find("backup").counts().calls()).isEqualTo(2);
    assertThat(data.number("SELECT call_count FROM heartbeat WHERE owner_id = 7")).isZero();
  }

  @Test
  void whatPrometheusIsToldMovesNoCursorAndReversesNothing() {
    data.apply(ping("a\u001b[2J\u202e", 10));
    data.apply(ping("a\\u001b[2J\\u202e", 10)); // one series of a name, or none is taken
    assertThat(
            new HeartbeatMetrics(data.store, new StateCounts(data.store, data.clock))
                .collect().stream())
        .filteredOn(family -> family.getMetadata().getName().equals("rollcall_heartbeat_late"))
        .flatExtracting(MetricSnapshot::getDataPoints)
        .extracting(point -> point.getLabels().get("heartbeat"))
        .containsExactly("a\\u001b[2J\\u202e");
  }

  @Test
  void knowsNoneThatIsNotThere() {
    assertThat(heartbeatOverview.find(Scope.everything(), "nobody")).isEmpty();
    assertThat(names(Optional.empty())).isEmpty();
  }

  private List<String> names(Optional<State> only) {
    return heartbeatOverview
        .rows(Scope.everything(), heartbeatOverview.counts(Scope.everything()), only, 100, 0)
        .stream()
        .map(Row::name)
        .toList();
  }
}
