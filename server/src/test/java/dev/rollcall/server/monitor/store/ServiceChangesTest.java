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

  private MonitorDatabase kept;

  ServiceChangesTest(TestDatabases engine) {
    this.engine = engine;
  }

  @BeforeEach
  void open() {
    kept = new MonitorDatabase(engine, folder);
  }

  @AfterEach
  void close() {
    kept.close();
  }

  private ServiceChanges.Synced sync(ServiceDefinition... definitions) {
    return kept.changes.sync(new ServiceChanges.File(List.of(definitions), true));
  }

  private List<String> names() {
    return kept.listed().stream().map(status -> status.service().name()).toList();
  }

  private long id(String name) {
    return kept.listed().stream()
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
    assertThat(kept.services.checkedNames().values())
        .extracting(ServiceStore.Named::name)
        .containsExactlyInAnyOrder("a", "c");
  }

  @Test
  void aServiceThatComesBackGoesOnWithItsHistory() {
    sync(definition("a", "15s"));
    long id = id("a");
    Schedule turns = new Schedule(kept.database, kept.commits, kept.clock);
    DueRows<Schedule.Row> schedule = turns.rows();
    OutcomeWriter writer = kept.keeping(turns);
    long fence = schedule.claim(kept.clock.wall(), 1).getFirst().fence();
    Instant at = kept.clock.wall();
    assertThat(kept.commits.write(writer, outcome(id, fence, up(at, 5), Optional.empty())))
        .isTrue();

    assertThat(sync()).isEqualTo(new ServiceChanges.Synced(0, 0, 1));
    assertThat(names()).isEmpty();
    assertThat(kept.services.exists(Scope.everything(), id)).isFalse();
    kept.clock.pass(Duration.ofDays(1));
    assertThat(schedule.claim(kept.clock.wall(), 1)).isEmpty();
    assertThat(sync()).isEqualTo(new ServiceChanges.Synced(0, 0, 0));

    assertThat(sync(definition("a", "15s"))).isEqualTo(new ServiceChanges.Synced(0, 1, 0));
    ServiceStatus back = kept.services.find(Scope.everything(), id).orElseThrow();
    assertThat(back.metric().ticks()).isEqualTo(1);
    assertThat(back.event().map(Event::started)).contains(at);
    assertThat(schedule.claim(kept.clock.wall(), 1)).hasSize(1);
  }

  @Test
  void aNameBelongsToOneService() {
    long first = kept.service("taken");
    assertThat(kept.changes.create(Scope.operator(), definition("taken", "1m")))
        .isEqualTo(new Done.NameTaken());
    long second = kept.service("other");
    assertThat(kept.changes.replace(second, definition("taken", "1m")))
        .isEqualTo(new Done.NameTaken());
    assertThat(names()).containsExactly("taken", "other");

    assertThat(kept.changes.replace(second, definition("free", "1m")))
        .isEqualTo(new Done.Service(second));
    assertThat(names()).containsExactly("taken", "free");
    kept.changes.delete(first);
    assertThat(kept.service("taken")).isGreaterThan(second);
  }

  @Test
  void eachOwnerHasNamesOfTheirOwn() {
    Scope account = Scope.of(7);
    long operators = kept.service("shop");
    long theirs = ((Done.Service) kept.changes.create(account, definition("shop", "1m"))).id();
    assertThat(kept.changes.create(account, definition("shop", "1m")))
        .isEqualTo(new Done.NameTaken());
    assertThat(kept.services.list(account, new Slice(9, 0)))
        .extracting(one -> one.service().id())
        .containsExactly(theirs);
    assertThat(kept.services.list(Scope.operator(), new Slice(9, 0)))
        .extracting(one -> one.service().id())
        .containsExactly(operators);
    assertThat(kept.listed()).hasSize(2);
    assertThat(kept.services.count(account)).isEqualTo(1);
    assertThat(kept.services.count(Scope.everything())).isEqualTo(2);
    assertThat(kept.services.find(account, operators)).isEmpty();
    assertThat(kept.services.exists(account, operators)).isFalse();
    assertThat(kept.services.exists(Scope.of(8), theirs)).isFalse();
    assertThat(kept.services.exists(Scope.operator(), theirs)).isFalse();

    // A new name may be one that another owner has, but not one of the same owner.
    long other = ((Done.Service) kept.changes.create(account, definition("mail", "1m"))).id();
    assertThat(kept.changes.replace(other, definition("shop", "1m")))
        .isEqualTo(new Done.NameTaken());
    assertThat(kept.changes.replace(operators, definition("mail", "1m")))
        .isEqualTo(new Done.Service(operators));
  }

  @Test
  void theFileLeavesServicesOfAccountsAlone() {
    long theirs = ((Done.Service) kept.changes.create(Scope.of(7), definition("a", "1m"))).id();
    assertThat(sync(definition("a", "15s"))).isEqualTo(new ServiceChanges.Synced(1, 0, 0));
    assertThat(sync()).isEqualTo(new ServiceChanges.Synced(0, 0, 1));
    assertThat(kept.services.list(Scope.everything(), new Slice(9, 0)))
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
                () -> kept.changes.create(Scope.operator(), definition("wanted", "15s"))));
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
  void twoWhoReadTheSameFileAgree() throws Exception {
    ServiceDefinition[] file = new ServiceDefinition[50];
    for (int i = 0; i < file.length; i++) {
      file[i] = definition("s" + i, "15s");
    }
    ServiceChanges other = new ServiceChanges(kept.commits, kept.clock, _ -> {});
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
    long id = kept.service("gone");
    kept.changes.delete(id);
    assertThat(kept.services.find(Scope.everything(), id)).isEmpty();
    assertThat(kept.services.checkedNames()).isEmpty();
    for (String table :
        List.of("service_schedule", "service_metric", "service_event", "service_hour")) {
      assertThat(kept.number("SELECT count(*) FROM " + table)).as(table).isZero();
    }
    kept.changes.delete(id);
  }

  @Test
  void aServiceOfTheApiBecomesTheFilesWhenTheFileNamesIt() {
    long id = kept.service("a");
    assertThat(sync()).isEqualTo(new ServiceChanges.Synced(0, 0, 0));
    assertThat(names()).containsExactly("a");
    assertThat(sync(definition("a", "15s"))).isEqualTo(new ServiceChanges.Synced(0, 1, 0));
    assertThat(kept.services.find(Scope.everything(), id).orElseThrow().service().origin())
        .isEqualTo(Service.Origin.FILE);
  }

  @Test
  void aChangeIsDueAtOnceAndHasANewRevision() {
    long id = kept.service("a");
    DueRows<Schedule.Row> schedule = new Schedule(kept.database, kept.commits, kept.clock).rows();
    long revision = schedule.claim(kept.clock.wall(), 1).getFirst().row().revision();
    kept.changes.replace(id, definition("a", "1h"));
    assertThat(schedule.claim(kept.clock.wall(), 1)).as("asked just now").isEmpty();
    kept.clock.pass(Duration.ofMinutes(1));
    assertThat(schedule.claim(kept.clock.wall(), 1).getFirst().row().revision())
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
    assertThat(kept.changes.sync(new ServiceChanges.File(all, false)))
        .isEqualTo(new ServiceChanges.Synced(4, 0, 0));
    assertThat(kept.changes.sync(new ServiceChanges.File(List.of(), false)))
        .isEqualTo(new ServiceChanges.Synced(0, 0, 4, true));
    assertThat(
            kept.changes.sync(
                new ServiceChanges.File(
                    List.of(definition("a", "1h"), definition("x", "1h"), definition("y", "1h")),
                    false)))
        .isEqualTo(new ServiceChanges.Synced(0, 0, 3, true));
    assertThat(kept.changes.sync(new ServiceChanges.File(all, false)))
        .isEqualTo(new ServiceChanges.Synced(0, 0, 0));
    assertThat(kept.changes.sync(new ServiceChanges.File(all.subList(0, 2), false)))
        .isEqualTo(new ServiceChanges.Synced(0, 0, 2));
    assertThat(kept.changes.sync(new ServiceChanges.File(List.of(), true)))
        .isEqualTo(new ServiceChanges.Synced(0, 0, 2));
    assertThat(kept.changes.sync(new ServiceChanges.File(List.of(), false)))
        .isEqualTo(new ServiceChanges.Synced(0, 0, 0));
  }
}
