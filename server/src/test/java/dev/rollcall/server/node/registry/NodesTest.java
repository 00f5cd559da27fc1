package dev.rollcall.server.node.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.node.NodeStatus;
import dev.rollcall.server.node.registry.Nodes.Accepted;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.Signal;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.TestClock;
import dev.rollcall.server.sql.TestDatabases;
import dev.rollcall.server.time.Clock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a server knows of its nodes, in each of the databases.
@ParameterizedClass
@EnumSource
class NodesTest {
  private static final Duration SILENT_AFTER = Duration.ofMinutes(2);
  private static final Duration LOOK = Duration.ofSeconds(5);

  @TempDir Path folder;

  private final TestDatabases engine;
  private final TestClock clock = new TestClock();
  private final List<Signal> signals = new CopyOnWriteArrayList<>();
  private Database database;
  private GroupCommit commits;
  private Nodes nodes;
  private Runnable paused = () -> {};

  NodesTest(TestDatabases engine) {
    this.engine = engine;
  }

  @BeforeEach
  void open() {
    database = engine.open(folder, clock, Nodes.MIGRATIONS.toArray(String[]::new));
    commits = new GroupCommit(database);
    nodes =
        new Nodes(
            database,
            commits,
            new RegistrySettings(SILENT_AFTER),
            (_, some) -> signals.addAll(some),
            clock);
  }

  @AfterEach
  void close() {
    nodes.close();
    commits.close();
    database.close();
  }

  private NodeStatus status(Optional<Duration> offset) {
    return new NodeStatus("1.0", 1_000, 12.5, 3, 4_000, 5, clock.wall().plusMillis(700), offset);
  }

  private Accepted report(String name, boolean registered) {
    return nodes.report(name, status(Optional.of(Duration.ofMillis(-250))), registered);
  }

  private List<KnownNode> all() {
    return nodes.all(Scope.operator());
  }

  /// Looks as often as the thread would.
  private void pass(Duration time) {
    for (Duration left = time; left.isPositive(); left = left.minus(LOOK)) {
      clock.pass(LOOK);
      nodes.round();
    }
  }

  private List<String> changes() {
    return signals.stream()
        .map(signal -> signal.subject().name() + " " + signal.from() + "-" + signal.to())
        .toList();
  }

  private List<String> above(long id) {
    return database
        .read(tx -> Nodes.subjects().above(tx, Subject.Type.NODE, Scope.OPERATOR, id))
        .stream()
        .map(one -> one.subject().name())
        .toList();
  }

  @Test
  void listsWhatNodesReport() {
    assertThat(report("fra1", true)).isEqualTo(Accepted.LISTED);
    nodes.report("ams1", status(Optional.empty()), false);
    assertThat(all()).extracting(KnownNode::name).containsExactly("ams1", "fra1");
    assertThat(nodes.count()).isEqualTo(2);
    KnownNode fra = all().getLast();
    assertThat(fra.registered()).isTrue();
    assertThat(fra.clockOffset()).isEqualTo(Duration.ofMillis(-250));
    assertThat(fra.lastSeen()).isEqualTo(clock.wall());
    assertThat(fra.status().spoolBytes()).isEqualTo(4_000);
    assertThat(all().getFirst().clockOffset())
        .as("as far as the first report says")
        .isEqualTo(Duration.ofMillis(700));
    assertThat(nodes.all(Scope.of(5))).isEmpty();
    assertThat(above(0)).containsExactly("fra1", "ams1");
    assertThat(above(fra.id())).containsExactly("ams1");
  }

  @Test
  void aRegisteredNodeThatFallsSilentIsAnIncidentUntilItReportsAgain() {
    report("fra1", true);
    report("stranger", false);
    nodes.round();
    pass(SILENT_AFTER);
    assertThat(changes()).isEmpty();
    pass(Duration.ofSeconds(10));
    assertThat(changes()).containsExactly("fra1 up-down");
    assertThat(signals.getFirst().cause().orElseThrow())
        .startsWith("no report for 2 min")
        .endsWith("version 1.0");
    assertThat(all()).extracting(KnownNode::state).containsOnly(KnownNode.State.SILENT);
    pass(Duration.ofMinutes(10));
    assertThat(changes()).hasSize(1);
    report("fra1", true);
    report("stranger", false);
    assertThat(changes()).containsExactly("fra1 up-down", "fra1 down-up");
    pass(Duration.ofMinutes(1));
    assertThat(changes()).hasSize(2);
  }

