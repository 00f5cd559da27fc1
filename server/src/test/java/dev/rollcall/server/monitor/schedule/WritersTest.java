package dev.rollcall.server.monitor.schedule;

import static dev.rollcall.server.monitor.MonitorDatabase.definition;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.ProbeResult;
import dev.rollcall.server.monitor.MonitorDatabase;
import dev.rollcall.server.monitor.check.Certificate;
import dev.rollcall.server.monitor.check.Evaluator;
import dev.rollcall.server.monitor.check.Measurements;
import dev.rollcall.server.monitor.check.Observation;
import dev.rollcall.server.monitor.check.Outcome;
import dev.rollcall.server.monitor.check.Streak;
import dev.rollcall.server.monitor.definition.Confirmation;
import dev.rollcall.server.monitor.definition.ServiceDefinition;
import dev.rollcall.server.monitor.store.AccountLimits;
import dev.rollcall.server.monitor.store.ServiceChanges;
import dev.rollcall.server.monitor.store.ServiceSubjects;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.Circles;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.DatabaseConfig;
import dev.rollcall.server.sql.DatabaseLocation;
import dev.rollcall.server.sql.DayTable;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.Lease;
import dev.rollcall.server.sql.TestDatabases;
import dev.rollcall.server.time.Clock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// All that write about services, in two processes at once on one PostgreSQL: they lock rows in one
/// order, so that none of them ever waits for one that waits for it.
class WritersTest {
  private static final int SERVICES = 200;
  private static final int ROUNDS = 8;
  private static final Duration INTERVAL = Duration.ofMillis(200);

  @TempDir Path folder;

  private final AtomicBoolean over = new AtomicBoolean();

  /// What one process has.
  private static final class Writer implements AutoCloseable {
    private final Clock clock = Clock.system();
    private final Random random;
    private final Database database;
    private final GroupCommit commits;
    private final Schedule schedule;
    private final OutcomeWriter writer;
    private final ServiceChanges changes;
    private final DayTable ticks;

    private Writer(DatabaseLocation location, long seed) {
      random = new Random(seed);
      database = Database.open(DatabaseConfig.of(location, MonitorDatabase.TABLES), clock);
      commits = new GroupCommit(database);
      schedule = new Schedule(database, commits, clock);
      writer =
          new OutcomeWriter(
              database,
              commits,
              schedule,
              10_000,
              MonitorDatabase.READER,
              clock,
              (_, _) -> {},
              _ -> {});
      changes =
          new ServiceChanges(
              database,
              commits,
              new AccountLimits(100, 1_000),
              (_, _) -> {},
              new Circles(database, new ServiceSubjects()),
              clock,
              _ -> {});
      ticks = new DayTable(database, commits, "service_tick", "service_id");
      ticks.prepare(clock.wall());
    }

    /// Runs whatever is due, as the runner does: up, down and unknown by turns.
    private void check() {
      List<Outcome> outcomes = new ArrayList<>();
      for (Lease<Schedule.Row> lease : schedule.rows().claim(clock.wall(), SERVICES)) {
        outcomes.add(outcome(lease));
      }
      Collections.shuffle(outcomes, random);
      commits.writeAll(writer, outcomes);
    }

    private Outcome outcome(Lease<Schedule.Row> lease) {
      Attempt attempt = Attempt.within(Duration.ofSeconds(1));
      attempt.dependsOn(
          IntStream.range(0, 5)
              .mapToObj(
                  i ->
                      new ProbeResult("part" + (i + random.nextInt(2)), Optional.empty(), INTERVAL))
              .toList());
      Measurements measurements = Measurements.of(attempt);
      Instant at = clock.wall();
      Observation found =
          switch (random.nextInt(5)) {
            case 0, 1 -> new Observation.Down(at, INTERVAL, measurements, "status 500");
            case 2 -> new Observation.Unknown(at, INTERVAL, Measurements.NOTHING, "no network");
            default -> new Observation.Up(at, INTERVAL, measurements);
          };
      return new Outcome(
          lease.key(),
          lease.fence(),
          found,
          Evaluator.evaluate(Optional.empty(), found),
          true,
          lease.key() % 10 == 0,
          Optional.of(new Certificate(Optional.of(at), 0)),
          Optional.of(Streak.NONE.after(found, Confirmation.DEFAULT)),
          Optional.empty());
    }

    /// Edits the file: another order, other intervals, some services gone.
    private void edit() {
      List<ServiceDefinition> file =
          new ArrayList<>(
              IntStream.range(0, SERVICES)
                  .filter(_ -> random.nextInt(10) > 0)
                  .mapToObj(i -> service("s" + i, 200 + random.nextInt(3)))
                  .toList());
      Collections.shuffle(file, random);
      changes.sync(new ServiceChanges.File(file, true));
    }

    /// Adds a service by the API, renames it, deletes it.
    private void call() {
      String name = "made" + random.nextLong();
      ServiceChanges.Done.Service made =
          (ServiceChanges.Done.Service) changes.create(Scope.operator(), service(name, 200));
      for (int i = 0; i < 5; i++) {
        changes.replace(made.id(), service(name + "-" + i, 200));
      }
      changes.delete(made.id());
    }

    private ServiceDefinition service(String name, int millis) {
      return definition(name, "philae+http://127.0.0.1:9/" + name, millis + "ms");
    }

    /// What comes round by itself, and after the clock was set back.
    private void correctDueTimes() {
      schedule.correctDueTimes(clock.wall().minusSeconds(60));
      ticks.prepare(clock.wall());
    }

    @Override
    public void close() {
      commits.close();
      database.close();
    }
  }

  @Test
  void neverLockOneAnotherOut() throws Exception {
    DatabaseLocation location = TestDatabases.POSTGRES.fresh(folder);
    long before = deadlocks();
    try (Writer one = new Writer(location, 1);
        Writer other = new Writer(location, 2);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      one.edit();
      List<Future<?>> steady = new ArrayList<>();
      List<Future<?>> counted = new ArrayList<>();
      for (Writer writer : List.of(one, other)) {
        steady.add(threads.submit(() -> untilOver(writer::check)));
        steady.add(threads.submit(() -> untilOver(writer::correctDueTimes)));
        counted.add(threads.submit(() -> times(writer::edit)));
        counted.add(threads.submit(() -> times(writer::call)));
        counted.add(threads.submit(() -> times(writer::call)));
      }
      try {
        for (Future<?> each : counted) {
          each.get();
        }
      } finally {
        over.set(true);
      }
      for (Future<?> each : steady) {
        each.get();
      }
    }
    assertThat(deadlocks() - before).isZero();
  }

  private void untilOver(Runnable work) {
    while (!over.get()) {
      work.run();
    }
  }

  private static void times(Runnable work) {
    for (int i = 0; i < ROUNDS; i++) {
      work.run();
    }
  }

  /// How many PostgreSQL has had to break so far. A connection has told of its own at its end.
  private long deadlocks() {
    try (Database database = TestDatabases.POSTGRES.open(folder, Clock.system())) {
      return database.read(
          handle ->
              handle
                  .createQuery(
                      "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
                  .mapTo(Long.class)
                  .one());
    }
  }
}
