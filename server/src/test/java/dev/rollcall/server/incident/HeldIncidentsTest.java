package dev.rollcall.server.incident;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.http.Caller;
import dev.rollcall.server.outbox.Notification.Kind;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.TestDatabases;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Of what nobody is told, because of maintenance or of what it depends on, and until when.
@ParameterizedClass
@EnumSource
class HeldIncidentsTest extends IncidentTests {
  private static final IncidentStore.Filter OPEN =
      new IncidentStore.Filter(
          Optional.of(true), Optional.empty(), Optional.empty(), Optional.empty(), Long.MAX_VALUE);

  HeldIncidentsTest(TestDatabases engine) {
    super(engine);
  }

  @Test
  void holdsWhatIsWrongDuringMaintenanceAndOpensItAfterAFreshConfirmation() {
    use(all(chat));
    maintenance(clock.wall().plus(Duration.ofHours(1)));
    down("a", "b", "job");
    assertThat(openIncidents()).containsExactly("b");
    held.round();
    assertThat(confirmedAgain).isEmpty();
    clock.pass(Duration.ofHours(1));
    held.round();
    assertThat(confirmedAgain).containsExactlyInAnyOrder("a", "job");
    assertThat(openIncidents()).containsExactlyInAnyOrder("job", "b");
    down("a");
    assertThat(openIncidents()).containsExactlyInAnyOrder("a", "job", "b");
    held.round();
    assertThat(confirmedAgain).hasSize(2);
  }

  /// It has no incident, and is the cause nevertheless.
  @Test
  void whatIsBehindSomethingWrongInMaintenanceIsNotTold() {
    depends("shop", "a");
    maintenance(clock.wall().plus(Duration.ofHours(1)));
    down("a", "shop");
    assertThat(openIncidents()).isEmpty();
    assertThat(
            new IncidentStore(database, commits).hold(Subject.Type.SERVICE, subject("shop").id()))
        .contains(new IncidentStore.Hold(Optional.of("a"), false));
    up("a");
    held.round();
    assertThat(confirmedAgain).containsExactly("shop");
  }

  /// What was seen during maintenance confirms nothing after it.
  @Test
  void whatBeganDuringMaintenanceIsConfirmedAnew() {
    Batch<Instant, Integer> recording =
        (tx, ends) ->
            ends.stream()
                .map(
                    end ->
                        tx.execute(
                            "INSERT INTO maintenance_span (owner_id, which, from_at, to_at)"
                                + " VALUES (0, ?, ?, ?)",
                            "{\"names\":[\"a\",\"job\"]}",
                            end.minusSeconds(60).toEpochMilli(),
                            end.toEpochMilli()))
                .toList();
    commits.write(recording, clock.wall().minusSeconds(5)); // signals say that it began 10 s ago
    down("a", "b", "job");
    assertThat(confirmedAgain).containsExactly("a", "job");
    assertThat(openIncidents()).containsExactlyInAnyOrder("b", "job");
    clock.pass(Duration.ofSeconds(5));
    down("a");
    assertThat(openIncidents()).containsExactlyInAnyOrder("a", "b", "job");
  }

  @Test
  void whatIsOverBeforeMaintenanceEndsIsNotTold() {
    use(all(chat));
    maintenance(clock.wall().plus(Duration.ofHours(1)));
    down("a");
    up("a");
    clock.pass(Duration.ofHours(1));
    held.round();
    notifier.round();
    assertThat(confirmedAgain).isEmpty();
    assertThat(openIncidents()).isEmpty();
    assertThat(chat.got()).isEmpty();
  }

  @Test
  void anIncidentOfBeforeIsToldItsEndWhenMaintenanceEnds() {
    use(all(chat));
    down("a");
    notifier.round();
    got(chat, 1);
    maintenance(clock.wall().plus(Duration.ofHours(1)));
    up("a");
    pass(Duration.ofMinutes(59));
    got(chat, 1);
    pass(Duration.ofMinutes(1));
    assertThat(got(chat, 2).getLast().kind()).isEqualTo(Kind.RECOVERED);
  }

  @Test
  void whatIsBehindSomethingWrongIsToldWhenThatIsWellAgain() {
    use(all(chat));
    depends("shop", "app");
    depends("app", "db");
    down("db", "shop", "app");
    assertThat(openIncidents()).containsExactly("db");
    IncidentStore store = new IncidentStore(database, commits);
    assertThat(store.behind(incident("db"), 10))
        .extracting(Subject::name)
        .containsExactly("app", "shop");
    assertThat(store.behind(Scope.OPERATOR)).containsExactly(Map.entry("db", 2));
    assertThat(store.hold(Subject.Type.SERVICE, subject("shop").id()))
        .contains(new IncidentStore.Hold(Optional.of("db"), false));
    assertThat(store.hold(Subject.Type.SERVICE, subject("db").id())).isEmpty();
    assertThat(store.of(Scope.operator(), Subject.Type.SERVICE, subject("db").id(), 10))
        .extracting(Incident::isOpen)
        .containsExactly(true);
    assertThat(store.of(Scope.of(7), Subject.Type.SERVICE, subject("db").id(), 10)).isEmpty();
    held.round();
    assertThat(confirmedAgain).isEmpty();
    up("db", "app");
    held.round();
    assertThat(confirmedAgain).containsExactly("shop");
    down("shop");
    assertThat(openIncidents()).containsExactly("shop");
  }

