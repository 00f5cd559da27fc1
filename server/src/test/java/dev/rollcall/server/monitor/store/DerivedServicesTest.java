package dev.rollcall.server.monitor.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.ProbeResult;
import dev.rollcall.server.monitor.MonitorDatabase;
import dev.rollcall.server.monitor.check.Evaluator;
import dev.rollcall.server.monitor.check.Event;
import dev.rollcall.server.monitor.check.Measurements;
import dev.rollcall.server.monitor.check.Observation;
import dev.rollcall.server.monitor.check.Outcome;
import dev.rollcall.server.monitor.check.State;
import dev.rollcall.server.monitor.schedule.OutcomeWriter;
import dev.rollcall.server.monitor.schedule.Schedule;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.sql.TestDatabases;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What becomes of the services behind a `/_health`, in each of the databases.
@ParameterizedClass
@EnumSource
class DerivedServicesTest {
  private static final ProbeResult DB = well("db");
  private static final ProbeResult MAIL = well("mail");

  private final TestDatabases engine;

  @TempDir Path folder;

  private MonitorDatabase data;
  private Schedule schedule;
  private OutcomeWriter writer;
  private EventStore events;
  private TickStore ticks;
  private long shop;
  private Instant at;
  private boolean inARow = true;

  DerivedServicesTest(TestDatabases engine) {
    this.engine = engine;
  }

  @BeforeEach
  void openDatabase() {
    data = new MonitorDatabase(engine, folder);
    schedule = new Schedule(data.database, data.commits, data.clock);
    writer = data.keeping(schedule);
    events = new EventStore(data.database);
    ticks = new TickStore(data.database);
    shop = create("shop", "philae+http://127.0.0.1:9/_health");
    at = data.clock.wall();
  }

  @AfterEach
  void closeDatabase() {
    data.close();
  }

  private static ProbeResult well(String name) {
    return new ProbeResult(name, Optional.empty(), Duration.ofMillis(7));
  }

  private static ProbeResult broken(String name) {
    return new ProbeResult(name, Optional.of("connect: refused"), Duration.ofMillis(7));
  }

  private long create(String name, String url) {
    return ((ServiceChanges.Done.Service)
            data.changes.create(Scope.operator(), MonitorDatabase.definition(name, url, "15s")))
        .id();
  }

  /// The parent answers with a report.
  private void report(ProbeResult... found) {
    Attempt attempt = Attempt.within(Duration.ofSeconds(1));
    attempt.dependsOn(Arrays.asList(found));
    boolean healthy = Arrays.stream(found).allMatch(ProbeResult::healthy);
    at = at.plusSeconds(15);
    keep(
        healthy
            ? new Observation.Up(at, Duration.ofMillis(9), Measurements.of(attempt))
            : new Observation.Down(
                at, Duration.ofMillis(9), Measurements.of(attempt), "db is down"));
  }

  private void keep(Observation observation) {
    data.clock.pass(Duration.ofSeconds(16));
    long fence =
        schedule.rows().claim(data.clock.wall(), 10).stream()
            .filter(lease -> lease.key() == shop)
            .findFirst()
            .orElseThrow()
            .fence();
    Optional<Event.Kind> open =
        data.services.find(Scope.everything(), shop).orElseThrow().event().map(Event::kind);
    Outcome outcome =
        new Outcome(
            shop,
            fence,
            observation,
            Evaluator.evaluate(open, observation),
            inARow,
            true,
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    assertThat(data.commits.write(writer, outcome)).isTrue();
    keep(outcome); // a second time, which changes nothing
  }

  private void keep(Outcome again) {
    data.commits.write(writer, again);
  }

  private List<String> names() {
    return data.listed().stream().map(status -> status.service().name()).toList();
  }

  private ServiceStatus named(String name) {
    return data.listed().stream()
        .filter(status -> status.service().name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name));
  }

  private List<Tick> ticksOf(String name) {
    return ticks.between(
        Scope.everything(),
        named(name).service().id(),
        Instant.EPOCH,
        at.plusSeconds(1),
        new Slice(100, 0));
  }

  @Test
  void aReportMakesAServiceOfEachDependencyWithTickCountAndEvent() {
    report(DB, broken("mail"));

    assertThat(names()).containsExactly("shop", "shop/db", "shop/mail");
    ServiceStatus mail = named("shop/mail");
    assertThat(mail.service().origin()).isEqualTo(Service.Origin.DERIVED);
    assertThat(mail.service().url()).isEqualTo("philae+http://127.0.0.1:9/_health");
    assertThat(mail.metric().down()).isEqualTo(1);
    assertThat(mail.metric().averageResponseMs()).isEqualTo(7);
    assertThat(mail.event().orElseThrow().kind()).isEqualTo(Event.Kind.DOWNTIME);
    assertThat(mail.event().orElseThrow().cause()).contains("connect: refused");
    assertThat(named("shop/db").metric().up()).isEqualTo(1);
    assertThat(ticksOf("shop/mail").getFirst().at()).isEqualTo(at);
    assertThat(data.number("SELECT count(*) FROM service_schedule")).isEqualTo(1);
    assertThat(data.number("SELECT SUM(down_count) FROM service_hour")).isEqualTo(2);
  }

