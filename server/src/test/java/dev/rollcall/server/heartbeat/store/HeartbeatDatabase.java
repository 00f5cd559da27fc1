package dev.rollcall.server.heartbeat.store;

import dev.rollcall.server.heartbeat.Heartbeats;
import dev.rollcall.server.heartbeat.definition.Expectation;
import dev.rollcall.server.heartbeat.definition.HeartbeatName;
import dev.rollcall.server.heartbeat.ping.Heartbeat;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange.Ping;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange.Said;
import dev.rollcall.server.heartbeat.ping.HeartbeatTransitions;
import dev.rollcall.server.heartbeat.ping.PingOutcome;
import dev.rollcall.server.heartbeat.ping.PingSignal;
import dev.rollcall.server.heartbeat.ping.Run;
import dev.rollcall.server.heartbeat.ping.State;
import dev.rollcall.server.http.Listing;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.Circles;
import dev.rollcall.server.signal.Signal;
import dev.rollcall.server.signal.SignalWriter;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.Durability;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.TestClock;
import dev.rollcall.server.sql.TestDatabases;
import dev.rollcall.server.time.JobSchedule;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;

/// The heartbeats' tables in a new database, with a clock that stands still until it is turned, and
/// a list of signals.
public class HeartbeatDatabase implements AutoCloseable {
  public static final Duration TOLERANCE = Duration.ofMinutes(5);
  public static final Duration REALERT = Duration.ofSeconds(60);
  public static final long MOST = 100_000;

  public final TestClock clock = new TestClock();
  public final PrometheusRegistry registry = new PrometheusRegistry();
  public final List<Signal> signals = new CopyOnWriteArrayList<>();
  public final SignalWriter signalWriter = into(signals);
  public final Database database;
  public final GroupCommit commits;
  public final HeartbeatWriter writer;
  public final HeartbeatStore store;
  public final RunStore runs;

  public HeartbeatDatabase(TestDatabases engine, Path folder) {
    database = engine.open(folder, clock, Heartbeats.MIGRATIONS.toArray(String[]::new));
    commits = new GroupCommit(database);
    writer =
        new HeartbeatWriter(
            database,
            signalWriter,
            new Circles(database, new HeartbeatSubjects()),
            new HeartbeatLimit(MOST, 100, registry, clock),
            TOLERANCE,
            Durability.PROCESS,
            clock);
    store = new HeartbeatStore(database);
    runs = new RunStore(database);
  }

  /// Circles of heartbeats.
  Circles circles() {
    return new Circles(database, new HeartbeatSubjects());
  }

  private static SignalWriter into(List<Signal> written) {
    return (tx, signals) -> tx.afterCommit(() -> written.addAll(signals));
  }

  /// The signals since the last time.
  public List<String> signals() {
    List<String> words =
        signals.stream().map(each -> each.subject().name() + " " + word(each)).toList();
    signals.clear();
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

  /// As where the database is away.
  public PingOutcome fails(HeartbeatChange change) {
    GroupCommit closed = new GroupCommit(database);
    closed.close();
    return closed.write(writer, change);
  }

  /// The heartbeat is found late.
  public void makeLate(String name) {
    Heartbeat late =
        HeartbeatTransitions.look(find(name), clock.wall(), REALERT).after().orElseThrow();
    Batch<Heartbeat, Boolean> changing =
        (tx, all) -> {
          HeartbeatTable.change(tx, all);
          return all.stream().map(_ -> true).toList();
        };
    commits.write(changing, late);
  }

  public PingOutcome apply(HeartbeatChange change) {
    return commits.write(writer, change);
  }

  /// A group, as if all had come at once.
  public List<PingOutcome> applyAll(HeartbeatChange... group) {
    return commits.writeAll(writer, List.of(group));
  }

  public static Expectation every(int seconds) {
    return new Expectation(new JobSchedule.Every(Duration.ofSeconds(seconds)), Duration.ZERO);
  }

  public static Ping ping(String name, int seconds) {
    return new Ping(
        HeartbeatName.ofOperator(name),
        new PingSignal.Success(),
        Optional.of(every(seconds)),
        Optional.empty(),
        Said.NOTHING);
  }

  public static Ping ping(String name, int seconds, Instant at) {
    return new Ping(
        HeartbeatName.ofOperator(name),
        new PingSignal.Success(),
        Optional.of(every(seconds)),
        Optional.of(at),
        Said.NOTHING);
  }

  public static Ping start(String name, String run) {
    return signal(name, new PingSignal.Start(), run);
  }

  public static Ping success(String name, String run) {
    return signal(name, new PingSignal.Success(), run);
  }

  public static Ping failure(String name, int code, String run) {
    return signal(name, new PingSignal.Failure(OptionalLong.of(code)), run);
  }

  private static Ping signal(String name, PingSignal signal, String run) {
    return new Ping(
        HeartbeatName.ofOperator(name),
        signal,
        Optional.empty(),
        Optional.empty(),
        new Said(run.isEmpty() ? Optional.empty() : Optional.of(run), Optional.empty()));
  }

  public Heartbeat find(String name) {
    return store
        .find(Scope.operator(), name)
        .orElseThrow(() -> new AssertionError("no heartbeat " + name));
  }

  public State state(String name) {
    return find(name).state();
  }

  public List<Run> runs(String name) {
    return runs.of(find(name)).stream().map(RunStore.Shown::run).toList();
  }

  public List<String> listed() {
    return store.list(Scope.everything(), Optional.empty(), new Listing.Page(1, 1_000)).stream()
        .map(Heartbeat::name)
        .toList();
  }

  public void execute(String statement) {
    Batch<String, Integer> statements =
        (tx, all) -> all.stream().map(each -> tx.execute(each)).toList();
    commits.write(statements, statement);
  }

  public long number(String query) {
    return database.read(handle -> handle.createQuery(query).mapTo(Long.class).one());
  }

  @Override
  public void close() {
    commits.close();
    database.close();
  }
}
