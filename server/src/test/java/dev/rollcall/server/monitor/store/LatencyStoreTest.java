package dev.rollcall.server.monitor.store;

import static dev.rollcall.server.monitor.MonitorDatabase.down;
import static dev.rollcall.server.monitor.MonitorDatabase.outcome;
import static dev.rollcall.server.monitor.MonitorDatabase.pinged;
import static dev.rollcall.server.monitor.MonitorDatabase.unknown;
import static dev.rollcall.server.monitor.MonitorDatabase.up;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.monitor.MonitorDatabase;
import dev.rollcall.server.monitor.check.Observation;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.sql.TestDatabases;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
class LatencyStoreTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration FIVE = Duration.ofMinutes(5);

  private final TestDatabases engine;
  @TempDir Path folder;
  private MonitorDatabase data;
  private LatencyStore latencies;
  private long service;
  private Instant begin;

  LatencyStoreTest(TestDatabases engine) {
    this.engine = engine;
  }

  @BeforeEach
  void open() {
    data = new MonitorDatabase(engine, folder);
    latencies = new LatencyStore(data.database);
    service = data.service("gateway");
    begin = data.clock.wall().truncatedTo(ChronoUnit.HOURS);
  }

  @AfterEach
  void close() {
    data.close();
  }

  @Test
  void hourlySumsAreTheSumOfTheirTicks() {
    List<Observation> found = new ArrayList<>();
    for (int minute = 0; minute < 180; minute++) {
      if (minute / 60 != 1) { // the second hour is a gap
        found.add(
            pinged(minutes(minute), 4, millis(10), millis(10 + minute), millis(200 - minute)));
      }
    }
    write(found);
    List<LatencyPeriod> hours = between(0, 240, HOUR);
    assertThat(hours).extracting(LatencyPeriod::from).containsExactly(begin, minutes(120));
    LatencyPeriod first = hours.getFirst();
    assertThat(first.latencies().sent()).isEqualTo(240);
    assertThat(first.latencies().lost()).isEqualTo(60);
    assertThat(first.latencies().quantile(1).orElseThrow().toMillis()).isBetween(198L, 202L);

    List<LatencyPeriod> fives = between(0, 240, FIVE);
    assertThat(fives).hasSize(24).allMatch(five -> five.length().equals(FIVE));
    assertThat(fives).allMatch(five -> five.latencies().sent() == 20);
    List<LatencyPeriod> days = between(0, 240, Duration.ofDays(1));
    assertThat(days.stream().mapToLong(day -> day.latencies().sent()).sum()).isEqualTo(480);
  }

  @Test
  void aTickThatIsWrittenTwiceCountsOnce() {
    Observation found = pinged(minutes(3), 2, millis(7));
    write(List.of(found));
    write(List.of(found));
    assertThat(between(0, 60, HOUR).getFirst().latencies().sent()).isEqualTo(2);
    assertThat(
            new TickStore(data.database)
                .between(Scope.operator(), service, begin, minutes(9), new Slice(9, 0)))
        .singleElement()
        .satisfies(tick -> assertThat(tick.roundTrips().orElseThrow().lost()).isEqualTo(1));
  }

  @Test
  void periodsOfAnHourStandWhereTicksAreNoLongerKept() {
    List<Observation> found = new ArrayList<>();
    for (int minute = 0; minute < 180; minute += 5) {
      found.add(pinged(minutes(minute), 3, millis(5), millis(6)));
    }
    write(found);
    assertThat(between(0, 180, FIVE)).hasSize(36);
    delete(minutes(90)); // all of the first hour, and half of the second
    List<LatencyPeriod> left = between(0, 180, FIVE);
    assertThat(left).hasSize(14);
    assertThat(left.subList(0, 2)).allMatch(hour -> hour.length().equals(HOUR));
    assertThat(left.subList(2, 14)).allMatch(five -> five.length().equals(FIVE));
    assertThat(left.stream().mapToLong(one -> one.latencies().sent()).sum()).isEqualTo(3 * 36);
    delete(minutes(180));
    assertThat(between(0, 180, FIVE)).hasSize(3).allMatch(hour -> hour.length().equals(HOUR));
  }

  @Test
  void theLatencyOfAServiceThatIsNotPingedIsTheResponseTimeOfItsTicks() {
    write(
        List.of(
            up(minutes(1), 20),
            up(minutes(2), 40),
            down(minutes(3), 5_000),
            unknown(minutes(4)),
            up(minutes(70), 10)));
    List<LatencyPeriod> hours = between(0, 120, HOUR);
    assertThat(hours).hasSize(2);
    assertThat(hours.getFirst().latencies().sent()).isEqualTo(3);
    assertThat(hours.getFirst().latencies().lost()).isEqualTo(1);
    assertThat(hours.getFirst().latencies().quantile(1).orElseThrow().toMillis())
        .isBetween(39L, 41L);
    assertThat(latencies.hasRoundTrips(Scope.operator(), service)).isFalse();
  }

  @Test
  void othersSeeNothingOfIt() {
    write(List.of(pinged(minutes(1), 2, millis(7))));
    assertThat(latencies.hasRoundTrips(Scope.operator(), service)).isTrue();
    assertThat(latencies.hasRoundTrips(Scope.of(7), service)).isFalse();
    assertThat(latencies.between(Scope.of(7), service, begin, minutes(60), HOUR))
        .contains(List.of());
    assertThat(latencies.between(Scope.of(7), service, begin, minutes(60), FIVE))
        .contains(List.of());
  }

  @Test
  void sumsGoWithTheirService() {
    write(List.of(pinged(minutes(1), 2, millis(7))));
    data.changes.delete(service);
    assertThat(data.number("SELECT count(*) FROM service_hour_round_trips")).isZero();
  }

  private List<LatencyPeriod> between(int fromMinute, int toMinute, Duration step) {
    return latencies
        .between(Scope.operator(), service, minutes(fromMinute), minutes(toMinute), step)
        .orElseThrow();
  }

  private Instant minutes(int minute) {
    return begin.plus(Duration.ofMinutes(minute));
  }

  private static Duration millis(int millis) {
    return Duration.ofMillis(millis);
  }

  private void write(List<Observation> found) {
    data.commits.write(
        (tx, all) -> {
          OutcomeRows.write(
              tx,
              all.getFirst().stream()
                  .map(one -> outcome(service, 1, one, Optional.empty()))
                  .toList(),
              (_, _) -> {},
              () -> {},
              begin);
          return all;
        },
        found);
  }

  private void delete(Instant before) {
    data.commits.write(
        (tx, all) -> {
          tx.createUpdate("DELETE FROM service_tick WHERE at < :before")
              .bind("before", before.toEpochMilli())
              .execute();
          return all;
        },
        before);
  }
}
