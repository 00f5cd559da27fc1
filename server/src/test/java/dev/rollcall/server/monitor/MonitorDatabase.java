package dev.rollcall.server.monitor;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.RoundTrips;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.monitor.check.Evaluator;
import dev.rollcall.server.monitor.check.Event;
import dev.rollcall.server.monitor.check.Measurements;
import dev.rollcall.server.monitor.check.Observation;
import dev.rollcall.server.monitor.check.Outcome;
import dev.rollcall.server.monitor.definition.ServiceDefinition;
import dev.rollcall.server.monitor.definition.ServiceReader;
import dev.rollcall.server.monitor.schedule.OutcomeWriter;
import dev.rollcall.server.monitor.schedule.Schedule;
import dev.rollcall.server.monitor.store.AccountLimits;
import dev.rollcall.server.monitor.store.ServiceChanges;
import dev.rollcall.server.monitor.store.ServiceStatus;
import dev.rollcall.server.monitor.store.ServiceStore;
import dev.rollcall.server.monitor.store.ServiceSubjects;
import dev.rollcall.server.monitor.store.Slice;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.Circles;
import dev.rollcall.server.signal.SignalWriter;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.DayTable;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.TestClock;
import dev.rollcall.server.sql.TestDatabases;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The monitor's tables in a new database, with a clock that stands still until it is turned.
public final class MonitorDatabase implements AutoCloseable {
  public static final String[] TABLES = Monitor.MIGRATIONS.toArray(String[]::new);

  public static final ServiceReader READER =
      new ServiceReader(
          new ServiceReader.Defaults(
              Duration.ofSeconds(15), Duration.ofSeconds(5), false, Duration.ofDays(14)));

  public final TestClock clock = new TestClock();
  public final Database database;
  public final GroupCommit commits;
  public final ServiceChanges changes;
  public final ServiceStore services;

  public MonitorDatabase(TestDatabases engine, Path folder) {
    database = engine.open(folder, clock, TABLES);
    commits = new GroupCommit(database);
    changes =
        new ServiceChanges(
            database,
            commits,
            new AccountLimits(100, 1_000),
            (_, _) -> {},
            circles(),
            clock,
            _ -> {});
    services = new ServiceStore(database);
    new DayTable(database, commits, "service_tick", "service_id").prepare(clock.wall());
  }

  /// Circles of services.
  public Circles circles() {
    return new Circles(database, new ServiceSubjects());
  }

  /// Makes a service over the API's way.
  public long service(String name) {
    return ((ServiceChanges.Done.Service) changes.create(Scope.operator(), definition(name, "15s")))
        .id();
  }

  public static ServiceDefinition definition(String name, String interval) {
    return definition(name, "http://127.0.0.1:9/" + name, interval);
  }

  public static ServiceDefinition definition(String name, String url, String interval) {
    return definition(
        new JsonMapper()
            .createObjectNode()
            .put("name", name)
            .put("url", url)
            .put("interval", interval));
  }

  public static ServiceDefinition definition(JsonNode service) {
    Mistakes mistakes = new Mistakes();
    return READER
        .one(service, "", mistakes)
        .orElseThrow(() -> new AssertionError(mistakes.lines()));
  }

  /// An outcome of a service under its first claim, with what follows from it.
  public static Outcome outcome(
      long service, long fence, Observation observation, Optional<Event.Kind> open) {
    return new Outcome(
        service,
        fence,
        observation,
        Evaluator.evaluate(open, observation),
        true,
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  public static Observation up(Instant at, int millis) {
    return new Observation.Up(at, Duration.ofMillis(millis), Measurements.NOTHING);
  }

  public static Observation down(Instant at, int millis) {
    return new Observation.Down(at, Duration.ofMillis(millis), Measurements.NOTHING, "status 500");
  }

  /// One that was pinged, with an answer after each of these times.
  public static Observation pinged(Instant at, int sent, Duration... times) {
    Attempt attempt = Attempt.within(Duration.ofSeconds(1));
    attempt.roundTrips(new RoundTrips(sent, List.of(times)));
    Measurements measurements = Measurements.of(attempt);
    return times.length == 0
        ? new Observation.Down(at, Duration.ofSeconds(3), measurements, "no answer")
        : new Observation.Up(at, measurements.response().orElseThrow(), measurements);
  }

  /// Slower than it should be by far.
  public static Observation slow(Instant at, int millis) {
    return new Observation.Slow(
        at, Duration.ofMillis(millis), Measurements.NOTHING, Duration.ofMillis(1));
  }

  public static Observation unknown(Instant at) {
    return new Observation.Unknown(at, Duration.ofMillis(1), Measurements.NOTHING, "no network");
  }

  public OutcomeWriter keeping(Schedule schedule) {
    return keeping(schedule, (_, _) -> {});
  }

  public OutcomeWriter keeping(Schedule schedule, SignalWriter signals) {
    return new OutcomeWriter(database, commits, schedule, 1_000, READER, clock, signals, _ -> {});
  }

  public long number(String query) {
    return database.read(handle -> handle.createQuery(query).mapTo(Long.class).one());
  }

  public List<ServiceStatus> listed() {
    return services.list(Scope.everything(), new Slice(1_000, 0));
  }

  @Override
  public void close() {
    commits.close();
    database.close();
  }
}
