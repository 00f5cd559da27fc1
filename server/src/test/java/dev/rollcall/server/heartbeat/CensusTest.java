package dev.rollcall.server.heartbeat;

import static dev.rollcall.server.heartbeat.HeartbeatDatabase.ping;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.heartbeat.Change.Removal;
import dev.rollcall.server.sql.Clock;
import dev.rollcall.server.sql.TestDatabases;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
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
class CensusTest {
  private final TestDatabases engine;

  @TempDir Path folder;

  private HeartbeatDatabase kept;
  private Census census;

  CensusTest(TestDatabases engine) {
    this.engine = engine;
  }

  @BeforeEach
  void openDatabase() {
    kept = new HeartbeatDatabase(engine, folder);
    census = new Census(kept.store, new Ticking());
  }

  @AfterEach
  void closeDatabase() {
    kept.close();
  }

  @Test
  void whatPrometheusIsToldMovesNoCursorAndReversesNothing() {
    kept.apply(ping("a\u001b[2J\u202e", 10));
    kept.apply(ping("a\\u001b[2J\\u202e", 10)); // one series of a name, or none is taken
    assertThat(new HeartbeatMetrics(kept.store, census).collect().stream())
        .filteredOn(family -> family.getMetadata().getName().equals("rollcall_heartbeat_late"))
        .flatExtracting(MetricSnapshot::getDataPoints)
        .extracting(point -> point.getLabels().get("heartbeat"))
        .containsExactly("a\\u001b[2J\\u202e");
  }

  /// On which a second has passed each time somebody looks: counting takes one.
  private final class Ticking implements Clock {
    @Override
    public Instant wall() {
      return kept.clock.wall();
    }

    @Override
    public Duration monotonic() {
      kept.clock.pass(Duration.ofSeconds(1));
      return kept.clock.monotonic();
    }
  }

  @Test
  void tellsOfAFewAsTheyAre() {
    assertThat(census.count(Optional.empty())).isZero();
    kept.apply(ping("a", 60));
    kept.apply(ping("b", 60));
    assertThat(census.count(Optional.empty())).isEqualTo(2);
    kept.apply(new Removal("a"));
    assertThat(census.count(Optional.of(State.UP))).isEqualTo(1);
    assertThat(census.count(Optional.of(State.LATE))).isZero();
  }

  @Test
  void countsManyOnlyNowAndThen() {
    kept.commits.writeAll(
        kept.changes,
        IntStream.rangeClosed(0, 10_000).<Change>mapToObj(i -> ping("job " + i, 3_600)).toList());
    assertThat(census.count(Optional.empty())).isEqualTo(10_001);
    kept.apply(new Removal("job 1"));
    assertThat(census.count(Optional.empty())).isEqualTo(10_001);
    kept.clock.pass(Duration.ofSeconds(30));
    assertThat(census.count(Optional.empty())).isEqualTo(10_000);
  }
}