  /// Thousands may be held for hours, and are looked at again and again.
  @Test
  void whatStaysHeldKeepsNobodyWaitingWhoWrites() {
    depends("shop", "db");
    down("db", "shop");
    Batch<Integer, Boolean> writing =
        (tx, ones) -> {
          IncidentTable.takeTurns(database, tx);
          boolean looked =
              CompletableFuture.runAsync(held::round)
                  .orTimeout(10, TimeUnit.SECONDS)
                  .handle((_, failure) -> failure == null)
                  .join();
          return ones.stream().map(_ -> looked).toList();
        };
    assertThat(commits.write(writing, 1)).isTrue();
    up("db");
    held.round();
    assertThat(confirmedAgain).containsExactly("shop");
  }

  @Test
  void theCauseIsLookedForFirst() {
    use(all(chat));
    depends("shop", "db");
    depends("blog", "db");
    uncertain.add("db");
    down("shop", "blog");
    assertThat(observed).containsOnly("db");
    assertThat(openIncidents()).isEmpty();
    assertThat(
            new IncidentStore(database, commits).hold(Subject.Type.SERVICE, subject("shop").id()))
        .as("its page says for what it waits")
        .contains(new IncidentStore.Hold(Optional.of("db"), false));
    held.round();
    assertThat(openIncidents()).isEmpty();
    up("blog");
    uncertain.clear();
    down("db");
    held.round();
    assertThat(openIncidents()).containsExactly("db");
  }

  @Test
  void whatDependsOnSomethingWellIsToldAtOnce() {
    use(all(chat));
    depends("shop", "db");
    uncertain.add("db");
    down("shop");
    uncertain.clear();
    held.round();
    assertThat(openIncidents()).containsExactly("shop");
    assertThat(confirmedAgain).isEmpty();
  }

  @Test
  void whatStaysUncertainHidesNothing() {
    use(all(chat));
    depends("shop", "db");
    uncertain.add("db");
    down("shop");
    clock.pass(Duration.ofSeconds(59));
    held.round();
    assertThat(openIncidents()).isEmpty();
    clock.pass(Duration.ofSeconds(1));
    held.round();
    assertThat(openIncidents()).containsExactly("shop");
  }

  /// A heartbeat that stays late says so again and again.
  @Test
  void aReminderNeitherProlongsTheWaitNorOpensWhatSomebodyHasEnded() {
    use(all(chat));
    depends("job", "db");
    uncertain.add("db");
    signal("job", "up", "late");
    clock.pass(Duration.ofSeconds(59));
    signal("job", "late", "late");
    clock.pass(Duration.ofSeconds(1));
    held.round();
    assertThat(openIncidents()).containsExactly("job");
    incidents.changes().resolve(Scope.operator(), incident("job").id(), new Caller.Operator(true));
    signal("job", "late", "late");
    assertThat(openIncidents()).isEmpty();
  }

  @Test
  void aCircleHidesNothing() {
    use(all(chat));
    depends("a", "b");
    depends("b", "a");
    uncertain.add("b");
    down("a");
    assertThat(openIncidents()).isEmpty();
    uncertain.clear();
    down("b");
    held.round();
    assertThat(openIncidents()).containsExactly("b");
  }

  @Test
  void aCircleDoesNotWaitForItself() {
    depends("a", "b");
    depends("b", "a");
    depends("c", "c");
    uncertain.addAll(List.of("a", "c"));
    down("a", "c");
    assertThat(openIncidents()).containsExactlyInAnyOrder("a", "c");
  }

  /// What was seen right before the subject failed says nothing about now.
  @Test
  void whatItDependsOnHasToBeRightSinceItBegan() {
    depends("shop", "db");
    down("shop");
    assertThat(rightSince).containsOnly(Map.entry("db", clock.wall().minusSeconds(10)));
  }

  @Test
  void dependenciesAreFollowedAsFarAsTwoHundred() {
    for (int i = 0; i < 250; i++) {
      depends("n" + i, "n" + (i + 1));
    }
    down("n250", "n60", "n0");
    assertThat(openIncidents()).containsExactlyInAnyOrder("n250", "n0");
    assertThat(new IncidentStore(database, commits).hold(Subject.Type.SERVICE, subject("n60").id()))
        .contains(new IncidentStore.Hold(Optional.of("n250"), false));
  }

  @Test
  void whatIsWrongForOthersHidesNothing() {
    depends("shop", "db");
    down("db");
    signal("shop", 7, "up", "down");
    assertThat(openIncidents()).containsExactly("db");
    assertThat(incidents.store().newest(Scope.of(7), OPEN, 10))
        .extracting(Incident::name)
        .containsExactly("shop");
  }

  /// It may turn out to be lost behind a place in the network.
  @Test
  void whatIsUndecidedWaitsForFifteenSecondsAtMost() {
    undecided.addAll(List.of("a", "b"));
    down("a", "b");
    clock.pass(Duration.ofSeconds(14));
    held.round();
    assertThat(openIncidents()).isEmpty();
    undecided.remove("b");
    held.round();
    assertThat(openIncidents()).containsExactly("b");
    clock.pass(Duration.ofSeconds(1));
    held.round();
    assertThat(openIncidents()).containsExactlyInAnyOrder("a", "b");
    assertThat(confirmedAgain).isEmpty();
  }

  @Test
  void whatWasWrongBeforeKeepsItsIncident() {
    use(all(chat));
    depends("shop", "db");
    down("shop", "db");
    assertThat(openIncidents()).containsExactlyInAnyOrder("shop", "db");
  }
}
