package dev.rollcall.server.monitor.store;

import static dev.rollcall.server.monitor.MonitorDatabase.down;
import static dev.rollcall.server.monitor.MonitorDatabase.up;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.monitor.MonitorDatabase;
import dev.rollcall.server.monitor.check.Evaluator;
import dev.rollcall.server.monitor.check.Observation;
import dev.rollcall.server.monitor.check.Outcome;
import dev.rollcall.server.monitor.check.State;
import dev.rollcall.server.monitor.check.Streak;
import dev.rollcall.server.signal.Signal;
import dev.rollcall.server.sql.TestDatabases;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StreakStoreTest {
  @ParameterizedTest
  @EnumSource
  void aConfirmedChangeIsASignalOnce(TestDatabases engine, @TempDir Path folder) {
    try (MonitorDatabase data = new MonitorDatabase(engine, folder)) {
      long service = data.service("shop");
      Instant at = data.clock.wall();
      assertThat(written(data, service, up(at, 5), streak(State.UP, 0))).isEmpty();
      Instant first = at.plusSeconds(15);
      assertThat(
              written(
                  data,
                  service,
                  down(first, 5),
                  new Streak(Optional.of(State.UP), 1, 1, Optional.of(first))))
          .isEmpty();
      Instant second = at.plusSeconds(25);
      List<Signal> down = written(data, service, down(second, 5), streak(State.DOWN, 0));
      assertThat(down).hasSize(1);
      assertThat(down.getFirst().subject().name()).isEqualTo("shop");
      assertThat(down.getFirst().subject().id()).isEqualTo(service);
      assertThat(down.getFirst().from()).isEqualTo("up");
      assertThat(down.getFirst().to()).isEqualTo("down");
      assertThat(down.getFirst().cause()).contains("status 500");
      assertThat(down.getFirst().began()).isEqualTo(first);
      assertThat(down.getFirst().lastHeard()).isEqualTo(second);
      // As a process that has lost what it knew, and finds the same again.
      assertThat(written(data, service, down(second.plusSeconds(10), 5), streak(State.DOWN, 0)))
          .isEmpty();
      assertThat(written(data, service, up(second.plusSeconds(20), 5), streak(State.UP, 0)))
          .singleElement()
          .satisfies(
              up -> {
                assertThat(up.from()).isEqualTo("down");
                assertThat(up.to()).isEqualTo("up");
                assertThat(up.cause()).isEmpty();
              });
      assertThat(data.services.scheduled(Set.of(service)).getFirst().streak())
          .isEqualTo(streak(State.UP, 0));
    }
  }

  /// The path from before the failure, and that of now: the loop in between reached nothing.
  @ParameterizedTest
  @EnumSource
  void aSignalHasTheLastGoodPathAndThatOfNow(TestDatabases engine, @TempDir Path folder) {
    try (MonitorDatabase data = new MonitorDatabase(engine, folder)) {
      long service = data.service("shop");
      Instant at = data.clock.wall();
      PathStore paths = new PathStore(data.database, data.commits);
      paths.put(service, at.minusSeconds(900), 0, hops(true, "192.0.2.1", "192.0.2.9"));
      paths.put(service, at.minusSeconds(300), 2, hops(false, "192.0.2.1", "192.0.2.2"));
      Observation found = ((Observation.Down) down(at, 5)).with(hops(false, "192.0.2.1"));
      assertThat(written(data, service, found, streak(State.DOWN, 0)))
          .singleElement()
          .satisfies(
              signal ->
                  assertThat(signal.answer())
                      .contains(
                          "{\"paths\":{\"good\":[[\"192.0.2.1\"],[\"192.0.2.9\"]],"
                              + "\"now\":[[\"192.0.2.1\"]]}}"));
    }
  }

  private static dev.rollcall.server.monitor.path.Path hops(boolean reached, String... hops) {
    return new dev.rollcall.server.monitor.path.Path(
        Stream.of(hops).map(Set::of).toList(), reached);
  }

  private static Streak streak(State confirmed, int against) {
    return new Streak(Optional.of(confirmed), against, 0, Optional.empty());
  }

  private static List<Signal> written(
      MonitorDatabase data, long service, Observation found, Streak streak) {
    Outcome outcome =
        new Outcome(
            service,
            1,
            found,
            new Evaluator.Transition.Stays(),
            false,
            Optional.empty(),
            Optional.of(streak),
            Optional.empty());
    List<Signal> signals = new ArrayList<>();
    data.commits.write(
        (tx, outcomes) -> {
          signals.addAll(StreakStore.write(tx, outcomes, found.at()));
          return outcomes.stream().map(_ -> true).toList();
        },
        outcome);
    return signals;
  }
}
