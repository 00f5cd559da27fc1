package dev.rollcall.server.monitor.schedule;

import static dev.rollcall.server.monitor.MonitorDatabase.down;
import static dev.rollcall.server.monitor.MonitorDatabase.outcome;
import static dev.rollcall.server.monitor.MonitorDatabase.unknown;
import static dev.rollcall.server.monitor.MonitorDatabase.up;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.monitor.MonitorDatabase;
import dev.rollcall.server.monitor.check.Event;
import dev.rollcall.server.monitor.check.Observation;
import dev.rollcall.server.monitor.check.Outcome;
import dev.rollcall.server.monitor.check.State;
import dev.rollcall.server.monitor.store.EventStore;
import dev.rollcall.server.monitor.store.HourStore;
import dev.rollcall.server.monitor.store.Metric;
import dev.rollcall.server.monitor.store.PeriodSummary;
import dev.rollcall.server.monitor.store.ServiceChanges;
import dev.rollcall.server.monitor.store.ServiceStatus;
import dev.rollcall.server.monitor.store.Slice;
import dev.rollcall.server.monitor.store.Tick;
import dev.rollcall.server.monitor.store.TickStore;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.sql.DayTable;
import dev.rollcall.server.sql.DueRows;
import dev.rollcall.server.sql.Lease;
import dev.rollcall.server.sql.TestDatabases;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What becomes of outcomes in each of the databases.
@ParameterizedClass
@EnumSource
class OutcomeWriterTest {
  private final TestDatabases engine;

  @TempDir Path folder;

  private MonitorDatabase data;
  private DueRows<Schedule.Row> schedule;
  private OutcomeWriter writer;
  private EventStore events;
  private TickStore ticks;
  private HourStore hours;
  private long service;
  private Instant begun;

  OutcomeWriterTest(TestDatabases engine) {
    this.engine = engine;
  }

  @BeforeEach
  void openDatabase() {
    data = new MonitorDatabase(engine, folder);
    Schedule turns = new Schedule(data.database, data.commits, data.clock);
    schedule = turns.rows();
    writer = data.keeping(turns);
    events = new EventStore(data.database);
    ticks = new TickStore(data.database);
    hours = new HourStore(data.database);
    service = data.service("one");
    begun = data.clock.wall();
  }

  @AfterEach
  void closeDatabase() {
    data.close();
  }

  private long claim() {
    data.clock.pass(Duration.ofSeconds(16));
    return schedule.claim(data.clock.wall(), 10).getFirst().fence();
  }

  private boolean keep(Outcome outcome) {
    return data.commits.write(writer, outcome);
  }

  private Optional<Event.Kind> openEvent() {
    return data.services.find(Scope.everything(), service).orElseThrow().event().map(Event::kind);
  }

  private Metric metric() {
    return data.services.find(Scope.everything(), service).orElseThrow().metric();
  }

  /// Runs the service once.
  private Instant run(Observation observation) {
    assertThat(keep(outcome(service, claim(), observation, openEvent()))).isTrue();
    return observation.at();
  }

  private List<Event> allEvents() {
    return events.of(Scope.everything(), service, new Slice(100, 0));
  }

  private List<Tick> allTicks() {
    return ticks.between(
        Scope.everything(),
        service,
        Instant.EPOCH,
        begun.plus(Duration.ofDays(400)),
        new Slice(100, 0));
  }

