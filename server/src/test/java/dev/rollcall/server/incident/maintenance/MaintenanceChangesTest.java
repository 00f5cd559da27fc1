package dev.rollcall.server.incident.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Json;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.incident.Incidents;
import dev.rollcall.server.outbox.Outbox;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.TestClock;
import dev.rollcall.server.sql.TestDatabases;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// How much maintenance an account may have.
@ParameterizedClass
@EnumSource
class MaintenanceChangesTest {
  private static final Scope ACCOUNT = Scope.of(7);

  @TempDir Path folder;

  private final TestClock clock = new TestClock();
  private final TestDatabases engine;
  private Database database;
  private GroupCommit commits;
  private MaintenanceChanges changes;
  private MaintenanceSpans spans;

  MaintenanceChangesTest(TestDatabases engine) {
    this.engine = engine;
  }

  @BeforeEach
  void open() {
    database =
        engine.open(
            folder,
            clock,
            Stream.concat(Outbox.MIGRATIONS.stream(), Incidents.MIGRATIONS.stream())
                .toArray(String[]::new));
    commits = new GroupCommit(database);
    MaintenanceStore store = new MaintenanceStore(database, commits);
    changes =
        new MaintenanceChanges(
            store, List::of, () -> {}, Caller::toString, _ -> Optional.empty(), clock);
    spans = new MaintenanceSpans(database, commits, store, List::of, clock);
  }

  @AfterEach
  void close() {
    spans.close();
    commits.close();
    database.close();
  }

  private long create(Scope scope, String name) {
    return changes.create(
        scope, Json.stored("{\"names\":[\"" + name + "\"]}"), new Caller.Operator(true));
  }

  private void assertRefused(int status, Scope scope) {
    assertThatThrownBy(() -> create(scope, "x"))
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.status()).isEqualTo(status));
  }

  @Test
  void anAccountHasTwentyAtATimeAndTheOperatorTwoHundred() {
    for (int i = 0; i < 20; i++) {
      create(ACCOUNT, "x");
    }
    assertRefused(409, ACCOUNT);
    create(Scope.of(8), "x");
    for (int i = 0; i < 200; i++) {
      create(Scope.operator(), "x");
    }
    assertRefused(409, Scope.operator());
  }

  /// What has been ended is kept.
  @Test
  void anAccountMakesFiftyADay() {
    for (int i = 0; i < 50; i++) {
      changes.end(ACCOUNT, create(ACCOUNT, "x"));
    }
    assertRefused(429, ACCOUNT);
    create(Scope.of(8), "x");
    clock.pass(Duration.ofDays(1).plusSeconds(1));
    create(ACCOUNT, "x");
  }

  /// What has been deleted leaves the span that there was.
  @Test
  void ofAnAccountTwoHundredSpansADayAreRecorded() {
    for (int i = 0; i < 210; i++) {
      long id = create(ACCOUNT, "x" + i);
      spans.round();
      changes.delete(ACCOUNT, id);
      spans.round();
    }
    assertThat(recorded()).isEqualTo(200);
    clock.pass(Duration.ofDays(1).plusSeconds(1));
    create(ACCOUNT, "later");
    spans.round();
    assertThat(recorded()).isEqualTo(201);
  }

  private int recorded() {
    return database.read(
        handle ->
            handle.createQuery("SELECT COUNT(*) FROM maintenance_span").mapTo(Integer.class).one());
  }
}