  @Test
  void eachFurtherReportMovesTheEventsOfTheDependenciesAlone() {
    report(DB, broken("mail"));
    report(DB, MAIL);
    report(DB, MAIL);

    long mail = named("shop/mail").service().id();
    assertThat(events.of(Scope.everything(), mail, new Slice(9, 0)).stream().map(Event::kind))
        .containsExactly(Event.Kind.UPTIME, Event.Kind.DOWNTIME);
    assertThat(events.count(Scope.everything(), named("shop/db").service().id())).isEqualTo(1);
    assertThat(named("shop/mail").metric().up()).isEqualTo(2);
  }

  @Test
  void nothingIsKnownOfThemWhileThereIsNoReport() {
    report(DB);
    at = at.plusSeconds(15);
    keep(new Observation.Down(at, Duration.ofMillis(1), Measurements.NOTHING, "connect: refused"));
    for (int i = 0; i < 5; i++) {
      at = at.plusSeconds(15);
      keep(new Observation.Unknown(at, Duration.ofMillis(1), Measurements.NOTHING, "no network"));
    }

    assertThat(names()).containsExactly("shop", "shop/db");
    ServiceStatus db = named("shop/db");
    assertThat(db.metric().unknown()).isEqualTo(6);
    assertThat(db.event().orElseThrow().kind()).isEqualTo(Event.Kind.UPTIME);
    assertThat(ticksOf("shop/db").get(1).reason()).contains("no report: connect: refused");
    report(DB);
    assertThat(named("shop/db").metric().up()).isEqualTo(2);
  }

  @Test
  void oneGoesOnceThreeReportsInARowDoNotNameItAndComesBackWithItsHistory() {
    report(DB, MAIL);
    long mail = named("shop/mail").service().id();
    report(DB);
    report(DB);
    report(DB, MAIL);
    report(DB);
    report(DB);
    assertThat(names()).contains("shop/mail");
    report(DB);
    assertThat(names()).containsExactly("shop", "shop/db");

    report(DB, broken("mail"));
    assertThat(named("shop/mail").service().id()).isEqualTo(mail);
    assertThat(named("shop/mail").metric().up()).isEqualTo(2);
    assertThat(events.of(Scope.everything(), mail, new Slice(9, 0)).stream().map(Event::kind))
        .containsExactly(Event.Kind.DOWNTIME, Event.Kind.UPTIME);
  }

  @Test
  void aNameThatBelongsToAnotherServiceIsLeftToIt() {
    long own = create("shop/db", "http://127.0.0.1:9/");
    report(DB, MAIL);
    assertThat(names()).containsExactly("shop", "shop/db", "shop/mail");
    assertThat(named("shop/db").service().id()).isEqualTo(own);
    assertThat(named("shop/db").service().origin()).isEqualTo(Service.Origin.API);
    assertThat(ticksOf("shop/db")).isEmpty();
  }

  /// Whether somebody looked is known of the parent.
  @Test
  void whatTheyReportedBeforeAnAbsenceConfirmsNothing() {
    report(DB);
    report(broken("db"));
    inARow = false;
    report(broken("db"));
    assertThat(confirmed()).isEqualTo(State.UP.code());
    inARow = true;
    report(broken("db"));
    assertThat(confirmed()).isEqualTo(State.DOWN.code());
  }

  private long confirmed() {
    return data.number(
        "SELECT confirmed_state FROM service_metric WHERE service_id = "
            + named("shop/db").service().id());
  }

  @Test
  void theFileMayTakeOneOver() {
    report(DB);
    long derived = named("shop/db").service().id();
    data.changes.sync(
        new ServiceChanges.File(
            List.of(MonitorDatabase.definition("shop/db", "http://127.0.0.1:9/", "1h")), true));
    report(DB);
    ServiceStatus taken = named("shop/db");
    assertThat(taken.service().id()).isEqualTo(derived);
    assertThat(taken.service().origin()).isEqualTo(Service.Origin.FILE);
    assertThat(ticksOf("shop/db")).hasSize(1);
  }

  @Test
  void theyGoWithTheirParent() {
    report(DB, MAIL);
    data.changes.replace(shop, MonitorDatabase.definition("shop", "http://127.0.0.1:9/", "15s"));
    assertThat(names()).containsExactly("shop");

    data.changes.replace(
        shop, MonitorDatabase.definition("store", "philae+http://127.0.0.1:9/_health", "15s"));
    report(DB);
    assertThat(names()).containsExactly("store", "store/db");

    data.changes.delete(shop);
    assertThat(data.number("SELECT count(*) FROM service")).isZero();
  }

  @Test
  void aStrangersReportMakesNoMoreThanAHundredOfBoundedNames() {
    ProbeResult[] many =
        IntStream.range(0, 300)
            .mapToObj(i -> well("%03d".formatted(i % 150) + "x".repeat(300)))
            .toArray(ProbeResult[]::new);
    report(many);
    report(many);
    assertThat(names()).hasSize(101).allMatch(name -> name.length() <= 255);
    assertThat(data.number("SELECT max(tick_count) FROM service_metric")).isEqualTo(2);
  }
}