  /// It took five seconds, as it waited for packets that were lost, and was found then.
  @Test
  void saysHowFarTheDatabaseIsBehindWhatWasFound() {
    assertThat(writer.lag()).isZero();
    long fence = claim();
    Instant at = data.clock.wall();
    data.clock.pass(Duration.ofSeconds(5));
    data.commits.close();
    writer.keep(state(service), outcome(service, fence, down(at, 10), Optional.empty()));
    assertThat(writer.lag()).isZero();
    data.clock.pass(Duration.ofMinutes(1));
    assertThat(writer.lag()).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void isNotBehindWhileItWritesWithoutAnEndWhatWasFoundJustNow() {
    long other = data.service("two");
    data.clock.pass(Duration.ofSeconds(16));
    List<Lease<Schedule.Row>> leases = schedule.claim(data.clock.wall(), 10);
    AtomicReference<OutcomeWriter> busy = new AtomicReference<>();
    List<Duration> lags = new CopyOnWriteArrayList<>();
    Consumer<List<Outcome>> more =
        _ -> {
          lags.add(busy.get().lag());
          if (lags.size() == 1) {
            data.clock.pass(Duration.ofSeconds(5));
            Thread.ofVirtual().start(() -> busy.get().keep(state(other), found(other, leases)));
            await().until(() -> busy.get().waiting() == 1);
          }
        };
    busy.set(
        new OutcomeWriter(
            data.database,
            data.commits,
            new Schedule(data.database, data.commits, data.clock),
            100,
            MonitorDatabase.READER,
            data.clock,
            (_, _) -> {},
            more));
    busy.get().keep(state(service), found(service, leases));
    assertThat(lags).containsExactly(Duration.ZERO, Duration.ZERO);
  }

  private RunState state(long id) {
    return new RunState(ChangeLogTest.check(id), begun);
  }

  private Outcome found(long id, List<Lease<Schedule.Row>> leases) {
    long fence =
        leases.stream().filter(lease -> lease.key() == id).findFirst().orElseThrow().fence();
    return outcome(id, fence, up(data.clock.wall(), 10), Optional.empty());
  }

  @Test
  void nobodyElseSeesWhatWasFound() {
    run(up(begun, 10));
    Instant to = begun.plus(Duration.ofDays(1));
    Slice all = new Slice(9, 0);
    for (Scope stranger : List.of(Scope.of(7), Scope.of(8))) {
      assertThat(events.of(stranger, service, all)).isEmpty();
      assertThat(events.count(stranger, service)).isZero();
      assertThat(ticks.between(stranger, service, Instant.EPOCH, to, all)).isEmpty();
      assertThat(ticks.count(stranger, service, Instant.EPOCH, to)).isZero();
      for (Duration step : List.of(HourStore.HOUR, Duration.ofMinutes(30))) {
        assertThat(hours.sums(stranger, service, Instant.EPOCH, to, step, all)).isEmpty();
        assertThat(hours.count(stranger, service, Instant.EPOCH, to, step)).isZero();
      }
    }
    Scope operator = Scope.operator();
    assertThat(events.of(operator, service, all)).hasSize(1);
    assertThat(events.count(operator, service)).isEqualTo(1);
    assertThat(ticks.between(operator, service, Instant.EPOCH, to, all)).hasSize(1);
    assertThat(ticks.count(operator, service, Instant.EPOCH, to)).isEqualTo(1);
    for (Duration step : List.of(HourStore.HOUR, Duration.ofMinutes(30))) {
      assertThat(hours.sums(operator, service, Instant.EPOCH, to, step, all)).hasSize(1);
      assertThat(hours.count(operator, service, Instant.EPOCH, to, step)).isEqualTo(1);
    }
  }

  @Test
  void anOutcomeIsATickACountASumAndAnEventAtOnce() {
    Instant first = run(up(begun, 10));
    Instant second = run(down(begun.plusSeconds(15), 30));
    Instant third = run(unknown(begun.plusSeconds(30)));
    Instant fourth = run(up(begun.plusSeconds(45), 20));

    assertThat(allTicks().stream().map(Tick::at)).containsExactly(first, second, third, fourth);
    assertThat(allTicks().stream().map(Tick::state))
        .containsExactly(State.UP, State.DOWN, State.UNKNOWN, State.UP);
    assertThat(allTicks().get(1).reason()).contains("status 500");
    assertThat(metric().ticks()).isEqualTo(3);
    assertThat(metric().up()).isEqualTo(2);
    assertThat(metric().down()).isEqualTo(1);
    assertThat(metric().unknown()).isEqualTo(1);
    assertThat(metric().averageResponseMs()).isCloseTo(20, within(1e-9));
    assertThat(metric().uptimePercent().orElseThrow()).isCloseTo(66.667, within(0.001));

    List<Event> found = allEvents();
    assertThat(found.stream().map(Event::kind))
        .containsExactly(Event.Kind.UPTIME, Event.Kind.DOWNTIME, Event.Kind.UPTIME);
    assertThat(found.get(0).started()).isEqualTo(fourth);
    assertThat(found.get(0).ended()).isEmpty();
    assertThat(found.get(1).started()).isEqualTo(second);
    assertThat(found.get(1).ended()).contains(fourth);
    assertThat(found.get(1).cause()).contains("status 500");
    assertThat(found.get(2).ended()).contains(second);

    PeriodSummary hour =
        hours
            .sums(
                Scope.everything(),
                service,
                begun.minusSeconds(3_600),
                begun.plusSeconds(3_600),
                HourStore.HOUR,
                new Slice(9, 0))
            .getFirst();
    assertThat(hour.from()).isEqualTo(Instant.parse("2026-11-20T12:00:00Z"));
    assertThat(List.of(hour.up(), hour.down(), hour.unknown())).containsExactly(2L, 1L, 1L);
    PeriodSummary.Response response = hour.response().orElseThrow();
    assertThat(response.mean()).isEqualTo(Duration.ofMillis(20));
    assertThat(response.min()).isEqualTo(Duration.ofMillis(10));
    assertThat(response.max()).isEqualTo(Duration.ofMillis(30));
  }

  @Test
  void whatTheNewestTickFoundSaysSinceWhenAndWhy() {
    ServiceStatus before = data.services.find(Scope.everything(), service).orElseThrow();
    assertThat(before.state()).isEmpty();
    assertThat(before.since()).isEmpty();
    assertThat(before.why()).isEmpty();

    run(unknown(begun));
    assertStands(State.UNKNOWN, begun, Optional.of("no network"));
    Instant down = run(down(begun.plusSeconds(15), 30));
    run(down(begun.plusSeconds(30), 30));
    assertStands(State.DOWN, down, Optional.of("status 500"));
    Instant unknown = run(unknown(begun.plusSeconds(45)));
    run(unknown(begun.plusSeconds(60)));
    assertStands(State.UNKNOWN, unknown, Optional.of("no network"));
    assertThat(openEvent()).contains(Event.Kind.DOWNTIME);
    run(down(begun.plusSeconds(75), 30));
    assertStands(State.DOWN, down, Optional.of("status 500"));
    Instant up = run(up(begun.plusSeconds(90), 30));
    assertStands(State.UP, up, Optional.empty());
    assertThat(data.listed())
        .containsExactly(data.services.find(Scope.everything(), service).orElseThrow());
  }

  private void assertStands(State state, Instant since, Optional<String> why) {
    ServiceStatus found = data.services.find(Scope.everything(), service).orElseThrow();
    assertThat(found.state()).contains(state);
    assertThat(found.since()).contains(since);
    assertThat(found.why()).isEqualTo(why);
  }

  @Test
  void onlyServicesOfTheFileThatAreAskedCountAsTheFiles() {
    assertThat(data.services.filed()).isZero();
    data.changes.sync(
        new ServiceChanges.File(
            List.of(
                MonitorDatabase.definition("filed", "15s"),
                MonitorDatabase.definition("gone", "15s"),
                MonitorDatabase.definition("also", "15s")),
            true));
    data.changes.sync(
        new ServiceChanges.File(
            List.of(
                MonitorDatabase.definition("filed", "15s"),
                MonitorDatabase.definition("also", "15s")),
            true));
    assertThat(data.services.filed()).isEqualTo(2);
  }

  @Test
  void sumsOfTicksAndOfHoursAgree() {
    for (int i = 0; i < 9; i++) {
      run(
          i % 3 == 0
              ? down(begun.plusSeconds(i * 600L), 10 * i)
              : up(begun.plusSeconds(i * 600L), i));
    }
    Instant from = Instant.parse("2026-11-20T12:00:00Z");
    Instant to = from.plus(Duration.ofHours(3));
    List<PeriodSummary> fromHours =
        hours.sums(Scope.everything(), service, from, to, HourStore.HOUR, new Slice(9, 0));
    List<PeriodSummary> fromTicks =
        hours.sums(Scope.everything(), service, from, to, Duration.ofMinutes(30), new Slice(9, 0));
    assertThat(fromHours).hasSize(2);
    assertThat(fromTicks).hasSize(3);
    assertThat(fromTicks.stream().mapToLong(PeriodSummary::up).sum()).isEqualTo(6);
    assertThat(fromHours.stream().mapToLong(PeriodSummary::up).sum()).isEqualTo(6);
    assertThat(hours.count(Scope.everything(), service, from, to, HourStore.HOUR)).isEqualTo(2);
    assertThat(hours.count(Scope.everything(), service, from, to, Duration.ofMinutes(30)))
        .isEqualTo(3);
    assertThat(
            hours.sums(Scope.everything(), service, from, to, Duration.ofDays(1), new Slice(9, 0)))
        .singleElement()
        .satisfies(day -> assertThat(day.down()).isEqualTo(3));
  }

  @Test
  void theSameOutcomeTwiceIsCountedOnce() {
    Outcome outcome = outcome(service, claim(), up(begun, 10), Optional.empty());
    assertThat(keep(outcome)).isTrue();
    keep(outcome);
    assertThat(metric().ticks()).isEqualTo(1);
    assertThat(allTicks()).hasSize(1);
    assertThat(allEvents()).hasSize(1);
  }

  @Test
  void anOutcomeUnderAClaimThatAnotherProcessTookChangesNothing() {
    long lost = claim();
    data.clock.pass(Duration.ofMinutes(5));
    data.database.claimant().another();
    long taken = claim();
    data.database.claimant().another();
    assertThat(taken).isGreaterThan(lost);
    assertThat(keep(outcome(service, lost, down(begun, 10), Optional.empty()))).isFalse();
    assertThat(allTicks()).isEmpty();
    assertThat(allEvents()).isEmpty();
    assertThat(keep(outcome(service, taken, up(begun.plusSeconds(300), 10), Optional.empty())))
        .isTrue();
    assertThat(openEvent()).contains(Event.Kind.UPTIME);
  }

  @Test
  void anOutcomeOfADeletedServiceHarmsNoOther() {
    long other = data.service("other");
    data.clock.pass(Duration.ofSeconds(16));
    schedule.claim(data.clock.wall(), 10);
    data.changes.delete(service);
    List<Boolean> done =
        data.commits.writeAll(
            writer,
            List.of(
                outcome(service, 1, up(begun, 10), Optional.empty()),
                outcome(other, 1, up(begun, 10), Optional.empty())));
    assertThat(done).containsExactly(false, true);
    assertThat(data.number("SELECT count(*) FROM service_tick")).isEqualTo(1);
    assertThat(data.number("SELECT count(*) FROM service_event")).isEqualTo(1);
  }

  @Test
  void aChangeThatWasClaimedInDoubtChangesNothingWhereItIsKnown() {
    run(up(begun, 10));
    keep(outcome(service, claim(), up(begun.plusSeconds(15), 10), Optional.empty()));
    assertThat(allEvents()).hasSize(1);
    assertThat(allEvents().getFirst().started()).isEqualTo(begun);
  }

  @Test
  void deletingOldTicksChangesNeitherCountsNorSumsNorEvents() {
    for (int day = 0; day < 4; day++) {
      run(
          day % 2 == 0
              ? up(begun.plus(Duration.ofDays(day)), 10)
              : down(begun.plus(Duration.ofDays(day)), 20));
    }
    Metric metric = metric();
    List<Event> found = allEvents();
    List<PeriodSummary> sums = new ArrayList<>(days());
    new DayTable(data.database, data.commits, "service_tick", "service_id")
        .forget(begun.plus(Duration.ofDays(2)));
    assertThat(allTicks().stream().map(Tick::at))
        .containsExactly(begun.plus(Duration.ofDays(2)), begun.plus(Duration.ofDays(3)));
    assertThat(metric()).isEqualTo(metric);
    assertThat(allEvents()).isEqualTo(found);
    assertThat(days()).isEqualTo(sums).hasSize(4);
  }

  private List<PeriodSummary> days() {
    return hours.sums(
        Scope.everything(),
        service,
        begun.minusSeconds(86_400),
        begun.plus(Duration.ofDays(9)),
        Duration.ofDays(1),
        new Slice(9, 0));
  }

  @Test
  void ticksAndEventsArePaged() {
    for (int i = 0; i < 5; i++) {
      run(i % 2 == 0 ? up(begun.plusSeconds(i), 10) : down(begun.plusSeconds(i), 20));
    }
    assertThat(events.count(Scope.everything(), service)).isEqualTo(5);
    assertThat(events.of(Scope.everything(), service, Slice.ofPage(2, 2)))
        .isEqualTo(allEvents().subList(2, 4));
    Instant to = begun.plusSeconds(4);
    assertThat(ticks.count(Scope.everything(), service, begun.plusSeconds(1), to)).isEqualTo(3);
    assertThat(
            ticks.between(Scope.everything(), service, begun.plusSeconds(1), to, new Slice(2, 1)))
        .isEqualTo(allTicks().subList(2, 4));
  }
}