  @Test
  void noNodeIsSilentBecauseNobodyListened() {
    report("fra1", true);
    nodes.round();
    clock.pass(Duration.ofHours(3)); // the process stood still
    nodes.round();
    pass(Duration.ofMinutes(1));
    assertThat(changes()).isEmpty();
    pass(Duration.ofMinutes(2));
    assertThat(changes()).containsExactly("fra1 up-down");
  }

  @Test
  void nobodyWithoutATokenSpeaksForARegisteredNode() {
    report("fra1", false);
    assertThat(report("fra1", true)).isEqualTo(Accepted.LISTED);
    assertThat(report("fra1", false)).isEqualTo(Accepted.OF_ANOTHER);
  }

  @Test
  void forgetsNodes() {
    report("fra1", true);
    report("stranger", false);
    assertThat(nodes.remove("nobody")).isFalse();
    nodes.round();
    pass(Duration.ofMinutes(3));
    clock.pass(Duration.ofDays(2));
    nodes.round();
    pass(Duration.ofMinutes(3));
    assertThat(all()).extracting(KnownNode::name).containsExactly("fra1");
    assertThat(nodes.remove("fra1")).isTrue();
    assertThat(all()).isEmpty();
    assertThat(changes()).containsExactly("fra1 up-down", "fra1 down-removed");
  }

  @Test
  void hasABoundedNumberOfNodes() {
    for (int i = 0; i < Nodes.MOST; i++) {
      report("n" + i, false);
    }
    assertThat(report("more", false)).isEqualTo(Accepted.TOO_MANY);
    assertThat(report("n5", true)).isEqualTo(Accepted.LISTED);
    clock.pass(Duration.ofSeconds(1));
    report("n0", false);
    assertThat(report("more", true))
        .as("strangers take no place from a node with a token")
        .isEqualTo(Accepted.LISTED);
    assertThat(all())
        .extracting(KnownNode::name)
        .hasSize(Nodes.MOST)
        .contains("more", "n0", "n5")
        .doesNotContain("n1");
  }

  @Test
  void hasNoRoomIfAllNodesAreRegistered() {
    for (int i = 0; i < Nodes.MOST; i++) {
      report("n" + i, true);
    }
    assertThat(report("more", true)).isEqualTo(Accepted.TOO_MANY);
    assertThat(report("n7", true)).isEqualTo(Accepted.LISTED);
  }

  @ParameterizedTest
  @ValueSource(longs = {3, -3})
  void noNodeIsSilentBecauseTheClockWasSetAndThoseThatAreAreFound(long hours) {
    report("fra1", true);
    report("dead", true);
    pass(Duration.ofMinutes(1));
    clock.leap(Duration.ofHours(hours));
    for (int i = 0; i < 24; i++) {
      report("fra1", true);
      pass(Duration.ofSeconds(15));
    }
    assertThat(changes()).containsExactly("dead up-down");
  }

  /// It is stopped after it has read its clocks, and before it writes.
  @Test
  void aProcessThatStoodStillSetsNoReportBack() {
    Clock standsStill =
        new Clock() {
          @Override
          public Instant wall() {
            return clock.wall();
          }

          @Override
          public Duration monotonic() {
            Duration now = clock.monotonic();
            Runnable pause = paused;
            paused = () -> {};
            pause.run();
            return now;
          }
        };
    try (Nodes stopped =
        new Nodes(
            database,
            commits,
            new RegistrySettings(SILENT_AFTER),
            (_, some) -> signals.addAll(some),
            standsStill)) {
      report("fra1", true);
      clock.pass(SILENT_AFTER);
      report("fra1", true);
      paused =
          () -> {
            clock.pass(SILENT_AFTER.multipliedBy(2));
            report("fra1", true);
          };
      stopped.round();
      assertThat(all().getFirst().lastSeen()).isEqualTo(clock.wall());
      assertThat(signals).isEmpty();
    }
  }
}
