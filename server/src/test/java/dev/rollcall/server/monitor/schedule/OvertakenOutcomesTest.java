package dev.rollcall.server.monitor.schedule;

import static dev.rollcall.server.monitor.MonitorDatabase.down;
import static dev.rollcall.server.monitor.MonitorDatabase.outcome;
import static dev.rollcall.server.monitor.MonitorDatabase.up;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.monitor.MonitorDatabase;
import dev.rollcall.server.monitor.check.Event;
import dev.rollcall.server.monitor.check.Observation;
import dev.rollcall.server.monitor.check.Outcome;
import dev.rollcall.server.monitor.check.State;
import dev.rollcall.server.monitor.check.Streak;
import dev.rollcall.server.monitor.definition.Confirmation;
import dev.rollcall.server.monitor.store.EventStore;
import dev.rollcall.server.monitor.store.Metric;
import dev.rollcall.server.monitor.store.Slice;
import dev.rollcall.server.monitor.store.Tick;
import dev.rollcall.server.monitor.store.TickStore;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.Signal;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.TestDatabases;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// One process goes on from memory with a service that another one has claimed since.
@ParameterizedClass
@EnumSource
class OvertakenOutcomesTest {
  private final TestDatabases engine;

  @TempDir Path folder;

  private final List<Signal> told = new ArrayList<>();
  private MonitorDatabase data;
  private Schedule schedule;
  private OvertakenOutcomes overtaken;

  /// What each process writes with first.
  private Batch<Outcome, Boolean> first;

  private long service;
  private Instant begun;

  OvertakenOutcomesTest(TestDatabases engine) {
    this.engine = engine;
  }

  @BeforeEach
  void openDatabase() {
    data = new MonitorDatabase(engine, folder);
    schedule = new Schedule(data.database, data.commits, data.clock);
    overtaken =
        new OvertakenOutcomes(
            schedule,
            MonitorDatabase.READER,
            data.clock,
            (_, signals) -> told.addAll(signals),
            _ -> {},
            () -> {});
    first =
        engine == TestDatabases.POSTGRES
            ? new OutcomeStream(
                schedule,
                overtaken,
                data.clock,
                (_, signals) -> told.addAll(signals),
                _ -> {},
                () -> {})
            : data.keeping(schedule, (_, signals) -> told.addAll(signals));
    service = data.service("one");
    begun = data.clock.wall();
  }

  @AfterEach
  void closeDatabase() {
    data.close();
  }

  private long claim() {
    data.clock.pass(Duration.ofSeconds(60));
    data.database.claimant().another();
    return schedule.rows().claim(data.clock.wall(), 10).getFirst().fence();
  }

  /// Without Redis, the overtaken ones have a transaction of their own.
  private boolean write(Outcome outcome) {
    return data.commits.write(first, outcome)
        || (engine != TestDatabases.POSTGRES && data.commits.write(overtaken, outcome));
  }

  private Outcome found(long fence, Observation observation, Streak before) {
    Outcome one = outcome(service, fence, observation, Optional.of(Event.Kind.UPTIME));
    return new Outcome(
        service,
        fence,
        observation,
        one.transition(),
        true,
        false,
        Optional.empty(),
        Optional.of(before.after(observation, Confirmation.DEFAULT)),
        Optional.empty());
  }

  private Instant at(int seconds) {
    return begun.plusSeconds(seconds);
  }

  private List<Tick> ticks() {
    return new TickStore(data.database)
        .between(Scope.everything(), service, Instant.EPOCH, at(10_000), new Slice(100, 0));
  }

  private List<Event> events() {
    return new EventStore(data.database).of(Scope.everything(), service, new Slice(100, 0));
  }

  private Metric metric() {
    return data.services.find(Scope.everything(), service).orElseThrow().metric();
  }

  /// The one knows that the service is up, and the other one has found it down once since.
  private long overtake() {
    long old = claim();
    Streak up = Streak.NONE.after(up(at(0), 1), Confirmation.DEFAULT);
    assertThat(write(outcome(service, old, up(at(0), 10), Optional.empty()))).isTrue();
    assertThat(write(found(claim(), down(at(60), 10), up))).isTrue();
    assertThat(told).isEmpty();
    return old;
  }

  @Test
  void whatIsNewerThanTheOutcomeOfALaterClaimIsWrittenAndJudgedByTheDatabase() {
    long old = overtake();
    Streak remembered = Streak.NONE.after(up(at(0), 1), Confirmation.DEFAULT);
    assertThat(write(found(old, down(at(75), 10), remembered))).isTrue();
    assertThat(told).singleElement().satisfies(one -> assertThat(one.to()).isEqualTo("down"));
    assertThat(told.getFirst().began()).isEqualTo(at(60));

    assertThat(write(outcome(service, old, down(at(90), 10), Optional.of(Event.Kind.DOWNTIME))))
        .isTrue();
    assertThat(write(outcome(service, old, up(at(105), 10), Optional.of(Event.Kind.DOWNTIME))))
        .isTrue();
    assertThat(told.stream().map(Signal::to)).containsExactly("down", "up");
    assertThat(ticks().stream().map(Tick::state))
        .containsExactly(State.UP, State.DOWN, State.DOWN, State.DOWN, State.UP);
    assertThat(metric().ticks()).isEqualTo(5);
    assertThat(data.number("SELECT SUM(up_count + down_count) FROM service_hour")).isEqualTo(5);
    assertThat(events().stream().map(Event::started)).containsExactly(at(105), at(60), at(0));
    assertThat(overtaken.dropped()).isZero();
  }

  @Test
  void whatIsOlderIsDroppedAndCounted() {
    long old = overtake();
    assertThat(write(outcome(service, old, up(at(59), 10), Optional.empty()))).isFalse();
    assertThat(ticks()).hasSize(2);
    assertThat(overtaken.dropped()).isEqualTo(1);
  }

  @Test
  void whatWasWrittenBeforeIsNotLost() {
    long old = overtake();
    Outcome newer = outcome(service, old, down(at(75), 10), Optional.empty());
    assertThat(write(newer)).isTrue();
    assertThat(write(newer)).isFalse();
    assertThat(metric().ticks()).isEqualTo(3);
    assertThat(overtaken.dropped()).isZero();
  }

  @Test
  void whatIsFoundUnderTheClaimThatWasOvertakenInItsTurnIsJudgedByTheDatabaseToo() {
    long old = overtake();
    long now = claim(); // its memory: one observation down
    assertThat(write(outcome(service, old, up(at(75), 10), Optional.of(Event.Kind.UPTIME))))
        .isTrue();
    assertThat(events().getFirst().kind()).isEqualTo(Event.Kind.UPTIME);

    assertThat(write(outcome(service, now, down(at(90), 10), Optional.of(Event.Kind.DOWNTIME))))
        .isTrue();
    assertThat(events().getFirst().started()).isEqualTo(at(90));
    assertThat(told).as("one observation down").isEmpty();
    assertThat(claim()).as("nobody takes it for unchanged").isGreaterThan(now + 1);
  }

  @Test
  void anOutcomeOfADeletedServiceIsNotLost() {
    long old = overtake();
    data.changes.delete(service);
    assertThat(write(outcome(service, old, up(at(75), 10), Optional.empty()))).isFalse();
    assertThat(overtaken.dropped()).isZero();
  }
}
