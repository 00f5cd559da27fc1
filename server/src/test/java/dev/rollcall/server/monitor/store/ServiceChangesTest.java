package dev.rollcall.server.monitor.store;

import static dev.rollcall.server.monitor.MonitorDatabase.definition;
import static dev.rollcall.server.monitor.MonitorDatabase.outcome;
import static dev.rollcall.server.monitor.MonitorDatabase.up;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.monitor.MonitorDatabase;
import dev.rollcall.server.monitor.check.Event;
import dev.rollcall.server.monitor.definition.ServiceDefinition;
import dev.rollcall.server.monitor.schedule.OutcomeWriter;
import dev.rollcall.server.monitor.schedule.Schedule;
import dev.rollcall.server.monitor.store.ServiceChanges.Done;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.sql.DueRows;
import dev.rollcall.server.sql.TestDatabases;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// How services come, change and go in each of the databases.
@ParameterizedClass
@EnumSource
class ServiceChangesTest {
  private final TestDatabases engine;

  @TempDir Path folder;

  private MonitorDatabase data;

  ServiceChangesTest(TestDatabases engine) {
    this.engine = engine;
  }

  @BeforeEach
  void open() {
    data = new MonitorDatabase(engine, folder);
  }

  @AfterEach
  void close() {
    data.close();
  }

  private ServiceChanges.Synced sync(ServiceDefinition... definitions) {
    return data.changes.sync(new ServiceChanges.File(List.of(definitions), true));
  }

  private List<String> names() {
    return data.listed().stream().map(status -> status.service().name()).toList();
  }

  private long id(String name) {
    return data.listed().stream()
        .map(ServiceStatus::service)
        .filter(service -> service.name().equals(name))
        .findFirst()
        .orElseThrow()
        .id();
  }

  @Test
  void tellsWhatIsNewChangedAndGone() {
    assertThat(sync(definition("a", "15s"), definition("b", "15s")))
        .isEqualTo(new ServiceChanges.Synced(2, 0, 0));
    assertThat(sync(definition("a", "15s"), definition("b", "15s")))
        .isEqualTo(new ServiceChanges.Synced(0, 0, 0));
    long a = id("a");
    assertThat(sync(definition("a", "30s"), definition("c", "15s")))
        .isEqualTo(new ServiceChanges.Synced(1, 1, 1));
    assertThat(names()).containsExactly("a", "c");
    assertThat(id("a")).isEqualTo(a);
    assertThat(data.services.checkedNames().values())
        .extracting(ServiceStore.Named::name)
        .containsExactlyInAnyOrder("a", "c");
  }

  @Test
  void aServiceThatComesBackGoesOnWithItsHistory() {
    sync(definition("a", "15s"));
    long id = id("a");
    Schedule turns = new Schedule(data.database, data.commits, data.clock);
    DueRows<Schedule.Row> schedule = turns.rows();
    OutcomeWriter writer = data.keeping(turns);
    long fence = schedule.claim(data.clock.wall(), 1).getFirst().fence();
    Instant at = data.clock.wall();
    assertThat(data.commits.write(writer, outcome(id, fence, up(at, 5), Optional.empty())))
        .isTrue();

    assertThat(sync()).isEqualTo(new ServiceChanges.Synced(0, 0, 1));
    assertThat(names()).isEmpty();
    assertThat(data.services.exists(Scope.everything(), id)).isFalse();
    data.clock.pass(Duration.ofDays(1));
    assertThat(schedule.claim(data.clock.wall(), 1)).isEmpty();
    assertThat(sync()).isEqualTo(new ServiceChanges.Synced(0, 0, 0));

    assertThat(sync(definition("a", "15s"))).isEqualTo(new ServiceChanges.Synced(0, 1, 0));
    ServiceStatus back = data.services.find(Scope.everything(), id).orElseThrow();
    assertThat(back.metric().ticks()).isEqualTo(1);
    assertThat(back.event().map(Event::started)).contains(at);
    assertThat(schedule.claim(data.clock.wall(), 1)).hasSize(1);
  }

