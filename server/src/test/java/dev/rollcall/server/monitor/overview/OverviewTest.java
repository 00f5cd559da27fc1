package dev.rollcall.server.monitor.overview;

import static dev.rollcall.server.monitor.MonitorDatabase.down;
import static dev.rollcall.server.monitor.MonitorDatabase.outcome;
import static dev.rollcall.server.monitor.MonitorDatabase.unknown;
import static dev.rollcall.server.monitor.MonitorDatabase.up;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.monitor.MonitorDatabase;
import dev.rollcall.server.monitor.check.Event;
import dev.rollcall.server.monitor.check.Observation;
import dev.rollcall.server.monitor.check.State;
import dev.rollcall.server.monitor.overview.Overview.Observed;
import dev.rollcall.server.monitor.overview.Overview.Row;
import dev.rollcall.server.monitor.overview.Overview.Seen;
import dev.rollcall.server.monitor.overview.Overview.Standing;
import dev.rollcall.server.monitor.schedule.OutcomeWriter;
import dev.rollcall.server.monitor.schedule.Schedule;
import dev.rollcall.server.monitor.store.AccountLimits;
import dev.rollcall.server.monitor.store.EventStore;
import dev.rollcall.server.monitor.store.HourStore;
import dev.rollcall.server.monitor.store.LatencyStore;
import dev.rollcall.server.monitor.store.PathStore;
import dev.rollcall.server.monitor.store.PeriodSummary;
import dev.rollcall.server.monitor.store.ServiceChanges;
import dev.rollcall.server.monitor.store.Tick;
import dev.rollcall.server.monitor.store.TickStore;
import dev.rollcall.server.monitor.store.UptimeStore;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.UptimeSpans;
import dev.rollcall.server.sql.Lease;
import dev.rollcall.server.sql.TestDatabases;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What there is to see, kept current by what is committed.
@ParameterizedClass
@EnumSource
class OverviewTest {
  private final TestDatabases engine;

  @TempDir Path folder;

  private MonitorDatabase data;
  private Overview overview;
  private Schedule turns;
  private OutcomeWriter writer;
  private ServiceChanges changes;
  private int commits;

  OverviewTest(TestDatabases engine) {
    this.engine = engine;
  }

  @BeforeEach
  void openDatabase() {
    data = new MonitorDatabase(engine, folder);
    overview = new Overview(data.database, data.clock);
    overview.onCommit(() -> commits++);
    turns = new Schedule(data.database, data.commits, data.clock);
    writer =
        new OutcomeWriter(
            data.database,
            data.commits,
            turns,
            1_000,
            MonitorDatabase.READER,
            data.clock,
            (_, _) -> {},
            overview::committed);
    changes =
        new ServiceChanges(
            data.database,
            data.commits,
            new AccountLimits(100, 1_000),
            (_, _) -> {},
            data.circles(),
            data.clock,
            overview::changed);
  }

  @AfterEach
  void closeDatabase() {
    data.close();
  }

  private long create(String name) {
    return ((ServiceChanges.Done.Service)
            changes.create(
                Scope.operator(),
                MonitorDatabase.definition(
                    name, "http://127.0.0.1:9/" + name.substring(0, 1), "15s")))
        .id();
  }

  /// Asks the service alone, and keeps what it found.
  private void ask(long service, Observation observation) {
    keep(service, fence(claims(), service), observation);
  }

  private void keep(long service, long fence, Observation observation) {
    Optional<Event.Kind> open =
        data.services.find(Scope.everything(), service).orElseThrow().event().map(Event::kind);
    assertThat(data.commits.write(writer, outcome(service, fence, observation, open))).isTrue();
  }

  /// Time passes until all that are to be asked are due, and whoever was not asked is once more.
  private static long fence(Map<Long, Long> claims, long service) {
    return Objects.requireNonNull(claims.get(service), "claimed");
  }

  private Map<Long, Long> claims() {
    data.clock.pass(Duration.ofSeconds(16));
    return turns.rows().claim(data.clock.wall(), 100).stream()
        .collect(Collectors.toMap(Lease::key, Lease::fence));
  }

  private Instant now() {
    return data.clock.wall();
  }

