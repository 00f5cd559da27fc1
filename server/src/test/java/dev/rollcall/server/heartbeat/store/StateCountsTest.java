package dev.rollcall.server.heartbeat.store;

import static dev.rollcall.server.heartbeat.store.HeartbeatDatabase.ping;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.heartbeat.definition.HeartbeatName;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange.Removal;
import dev.rollcall.server.heartbeat.ping.State;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.sql.TestDatabases;
import dev.rollcall.server.time.Clock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// How many there are, in each of the databases.
@ParameterizedClass
@EnumSource
class StateCountsTest {
  private final TestDatabases engine;

  @TempDir Path folder;

  private HeartbeatDatabase data;
  private StateCounts stateCounts;

  StateCountsTest(TestDatabases engine) {
    this.engine = engine;
  }

  @BeforeEach
  void openDatabase() {
    data = new HeartbeatDatabase(engine, folder);
    stateCounts = new StateCounts(data.store, new Ticking());
  }

  @AfterEach
  void closeDatabase() {
    data.close();
  }

  /// On which a second has passed each time somebody looks: counting takes one.
  private final class Ticking implements Clock {
    @Override
    public Instant wall() {
      return data.clock.wall();
    }

    @Override
    public Duration monotonic() {
      data.clock.pass(Duration.ofSeconds(1));
      return data.clock.monotonic();
    }
  }

  @Test
  void tellsOfAFewAsTheyAre() {
    assertThat(stateCounts.count(Scope.everything(), Optional.empty())).isZero();
    data.apply(ping("a", 60));
    data.apply(ping("b", 60));
    assertThat(stateCounts.count(Scope.everything(), Optional.empty())).isEqualTo(2);
    data.apply(new Removal(HeartbeatName.ofOperator("a")));
    assertThat(stateCounts.count(Scope.everything(), Optional.of(State.UP))).isEqualTo(1);
    assertThat(stateCounts.count(Scope.everything(), Optional.of(State.LATE))).isZero();
  }

  @Test
  void countsManyOnlyNowAndThen() {
    data.commits.writeAll(
        data.writer,
        IntStream.rangeClosed(0, 10_000)
            .<HeartbeatChange>mapToObj(i -> ping("job " + i, 3_600))
            .toList());
    assertThat(stateCounts.count(Scope.everything(), Optional.empty())).isEqualTo(10_001);
    data.apply(new Removal(HeartbeatName.ofOperator("job 1")));
    assertThat(stateCounts.count(Scope.everything(), Optional.empty())).isEqualTo(10_001);
    data.clock.pass(Duration.ofSeconds(30));
    assertThat(stateCounts.count(Scope.everything(), Optional.empty())).isEqualTo(10_000);
  }
}
