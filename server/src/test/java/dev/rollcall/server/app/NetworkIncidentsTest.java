package dev.rollcall.server.app;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.address.ReverseNames;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.incident.Incident;
import dev.rollcall.server.incident.IncidentLinks;
import dev.rollcall.server.incident.IncidentSettings;
import dev.rollcall.server.incident.IncidentStore;
import dev.rollcall.server.incident.Incidents;
import dev.rollcall.server.incident.maintenance.Maintenance;
import dev.rollcall.server.monitor.MonitorDatabase;
import dev.rollcall.server.monitor.check.Evaluator;
import dev.rollcall.server.monitor.check.Event;
import dev.rollcall.server.monitor.check.Observation;
import dev.rollcall.server.monitor.check.Outcome;
import dev.rollcall.server.monitor.check.State;
import dev.rollcall.server.monitor.check.Streak;
import dev.rollcall.server.monitor.path.Path;
import dev.rollcall.server.monitor.store.AccountLimits;
import dev.rollcall.server.monitor.store.OutcomeRows;
import dev.rollcall.server.monitor.store.PathStore;
import dev.rollcall.server.monitor.store.ServiceChanges;
import dev.rollcall.server.network.NetworkWatch;
import dev.rollcall.server.outbox.DeliverySettings;
import dev.rollcall.server.outbox.Outbox;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.secret.InstallationKey;
import dev.rollcall.server.signal.Circles;
import dev.rollcall.server.signal.Signals;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.DayTable;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.TestClock;
import dev.rollcall.server.sql.TestDatabases;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;

/// Services that are lost behind one place in the network, from their observations to the incident.
@ParameterizedClass
@EnumSource
class NetworkIncidentsTest {
  private static final IncidentSettings SETTINGS =
      new IncidentSettings(
          Duration.ofDays(1),
          Duration.ofSeconds(30),
          new IncidentSettings.Flapping(4, Duration.ofMinutes(30), Duration.ofMinutes(15)));

  private static final String BREAK = "10.0.0.3 (r3.example.net)";

  private final TestDatabases engine;
  private final TestClock clock = new TestClock();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final Map<String, Long> services = new HashMap<>();
  private final Batch<Outcome, Boolean> writing =
      (tx, outcomes) -> {
        OutcomeRows.write(tx, outcomes, this.signals, this.watch::wake, clock.wall());
        return outcomes.stream().map(_ -> true).toList();
      };

  @TempDir java.nio.file.Path folder;
  private Database database;
  private GroupCommit commits;
  private Incidents incidents;
  private Signals signals;
  private NetworkWatch watch;

  NetworkIncidentsTest(TestDatabases engine) {
    this.engine = engine;
  }