  @Test
  void eachOwnerSeesTheirOwn() {
    create("shop");
    changes.create(Scope.of(7), MonitorDatabase.definition("shop", "http://127.0.0.1:9/x", "15s"));
    Seen theirs = overview.look(Scope.of(7), "", Optional.empty(), 1, 9);
    assertThat(theirs.rows()).extracting(Row::url).containsExactly("http://127.0.0.1:9/x");
    assertThat(theirs.whole().all()).isEqualTo(1);
    assertThat(overview.look(Scope.operator(), "", Optional.empty(), 1, 9).rows())
        .extracting(Row::url)
        .containsExactly("http://127.0.0.1:9/s");
    assertThat(look().whole().all()).isEqualTo(2);
    assertThat(overview.look(Scope.of(8), "shop", Optional.empty(), 1, 9).whole().all()).isZero();
  }

  @Test
  void aServiceAloneHasItsDayItsEventsAndItsLastFailures() {
    ServiceDetails details =
        new ServiceDetails(
            overview,
            data.services,
            new EventStore(data.database),
            new TickStore(data.database),
            new HourStore(data.database),
            new LatencyStore(data.database),
            new PathStore(data.database, data.commits),
            new UptimeStore(data.database, UptimeSpans.NONE),
            data.clock);
    long shop = create("shop");
    ask(shop, up(now(), 20));
    ask(shop, down(now(), 40));
    ask(shop, down(now(), 40));
    ask(shop, up(now(), 30));
    ServiceDetails.Seen seen = details.find(Scope.operator(), shop).orElseThrow();
    assertThat(seen.row()).isEqualTo(row("shop"));
    assertThat(seen.interval()).contains("15s");
    assertThat(seen.events())
        .extracting(Event::kind)
        .containsExactly(Event.Kind.UPTIME, Event.Kind.DOWNTIME, Event.Kind.UPTIME);
    assertThat(seen.failures()).extracting(Tick::state).containsExactly(State.DOWN, State.DOWN);
    assertThat(seen.failures().getFirst().at()).isAfter(seen.failures().getLast().at());
    List<PeriodSummary> pieces = seen.chart().pieces().stream().flatMap(Optional::stream).toList();
    assertThat(pieces.stream().mapToLong(PeriodSummary::up).sum()).isEqualTo(2);
    assertThat(pieces.stream().mapToLong(PeriodSummary::down).sum()).isEqualTo(2);
    assertThat(seen.hours().stream().mapToLong(PeriodSummary::down).sum()).isEqualTo(2);
    assertThat(details.find(Scope.of(7), shop)).isEmpty();
    assertThat(details.find(Scope.operator(), shop + 1)).isEmpty();
  }

  private Seen look() {
    return overview.look(Scope.everything(), "", Optional.empty(), 1, 100);
  }

  private List<String> names(Seen seen) {
    return seen.rows().stream().map(Row::name).toList();
  }

  private Row row(String name) {
    return look().rows().stream().filter(row -> row.name().equals(name)).findFirst().orElseThrow();
  }

  /// The same from the database alone.
  private Seen reread() {
    return new Overview(data.database, data.clock)
        .look(Scope.everything(), "", Optional.empty(), 1, 100);
  }

  @Test
  void whatIsCommittedIsSeenAsTheDatabaseHasIt() {
    long a = create("a");
    long b = create("b");
    long c = create("c");
    assertThat(commits).isEqualTo(3);
    commits = 0;
    assertThat(names(look())).containsExactly("a", "b", "c");
    assertThat(look().whole().of(Standing.NEW)).isEqualTo(3);
    Map<Long, Long> first = claims();
    keep(a, fence(first, a), up(now(), 10));
    keep(b, fence(first, b), up(now(), 20));
    keep(c, fence(first, c), down(now(), 30));
    assertThat(commits).isEqualTo(3);
    Seen seen = look();
    assertThat(names(seen)).containsExactly("c", "a", "b");
    assertThat(seen).isEqualTo(reread());
    assertThat(seen.rows().getFirst().reason()).contains("status 500");
    // Both of these are shown, and go on from there.
    Map<Long, Long> second = claims();
    keep(b, fence(second, b), down(now(), 40));
    keep(a, fence(second, a), unknown(now()));
    keep(c, fence(second, c), up(now(), 50));
    assertThat(names(look())).containsExactly("b", "a", "c");
    assertThat(row("b").response()).contains(Duration.ofMillis(40));
    assertThat(row("b").day().percent()).hasValue(50);
    assertThat(row("a").response()).isEmpty();
    assertThat(row("a").day().unknown()).isTrue();
    assertThat(look()).isEqualTo(reread());
  }