  @Test
  void aNameBelongsToOneService() {
    long first = data.service("taken");
    assertThat(data.changes.create(Scope.operator(), definition("taken", "1m")))
        .isEqualTo(new Done.NameTaken());
    long second = data.service("other");
    assertThat(data.changes.replace(second, definition("taken", "1m")))
        .isEqualTo(new Done.NameTaken());
    assertThat(names()).containsExactly("taken", "other");

    assertThat(data.changes.replace(second, definition("free", "1m")))
        .isEqualTo(new Done.Service(second));
    assertThat(names()).containsExactly("taken", "free");
    data.changes.delete(first);
    assertThat(data.service("taken")).isGreaterThan(second);
  }

  @Test
  void eachOwnerHasNamesOfTheirOwn() {
    Scope account = Scope.of(7);
    long operators = data.service("shop");
    long theirs = ((Done.Service) data.changes.create(account, definition("shop", "1m"))).id();
    assertThat(data.changes.create(account, definition("shop", "1m")))
        .isEqualTo(new Done.NameTaken());
    assertThat(data.services.list(account, new Slice(9, 0)))
        .extracting(one -> one.service().id())
        .containsExactly(theirs);
    assertThat(data.services.list(Scope.operator(), new Slice(9, 0)))
        .extracting(one -> one.service().id())
        .containsExactly(operators);
    assertThat(data.listed()).hasSize(2);
    assertThat(data.services.count(account)).isEqualTo(1);
    assertThat(data.services.count(Scope.everything())).isEqualTo(2);
    assertThat(data.services.find(account, operators)).isEmpty();
    assertThat(data.services.exists(account, operators)).isFalse();
    assertThat(data.services.exists(Scope.of(8), theirs)).isFalse();
    assertThat(data.services.exists(Scope.operator(), theirs)).isFalse();

    // A new name may be one that another owner has, but not one of the same owner.
    long other = ((Done.Service) data.changes.create(account, definition("mail", "1m"))).id();
    assertThat(data.changes.replace(other, definition("shop", "1m")))
        .isEqualTo(new Done.NameTaken());
    assertThat(data.changes.replace(operators, definition("mail", "1m")))
        .isEqualTo(new Done.Service(operators));
  }

  @Test
  void theFileLeavesServicesOfAccountsAlone() {
    long theirs = ((Done.Service) data.changes.create(Scope.of(7), definition("a", "1m"))).id();
    assertThat(sync(definition("a", "15s"))).isEqualTo(new ServiceChanges.Synced(1, 0, 0));
    assertThat(sync()).isEqualTo(new ServiceChanges.Synced(0, 0, 1));
    assertThat(data.services.list(Scope.everything(), new Slice(9, 0)))
        .extracting(one -> one.service().id())
        .containsExactly(theirs);
  }