  @BeforeEach
  void open() {
    String[] tables = Tables.in(engine.fresh(folder)).migrations().toArray(String[]::new);
    database = add(engine.open(folder, clock, tables));
    commits = add(new GroupCommit(database));
    Outbox outbox =
        add(
            new Outbox(
                database,
                commits,
                new DeliverySettings(Duration.ofDays(7)),
                new PrometheusRegistry(),
                clock));
    KnownSubjects subjects = new KnownSubjects();
    incidents =
        add(
            new Incidents(
                database,
                commits,
                outbox,
                SETTINGS,
                subjects,
                new IncidentLinks(
                    Optional::empty,
                    new InstallationKey(folder, Optional.empty()),
                    (_, _) -> false),
                Caller::toString,
                new PrometheusRegistry(),
                clock));
    signals = add(new Signals(database, commits, incidents));
    watch =
        add(
            new NetworkWatch(
                database,
                commits,
                new TracedRoutes(),
                subjects,
                signals,
                add(new ReverseNames(1, address -> "r" + address.getAddress()[3] + ".example.net")),
                clock));
    new DayTable(database, commits, "service_tick", "service_id").prepare(clock.wall());
    Stream.of("shop 10", "mail 11", "wiki 12").forEach(each -> service(each, "1 2 3 "));
    service("blog 13", "1 ");
    clock.pass(Duration.ofMinutes(5));
    incidents.start();
    signals.start();
    watch.start();
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private <T extends AutoCloseable> T add(T part) {
    open.add(part);
    return part;
  }

  private long id(String name) {
    return requireNonNull(services.get(name));
  }

  /// Makes a service that is up.
  private void service(String nameAndHost, String way) {
    String name = nameAndHost.split(" ", -1)[0];
    ServiceChanges changes =
        new ServiceChanges(
            database,
            commits,
            new AccountLimits(100, 1_000),
            (_, _) -> {},
            new Circles(database, new KnownSubjects()),
            clock,
            _ -> {});
    ServiceChanges.Done done =
        changes.create(
            Scope.operator(),
            MonitorDatabase.definition(
                new JsonMapper()
                    .createObjectNode()
                    .put("name", name)
                    .put("url", "http://" + name + ".example/")
                    .put("trace", true)));
    services.put(name, ((ServiceChanges.Done.Service) done).id());
    new PathStore(database, commits)
        .put(id(name), clock.wall(), 0, path(way + nameAndHost.split(" ", -1)[1], true));
    write(name, MonitorDatabase.up(clock.wall(), 5), State.UP, Optional.empty());
  }

  private static Path path(String hops, boolean reached) {
    return new Path(
        Stream.of(hops.split(" ", -1)).map(hop -> Set.of("10.0.0." + hop)).toList(), reached);
  }

  private void write(String name, Observation found, State confirmed, Optional<Event.Kind> event) {
    commits.write(
        writing,
        new Outcome(
            id(name),
            1,
            found,
            Evaluator.evaluate(event, found),
            true,
            false,
            Optional.empty(),
            Optional.of(new Streak(Optional.of(confirmed), 0, 0, Optional.empty())),
            Optional.empty()));
  }

  private void up(String name, Event.Kind before) {
    write(name, MonitorDatabase.up(clock.wall(), 5), State.UP, Optional.of(before));
  }

  private void down(String name, String traced, State confirmed) {
    Observation.Down down = (Observation.Down) MonitorDatabase.down(clock.wall(), 5);
    write(name, down.with(path(traced, false)), confirmed, Optional.of(Event.Kind.UPTIME));
  }

  private List<String> openIncidents() {
    return incidents
        .store()
        .newest(
            Scope.operator(),
            new IncidentStore.Filter(
                Optional.of(true),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Long.MAX_VALUE),
            100)
        .stream()
        .map(Incident::name)
        .toList();
  }

  private Optional<IncidentStore.Hold> hold(String name) {
    return incidents.store().hold(Subject.Type.SERVICE, id(name));
  }

  @Test
  void severalServicesThatAreLostAtOnePlaceAreOneIncident() {
    down("mail", "1 2", State.UP);
    down("wiki", "1 2", State.UP);
    clock.pass(Duration.ofSeconds(10));
    down("shop", "1 2", State.DOWN);
    await().untilAsserted(() -> assertThat(openIncidents()).containsExactly(BREAK));
    down("mail", "1 2", State.DOWN);
    down("wiki", "1", State.DOWN);
    services.keySet().stream()
        .filter(name -> !name.equals("blog"))
        .forEach(
            name ->
                await()
                    .until(
                        () ->
                            hold(name)
                                .equals(
                                    Optional.of(
                                        new IncidentStore.Hold(Optional.of("10.0.0.3"), false)))));
    assertThat(openIncidents()).containsExactly(BREAK);
    clock.pass(Duration.ofSeconds(10));
    services.keySet().forEach(name -> up(name, Event.Kind.DOWNTIME));
    await().untilAsserted(() -> assertThat(openIncidents()).isEmpty());
    assertThat(hold("shop")).isEmpty();
    assertThat(number("SELECT count(*) FROM service_lost")).isZero();
    assertThat(number("SELECT count(*) FROM incident")).isEqualTo(1);
    Instant down = clock.wall().minusSeconds(10);
    assertThat(
            incidents
                .uptimeSpans()
                .unreachable(
                    new Subject(Subject.Type.SERVICE, id("shop"), 0, "shop"),
                    down.minusSeconds(60),
                    clock.wall()))
        .singleElement()
        .satisfies(span -> assertThat(span.from()).isEqualTo(down));
  }

  @Test
  void oneThatIsLostByItselfIsToldOnceTheOthersWereObserved() {
    down("shop", "1 2", State.DOWN);
    await().until(() -> hold("shop").isPresent());
    assertThat(hold("shop")).contains(new IncidentStore.Hold(Optional.empty(), false));
    clock.pass(Duration.ofSeconds(3));
    up("mail", Event.Kind.UPTIME);
    up("wiki", Event.Kind.UPTIME);
    await().until(() -> openIncidents().equals(List.of("shop")));
    assertThat(hold("shop")).isEmpty();
  }

  @Test
  void oneThatIsLostIsToldIfTheOthersAreNotObservedInTime() {
    down("shop", "1 2", State.DOWN);
    await().until(() -> hold("shop").isPresent());
    clock.pass(Duration.ofSeconds(16));
    await().until(() -> openIncidents().equals(List.of("shop")));
  }

  private void maintenance(String... names) {
    Instant now = clock.wall();
    incidents.apply(
        Stream.of(names)
            .map(
                name ->
                    new Maintenance(
                        Scope.OPERATOR,
                        name,
                        new Maintenance.Which(List.of(name), List.of(), List.of(), false),
                        new Maintenance.When.Once(now.minusSeconds(1), Optional.empty())))
            .toList());
  }

  private void loseAll() {
    for (String name : List.of("mail", "shop", "wiki")) {
      down(name, "1 2", State.DOWN);
    }
  }

  @Test
  void maintenanceOfAllThatIsLostBehindAPlaceCoversThePlace() {
    maintenance("shop", "mail", "wiki");
    loseAll();
    await().until(() -> number("SELECT count(*) FROM network_break") == 1);
    await().until(() -> number("SELECT count(*) FROM incident_hold WHERE reason = 1") == 4);
    assertThat(number("SELECT count(*) FROM incident")).isZero();
    maintenance("shop", "mail");
    await().until(() -> openIncidents().equals(List.of(BREAK)));
    await().until(() -> hold("wiki").filter(one -> one.behind().isPresent()).isPresent());
  }

  @Test
  void aPlaceThatIsRightAgainAtTheEndOfMaintenanceIsToldToNobody() {
    maintenance("shop", "mail", "wiki");
    loseAll();
    await().until(() -> number("SELECT count(*) FROM incident_hold WHERE reason = 1") == 4);
    clock.pass(Duration.ofSeconds(10));
    services.keySet().forEach(name -> up(name, Event.Kind.DOWNTIME));
    await().until(() -> number("SELECT count(*) FROM incident_hold") == 0);
    maintenance();
    assertThat(number("SELECT count(*) FROM network_break")).isZero();
    assertThat(number("SELECT count(*) FROM incident")).isZero();
  }

  @Test
  void maintenanceOfSomeThatIsLostBehindAPlaceDoesNotCoverIt() {
    maintenance("shop", "mail");
    loseAll();
    await().until(() -> openIncidents().equals(List.of(BREAK)));
  }

  private long number(String query) {
    return database.read(handle -> handle.createQuery(query).mapTo(Long.class).one());
  }
}
