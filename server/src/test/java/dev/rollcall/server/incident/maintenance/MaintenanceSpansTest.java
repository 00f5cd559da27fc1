package dev.rollcall.server.incident.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.incident.Incidents;
import dev.rollcall.server.outbox.Outbox;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Span;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.TestClock;
import dev.rollcall.server.sql.TestDatabases;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MaintenanceSpansTest {
  private final TestClock clock = new TestClock();
  private List<Maintenance> ofFile = List.of();

  private Maintenance of(String name, Instant from, Duration length) {
    return new Maintenance(
        0,
        "disks",
        new Maintenance.Which(List.of(name), List.of(), List.of(), false),
        new Maintenance.When.Once(from, Optional.of(from.plus(length))));
  }

  @ParameterizedTest
  @EnumSource
  void whatThereWasIsKeptWhateverBecomesOfItsDefinition(
      TestDatabases engine, @TempDir Path folder) {
    String[] tables =
        Stream.concat(Outbox.MIGRATIONS.stream(), Incidents.MIGRATIONS.stream())
            .toArray(String[]::new);
    try (Database database = engine.open(folder, clock, tables);
        GroupCommit commits = new GroupCommit(database)) {
      MaintenanceStore store = new MaintenanceStore(database, commits);
      MaintenanceSpans spans = new MaintenanceSpans(database, commits, store, () -> ofFile, clock);
      Instant begin = clock.wall();
      MaintenanceStore.Limits ten = new MaintenanceStore.Limits(10, 10, begin);
      MaintenanceStore.Created made =
          store.create(0, "{\"tags\":[\"web\"]}", "somebody", ten, begin);
      ofFile = List.of(of("sh*", begin.plusSeconds(3), Duration.ofMinutes(10)));
      assertThat(spans.round()).isEqualTo(Duration.ofSeconds(10));
      clock.pass(Duration.ofSeconds(8));
      spans.round();
      spans.round();
      clock.pass(Duration.ofSeconds(592));
      assertThat(spans.round()).isEqualTo(Duration.ofSeconds(3)); // when the next one ends
      clock.pass(Duration.ofSeconds(3));
      spans.round();
      Instant end = clock.wall();
      ofFile = List.of();
      store.delete(((MaintenanceStore.Created.As) made).id());
      clock.pass(Duration.ofSeconds(5));
      spans.round();
      clock.pass(Duration.ofHours(1));
      // It was not there before it was found.
      ofFile = List.of(of("late", begin, Duration.ofDays(1)));
      spans.round();
      Instant found = clock.wall();
      clock.pass(Duration.ofHours(1));

      assertThat(of(spans, "shop", "web", begin))
          .containsExactlyInAnyOrder(
              new Span(begin, end.plusSeconds(5)), new Span(begin.plusSeconds(3), end));
      assertThat(of(spans, "shop", "db", begin))
          .containsExactly(new Span(begin.plusSeconds(3), end));
      assertThat(of(spans, "blog", "db", begin)).isEmpty();
      assertThat(of(spans, "late", "db", begin)).containsExactly(new Span(found, clock.wall()));
      assertThat(of(spans, "shop", "web", end.plusSeconds(6))).isEmpty();
      store.tidy(clock.wall(), clock.wall());
      assertThat(of(spans, "shop", "web", begin)).isEmpty();
    }
  }

  /// As while the database is away.
  @ParameterizedTest
  @EnumSource
  void whatBeganOrEndedWhileNothingCouldBeRecordedDidSoInTime(
      TestDatabases engine, @TempDir Path folder) {
    String[] tables =
        Stream.concat(Outbox.MIGRATIONS.stream(), Incidents.MIGRATIONS.stream())
            .toArray(String[]::new);
    try (Database database = engine.open(folder, clock, tables);
        GroupCommit commits = new GroupCommit(database)) {
      MaintenanceStore store = new MaintenanceStore(database, commits);
      MaintenanceSpans spans = new MaintenanceSpans(database, commits, store, () -> ofFile, clock);
      Instant begin = clock.wall();
      Instant second = begin.plus(Duration.ofMinutes(3));
      ofFile =
          List.of(
              of("shop", begin, Duration.ofMinutes(2)), of("blog", second, Duration.ofHours(1)));
      spans.round();
      clock.pass(Duration.ofMinutes(10));
      spans.round();
      assertThat(of(spans, "shop", "db", begin))
          .containsExactly(new Span(begin, begin.plus(Duration.ofMinutes(2))));
      assertThat(of(spans, "blog", "db", begin)).containsExactly(new Span(second, clock.wall()));
    }
  }

  private List<Span> of(MaintenanceSpans spans, String name, String tag, Instant from) {
    AlertKeys keys =
        new AlertKeys(
            List.of(tag),
            Optional.empty(),
            AlertKeys.NONE.severity(),
            Optional.empty(),
            List.of(),
            List.of());
    return spans.of(new Subject(Subject.Type.SERVICE, 1, 0, name), keys, from, clock.wall());
  }
}