  @Test
  void oneOfManyWhoWantANameGetsIt() throws Exception {
    List<Future<Done>> wishes = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 40; i++) {
        wishes.add(
            threads.submit(
                () -> data.changes.create(Scope.operator(), definition("wanted", "15s"))));
      }
    }
    List<Done> done = new ArrayList<>();
    for (Future<Done> wish : wishes) {
      done.add(wish.get());
    }
    assertThat(done).filteredOn(each -> each instanceof Done.Service).hasSize(1);
    assertThat(done).filteredOn(each -> each instanceof Done.NameTaken).hasSize(39);
  }

  @Test
  void accountsHaveSoManyServicesEachAndAllTogether() {
    ServiceChanges limited =
        new ServiceChanges(
            data.database,
            data.commits,
            new AccountLimits(2, 3),
            (_, _) -> {},
            data.circles(),
            data.clock,
            _ -> {});
    data.service("operators");
    assertThat(limited.create(Scope.of(7), definition("a", "15s")))
        .isInstanceOf(Done.Service.class);
    assertThat(limited.create(Scope.of(7), definition("b", "15s")))
        .isInstanceOf(Done.Service.class);
    assertThat(limited.create(Scope.of(7), definition("c", "15s"))).isEqualTo(new Done.TooMany(2));
    assertThat(limited.create(Scope.of(8), definition("a", "15s")))
        .isInstanceOf(Done.Service.class);
    assertThat(limited.create(Scope.of(8), definition("b", "15s"))).isEqualTo(new Done.Full());
    assertThat(limited.create(Scope.operator(), definition("c", "15s")))
        .isInstanceOf(Done.Service.class);
  }

  @Test
  void twoWhoReadTheSameFileAgree() throws Exception {
    ServiceDefinition[] file = new ServiceDefinition[50];
    for (int i = 0; i < file.length; i++) {
      file[i] = definition("s" + i, "15s");
    }
    ServiceChanges other =
        new ServiceChanges(
            data.database,
            data.commits,
            new AccountLimits(100, 1_000),
            (_, _) -> {},
            data.circles(),
            data.clock,
            _ -> {});
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<ServiceChanges.Synced> one = threads.submit(() -> sync(file));
      Future<ServiceChanges.Synced> two =
          threads.submit(() -> other.sync(new ServiceChanges.File(List.of(file), true)));
      assertThat(one.get().added() + two.get().added()).isEqualTo(50);
    }
    assertThat(names()).hasSize(50);
  }

  @Test
  void aDeletedServiceLeavesNothingThatIsShown() {
    long id = data.service("gone");
    data.changes.delete(id);
    assertThat(data.services.find(Scope.everything(), id)).isEmpty();
    assertThat(data.services.checkedNames()).isEmpty();
    for (String table :
        List.of("service_schedule", "service_metric", "service_event", "service_hour")) {
      assertThat(data.number("SELECT count(*) FROM " + table)).as(table).isZero();
    }
    data.changes.delete(id);
  }

  @Test
  void aServiceOfTheApiBecomesTheFilesWhenTheFileNamesIt() {
    long id = data.service("a");
    assertThat(sync()).isEqualTo(new ServiceChanges.Synced(0, 0, 0));
    assertThat(names()).containsExactly("a");
    assertThat(sync(definition("a", "15s"))).isEqualTo(new ServiceChanges.Synced(0, 1, 0));
    assertThat(data.services.find(Scope.everything(), id).orElseThrow().service().origin())
        .isEqualTo(Service.Origin.FILE);
  }

  @Test
  void aChangeIsDueAtOnceAndHasANewRevision() {
    long id = data.service("a");
    DueRows<Schedule.Row> schedule = new Schedule(data.database, data.commits, data.clock).rows();
    long revision = schedule.claim(data.clock.wall(), 1).getFirst().row().revision();
    data.changes.replace(id, definition("a", "1h"));
    assertThat(schedule.claim(data.clock.wall(), 1)).as("asked just now").isEmpty();
    data.clock.pass(Duration.ofMinutes(1));
    assertThat(schedule.claim(data.clock.wall(), 1).getFirst().row().revision())
        .isGreaterThan(revision);
  }

  @Test
  void refusesAFileThatLosesMostOfItsServices() {
    List<ServiceDefinition> all =
        List.of(
            definition("a", "1h"),
            definition("b", "1h"),
            definition("c", "1h"),
            definition("d", "1h"));
    assertThat(data.changes.sync(new ServiceChanges.File(all, false)))
        .isEqualTo(new ServiceChanges.Synced(4, 0, 0));
    assertThat(data.changes.sync(new ServiceChanges.File(List.of(), false)))
        .isEqualTo(new ServiceChanges.Synced(0, 0, 4, true));
    assertThat(
            data.changes.sync(
                new ServiceChanges.File(
                    List.of(definition("a", "1h"), definition("x", "1h"), definition("y", "1h")),
                    false)))
        .isEqualTo(new ServiceChanges.Synced(0, 0, 3, true));
    assertThat(data.changes.sync(new ServiceChanges.File(all, false)))
        .isEqualTo(new ServiceChanges.Synced(0, 0, 0));
    assertThat(data.changes.sync(new ServiceChanges.File(all.subList(0, 2), false)))
        .isEqualTo(new ServiceChanges.Synced(0, 0, 2));
    assertThat(data.changes.sync(new ServiceChanges.File(List.of(), true)))
        .isEqualTo(new ServiceChanges.Synced(0, 0, 2));
    assertThat(data.changes.sync(new ServiceChanges.File(List.of(), false)))
        .isEqualTo(new ServiceChanges.Synced(0, 0, 0));
  }
}
