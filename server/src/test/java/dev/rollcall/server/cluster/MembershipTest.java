package dev.rollcall.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.http.Logged;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Claimant.Share;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.DatabaseConfig;
import dev.rollcall.server.sql.DatabaseLocation;
import dev.rollcall.server.sql.DueRows;
import dev.rollcall.server.sql.DueTable;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.Lease;
import dev.rollcall.server.sql.TestClock;
import dev.rollcall.server.sql.TestDatabases;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MembershipTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @TempDir Path directory;
  private final TestClock clock = new TestClock();
  private final List<Running> started = new ArrayList<>();
  private DatabaseLocation location;

  /// A process with a database connection of its own, whose rounds the test runs.
  private final class Running {
    final Database database;
    final GroupCommit commits;
    final Membership membership;
    final DueRows<Long> due;
    final Self self;

    Running(String name) {
      this(name, true);
    }

    Running(String name, boolean runsChecks) {
      database =
          Database.open(
              DatabaseConfig.of(location, "db/test/V1__things.sql", "db/postgres/V56__cluster.sql"),
              clock);
      commits = new GroupCommit(database);
      due =
          new DueRows<>(
              database,
              commits,
              clock,
              new DueTable<>(
                  "job",
                  "id",
                  "interval_ms",
                  (row, _) -> row.getLong("interval_ms"),
                  Duration::ofMillis,
                  DueTable.AS_FINISHED));
      self = new Self(name, "1", 56, "http://" + name, runsChecks);
      membership = new Membership(database, commits, database.sharedClock().orElseThrow());
      started.add(this);
    }

    void round() {
      round(3);
    }

    void round(int waiting) {
      membership.round(self, () -> new Work(1, 2, waiting));
    }

    boolean seesOthersBehind() {
      return database.claimant().othersBehind();
    }

    Lease<Long> claim() {
      clock.pass(Duration.ofMillis(301)); // it may be of the share of another
      return due.claim(clock.wall(), 1).getFirst();
    }

    boolean finish(Lease<Long> lease) {
      Batch<Lease.Finish, Boolean> finishing = due::finish;
      return commits.write(finishing, lease.finish(clock.wall().plusSeconds(60)));
    }

    Member.State state(Running other) {
      return database.read(
          handle ->
              MemberTable.all(handle).stream()
                  .filter(each -> each.name().equals(other.self.name()))
                  .findFirst()
                  .orElseThrow()
                  .state(MemberTable.now(handle)));
    }
  }

  @BeforeEach
  void open() {
    location = TestDatabases.POSTGRES.fresh(directory);
  }

  @AfterEach
  void close() {
    for (Running one : started) {
      one.commits.close();
      one.database.close();
    }
  }

  /// One row that is due, and whose lease is an hour.
  private void addJob(Running process) {
    Batch<Integer, Integer> adding =
        (tx, ids) ->
            ids.stream()
                .map(
                    id ->
                        tx.createUpdate(
                                "INSERT INTO job (id, due_at, interval_ms) VALUES (:id, :due,"
                                    + " 3600000)")
                            .bind("id", id)
                            .bind("due", clock.wall().minusSeconds(1).toEpochMilli())
                            .execute())
                .toList();
    process.commits.write(adding, 7);
  }

  private void seconds(int seconds, Running... alive) {
    for (int i = 0; i < seconds; i++) {
      clock.pass(SECOND);
      for (Running one : alive) {
        one.round();
      }
    }
  }

  @Test
  void whatAProcessHadClaimedIsDueAgainWhenItWasSilentForFiveSeconds() {
    Running one = new Running("one");
    Running other = new Running("other");
    addJob(one);
    seconds(1, one, other);
    Lease<Long> lease = one.claim();
    seconds(4, other);
    assertThat(other.due.claim(clock.wall(), 1)).as("not yet").isEmpty();
    seconds(1, other);
    assertThat(other.state(one)).isEqualTo(Member.State.TAKEN_OVER);
    assertThat(other.membership.takenRows()).isEqualTo(1);
    Lease<Long> taken = other.claim();
    assertThat(taken.fence()).isEqualTo(lease.fence() + 2);

    long before = one.database.claimant().id();
    assertThat(one.finish(lease)).as("what it did before it woke up").isFalse();
    assertThat(one.database.claimant().isBelieved()).isFalse();
    one.round();
    assertThat(one.database.claimant().isBelieved()).isTrue();
    assertThat(one.database.claimant().id()).isNotEqualTo(before);
    assertThat(one.finish(lease)).isFalse();
    assertThat(other.finish(taken)).isTrue();
    assertThat(other.state(one)).as("it is there again").isEqualTo(Member.State.UP);
  }

  /// As after a kill and a new start, or where two machines have the same name.
  @Test
  void theMetricsAddUpProcessesWithTheSameName() {
    Running one = new Running("same");
    Running other = new Running("same");
    PrometheusRegistry registry = new PrometheusRegistry();
    ClusterMetrics.watch(registry, other.membership);
    seconds(1, one, other);
    assertThat(registry.scrape(name -> name.equals("rollcall_cluster_checks")).stream())
        .flatExtracting(MetricSnapshot::getDataPoints)
        .extracting(point -> ((GaugeSnapshot.GaugeDataPointSnapshot) point).getValue())
        .containsExactly(2.0);
  }

  /// Two machines may have the same name.
  @Test
  void aProcessSaysThatAnotherOneHasItsNameAndLeavesItsWorkAlone() {
    try (Logged log = new Logged(Membership.class.getName())) {
      Running one = new Running("same");
      Running other = new Running("same");
      addJob(one);
      seconds(1, one, other);
      Lease<Long> lease = one.claim();
      seconds(60, one, other);
      assertThat(log.lines())
          .hasSize(2) // each of both
          .allSatisfy(
              line ->
                  assertThat(line)
                      .contains("at http://same, has the name of this one, same")
                      .contains("cluster.name"));
      assertThat(other.due.claim(clock.wall(), 1)).isEmpty();
      assertThat(one.finish(lease)).isTrue();
      assertThat(other.membership.takeovers()).isZero();
    }
  }

  /// Whoever took a process for dead releases what it had claimed, and no namesake besides.
  @Test
  void aProcessLeavesTheTakeoversOfItsNamesakeToIt() throws Exception {
    Running dead = new Running("dead");
    Running one = new Running("same");
    Running other = new Running("same");
    addJob(dead);
    seconds(1, dead, one, other);
    dead.claim();
    bury("dead", "same", -60_000); // one of both is about to release it
    one.round();
    assertThat(one.membership.takenRows()).isZero();
  }

  private void bury(String name, String by, int millisAgo) throws SQLException {
    try (Connection connection = TestDatabases.postgres().getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      String schema =
          ((DatabaseLocation.PostgresServer) location).address().replaceFirst(".*=", "");
      statement.execute(
          "UPDATE %s.cluster_process SET dead_at = seen_at - %d, taken_by = '%s' WHERE name = '%s'"
              .formatted(schema, millisAgo, by, name));
    }
  }

  @Test
  void aProcessThatGivesSignsOfLifeKeepsWhatItHolds() {
    Running one = new Running("one");
    Running other = new Running("other");
    addJob(one);
    seconds(1, one, other);
    Lease<Long> lease = one.claim();
    seconds(60, one, other);
    assertThat(other.due.claim(clock.wall(), 1)).isEmpty();
    assertThat(one.finish(lease)).isTrue();
    assertThat(other.membership.takeovers()).isZero();
  }

  @Test
  void nobodyIsTakenForDeadByOneThatStoodStillItself() {
    Running one = new Running("one");
    Running other = new Running("other");
    seconds(1, one, other);
    clock.pass(Duration.ofMinutes(5)); // the database was away, or the machine slept
    other.round();
    seconds(4, other);
    one.round();
    seconds(4, other);
    assertThat(other.membership.takeovers()).isZero();
    assertThat(other.state(one)).isEqualTo(Member.State.UP);
  }

  /// What waits in the memory of another one may say that something is over.
  @Test
  void afterAnOutageOthersAreBehindUntilLittleWaits() {
    Running one = new Running("one");
    Running other = new Running("other");
    seconds(3, one, other);
    assertThat(other.seesOthersBehind()).isFalse();
    one.round(900); // as many as are found in a moment
    other.round();
    assertThat(other.seesOthersBehind()).isFalse();

    clock.pass(Duration.ofMinutes(1));
    assertThat(other.seesOthersBehind()).isTrue();
    other.round();
    assertThat(other.seesOthersBehind()).isTrue();
    clock.pass(SECOND);
    one.round(900);
    other.round();
    assertThat(other.seesOthersBehind()).isTrue();
    clock.pass(SECOND);
    one.round(200);
    other.round();
    assertThat(other.seesOthersBehind()).isFalse();
  }

  @Test
  void anotherProcessFinishesATakeoverThatWasBegun() throws Exception {
    Running one = new Running("one");
    Running other = new Running("other");
    Running third = new Running("third");
    addJob(one);
    seconds(1, one, other, third);
    one.claim();
    // `other` takes it for dead, and dies before it has released anything.
    bury("one", "other", 10_000);
    third.round();
    assertThat(third.claim().fence()).isEqualTo(3);
  }

  @Test
  void theLocksOfASessionThatStandsStillAreReleased() throws Exception {
    Running one = new Running("one");
    Running other = new Running("other");
    addJob(one);
    seconds(1, one, other);
    one.claim();
    String address = ((DatabaseLocation.PostgresServer) location).address();
    String url =
        "jdbc:postgresql://"
            + address
            + "&user=postgres&password=postgres&ApplicationName=rollcall";
    try (Connection stuck = DriverManager.getConnection(url);
        Statement statement = stuck.createStatement()) {
      stuck.setAutoCommit(false);
      statement.execute("UPDATE job SET interval_ms = 1");
      seconds(6, other);
      assertThat(other.due.isHeld(one.database.claimant().id())).as("it is locked").isTrue();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> {
                seconds(1, other);
                return !other.due.isHeld(one.database.claimant().id());
              });
    }
  }

  @Test
  void eachHasAShareOfTheRowsAndOneThatRunsNoChecksHasNone() {
    Running one = new Running("one");
    one.round();
    assertThat(one.database.claimant().share()).isEqualTo(Share.ALL);
    Running other = new Running("other");
    Running api = new Running("api", false);
    seconds(1, other, api, one);
    other.round();
    List<Share> shares = new ArrayList<>();
    shares.add(one.database.claimant().share());
    shares.add(other.database.claimant().share());
    assertThat(shares).containsExactlyInAnyOrder(new Share(0, 2), new Share(1, 2));
    other.membership.leave();
    one.round();
    assertThat(one.database.claimant().share()).isEqualTo(Share.ALL);
    assertThat(one.state(other)).isEqualTo(Member.State.STOPPED);
  }

  @Test
  void oneThatStopsLeavesWhatItHadClaimedToOthersAtOnce() {
    Running one = new Running("one");
    Running other = new Running("other");
    addJob(one);
    seconds(1, one, other);
    one.claim();
    one.membership.leave();
    assertThat(other.claim().fence()).isEqualTo(3);
  }

  @Test
  void whatItIsDoingIsSeenByOthersAndForgottenADayLater() {
    Running one = new Running("one");
    one.round();
    Running other = new Running("other");
    other.round();
    assertThat(other.membership.members())
        .extracting(Member::name, Member::work)
        .contains(tuple("one", new Work(1, 2, 3)));
    one.membership.leave();
    other.membership.forget();
    other.round();
    assertThat(other.membership.members()).hasSize(2);
  }
}
