package dev.rollcall.server.heartbeat;

import dev.rollcall.server.heartbeat.HeartbeatChange.Beat;
import dev.rollcall.server.heartbeat.HeartbeatChange.Said;
import dev.rollcall.server.http.Listing;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.Signal;
import dev.rollcall.server.signal.SignalWriter;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.Durability;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.TestClock;
import dev.rollcall.server.sql.TestDatabases;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.Handle;

/// The heartbeats' tables in a new database, with a clock that stands still until it is turned, and
/// a list of what would be told.
final class HeartbeatDatabase implements AutoCloseable {
  static final Duration TOLERANCE = Duration.ofMinutes(5);
  static final Duration REALERT = Duration.ofSeconds(60);
  static final Duration GRACE = Duration.ofSeconds(60);
  static final long MOST = 100_000;

  final TestClock clock = new TestClock();
  final PrometheusRegistry registry = new PrometheusRegistry();
  final List<Signal> told = new CopyOnWriteArrayList<>();
  final Database database;
  final GroupCommit commits;
  final HeartbeatWriter writer;
  final HeartbeatStore store;
  final RunStore runs;

  /// Runs calls.
  volatile Executor threads = Runnable::run;

  final LostCalls unheard = new LostCalls(clock, call -> threads.execute(call));

  /// How many calls there was no room for.
  final AtomicLong turnedAway = new AtomicLong();

  /// For how long the machine slept, in all.
  volatile Duration slept = Duration.ZERO;

  HeartbeatDatabase(TestDatabases engine, Path folder) {
    database = engine.open(folder, clock, Heartbeats.MIGRATIONS.toArray(String[]::new));
    commits = new GroupCommit(database);
    writer =
        new HeartbeatWriter(
            database,
            this::tell,
            new HeartbeatLimit(MOST, 100, registry, clock),
            TOLERANCE,
            Durability.PROCESS,
            clock);
    unheard.rejected().countedBy(turnedAway::get);
    store = new HeartbeatStore(database);
    runs = new RunStore(database);
  }

  private void tell(Handle tx, List<Signal> signals) {
    tx.afterCommit(() -> told.addAll(signals));
  }

  /// What was told since the last time.
  List<String> told() {
    List<String> words =
        told.stream().map(each -> each.subject().name() + " " + word(each)).toList();
    told.clear();
    return words;
  }

  private static String word(Signal signal) {
    return switch (signal.to()) {
      case "late" -> signal.isReminder() ? "STILL_LATE" : "LATE";
      case "failed" -> "FAILED";
      case "up", "new" -> "RECOVERED";
      default -> "DISMISSED";
    };
  }

  LateHeartbeats lateHeartbeats() {
    return new LateHeartbeats(database, commits, this::tell, REALERT, clock);
  }

  /// As where the database is away.
  PingOutcome fails(HeartbeatChange change) {
    GroupCommit closed = new GroupCommit(database);
    closed.close();
    return closed.write(writer, change);
  }

  static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// As a process that has just started looks for who is late.
  LateDetector lateDetector() {
    return lookout(() -> {});
  }

  /// The same, where `before` is run before anything is told.
  LateDetector lookout(Runnable before) {
    return lookout(before, new PingReceivers(database, commits, unheard, clock, false));
  }

  /// The listeners as a process of its own knows them, where several share the database.
  PingReceivers receivers() {
    return new PingReceivers(database, commits, new LostCalls(clock, Runnable::run), clock, true);
  }

  LateDetector lookout(Runnable before, PingReceivers receivers) {
    SignalWriter signalWriter =
        (tx, signals) -> {
          before.run();
          tell(tx, signals);
        };
    return new LateDetector(
        new LateHeartbeats(database, commits, signalWriter, REALERT, clock),
        new ClockCorrections(commits, signalWriter, REALERT),
        new StartupGrace(database, commits, GRACE, clock),
        receivers,
        clock,
        () -> Optional.of(slept));
  }

  PingOutcome apply(HeartbeatChange change) {
    return commits.write(writer, change);
  }

  /// A group, as if all had come at once.
  List<PingOutcome> applyAll(HeartbeatChange... group) {
    return commits.writeAll(writer, List.of(group));
  }

  static Expectation every(int seconds) {
    return new Expectation(new JobSchedule.Every(Duration.ofSeconds(seconds)), Duration.ZERO);
  }

  static Beat ping(String name, int seconds) {
    return new Beat(
        HeartbeatName.ofOperator(name),
        new PingSignal.Success(),
        Optional.of(every(seconds)),
        Optional.empty(),
        Said.NOTHING);
  }

  static Beat ping(String name, int seconds, Instant at) {
    return new Beat(
        HeartbeatName.ofOperator(name),
        new PingSignal.Success(),
        Optional.of(every(seconds)),
        Optional.of(at),
        Said.NOTHING);
  }

  static Beat start(String name, String run) {
    return signal(name, new PingSignal.Start(), run);
  }

  static Beat success(String name, String run) {
    return signal(name, new PingSignal.Success(), run);
  }

  static Beat failure(String name, int code, String run) {
    return signal(name, new PingSignal.Failure(OptionalLong.of(code)), run);
  }

  private static Beat signal(String name, PingSignal signal, String run) {
    return new Beat(
        HeartbeatName.ofOperator(name),
        signal,
        Optional.empty(),
        Optional.empty(),
        new Said(run.isEmpty() ? Optional.empty() : Optional.of(run), Optional.empty()));
  }

  Heartbeat find(String name) {
    return store
        .find(Scope.operator(), name)
        .orElseThrow(() -> new AssertionError("no heartbeat " + name));
  }

  State state(String name) {
    return find(name).state();
  }

  List<Run> runs(String name) {
    return runs.of(find(name)).stream().map(RunStore.Shown::run).toList();
  }

  List<String> listed() {
    return store.list(Scope.everything(), Optional.empty(), new Listing.Page(1, 1_000)).stream()
        .map(Heartbeat::name)
        .toList();
  }

  void execute(String statement) {
    Batch<String, Integer> statements =
        (tx, all) -> all.stream().map(each -> tx.execute(each)).toList();
    commits.write(statements, statement);
  }

  long number(String query) {
    return database.read(handle -> handle.createQuery(query).mapTo(Long.class).one());
  }

  @Override
  public void close() {
    commits.close();
    database.close();
  }
}