  @Test
  void aBarHasTheLastFiftyAsTheDatabaseHasThem() {
    long a = create("a");
    look();
    for (int i = 0; i < 53; i++) {
      ask(a, i % 20 == 3 ? down(now(), 5) : up(now(), 5));
      look();
    }
    List<Observed> latest = row("a").latest();
    assertThat(latest.stream().mapToInt(Observed::count).sum()).isEqualTo(50);
    assertThat(latest).hasSize(6); // one down at 3, 23 and 43, and the up ones beside them
    List<Observed> read = reread().rows().getFirst().latest();
    assertThat(latest.subList(1, 6)).isEqualTo(read.subList(1, 6));
    assertThat(latest.getFirst().last()).isEqualTo(read.getFirst().last());
  }

  @Test
  void servicesComeChangeAndGo() {
    long a = create("a");
    create("b");
    assertThat(names(look())).containsExactly("a", "b");
    create("c");
    assertThat(names(look())).containsExactly("a", "b", "c");
    changes.replace(a, MonitorDatabase.definition("z", "15s"));
    assertThat(names(look())).containsExactly("b", "c", "z");
    changes.delete(a);
    assertThat(names(look())).containsExactly("b", "c");
    changes.sync(new ServiceChanges.File(List.of(MonitorDatabase.definition("file", "15s")), true));
    assertThat(names(look())).containsExactly("b", "c", "file");
    changes.sync(new ServiceChanges.File(List.of(), true));
    assertThat(names(look())).containsExactly("b", "c");
  }

  @Test
  void silenceIsUnknownByItself() {
    ask(create("a"), up(now(), 10));
    assertThat(row("a").standing()).isEqualTo(Standing.UP);
    data.clock.pass(Duration.ofMinutes(5));
    assertThat(row("a").standing()).isEqualTo(Standing.UNKNOWN);
    assertThat(row("a").reason().orElseThrow()).contains("not checked: is a Rollcall process");
    assertThat(look()).isEqualTo(reread());
  }

  /// What another process wrote is not handed over.
  @Test
  void whatOthersWriteIsSeenInTime() {
    long a = create("a");
    look();
    commits = 0;
    Instant at = now();
    OutcomeWriter other = data.keeping(turns);
    data.commits.write(other, outcome(a, fence(claims(), a), down(at, 1), Optional.empty()));
    data.clock.pass(
        switch (engine) {
          case SQLITE -> Duration.ofMinutes(1);
          case POSTGRES -> Duration.ofSeconds(1);
        });
    assertThat(look()).isEqualTo(reread());
    assertThat(commits).isZero();
  }

  @Test
  void searchFindsByNameAndUrlAndPagesEndWithTheLast() {
    create("Shop 50%");
    create("mail");
    ask(create("shop two"), down(now(), 1));
    Seen found = overview.look(Scope.everything(), "SHOP", Optional.empty(), 1, 100);
    assertThat(names(found)).containsExactly("shop two", "Shop 50%");
    assertThat(found.whole().all()).isEqualTo(3);
    assertThat(found.matching().all()).isEqualTo(2);
    assertThat(names(overview.look(Scope.everything(), "50%", Optional.empty(), 1, 100)))
        .containsExactly("Shop 50%");
    assertThat(names(overview.look(Scope.everything(), "127.0.0.1:9/M", Optional.empty(), 1, 100)))
        .containsExactly("mail");
    assertThat(names(overview.look(Scope.everything(), "", Optional.of(Standing.DOWN), 1, 100)))
        .containsExactly("shop two");
    Seen last = overview.look(Scope.everything(), "", Optional.empty(), 7, 2);
    assertThat(last.page()).isEqualTo(2);
    assertThat(names(last)).containsExactly("mail");
  }
}
