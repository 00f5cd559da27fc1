package dev.rollcall.server.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.account.definition.EmailAddress;
import dev.rollcall.server.account.store.AccountStore;
import dev.rollcall.server.account.store.AccountStore.Created;
import dev.rollcall.server.account.store.AccountStore.WithPassword;
import dev.rollcall.server.account.store.AccountTables;
import dev.rollcall.server.account.store.SessionStore;
import dev.rollcall.server.account.store.SessionStore.Kind;
import dev.rollcall.server.account.store.TeamStore;
import dev.rollcall.server.http.Caller.Permission;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.TestClock;
import dev.rollcall.server.sql.TestDatabases;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
class DeletionsTest {
  private static final EmailAddress ANN = EmailAddress.of("ann@example.org").orElseThrow();
  private static final String ROWS = "CREATE TABLE thing (owner_id BIGINT NOT NULL)";

  private final TestDatabases engine;
  private final TestClock clock = new TestClock();

  @TempDir Path folder;

  private Database database;
  private GroupCommit commits;
  private AccountTables tables;
  private AccountStore accounts;
  private TeamStore teams;
  private SessionStore sessions;
  private Deletions deletions;

  DeletionsTest(TestDatabases engine) {
    this.engine = engine;
  }

  @BeforeEach
  void open() {
    database = engine.open(folder, clock, Accounts.MIGRATIONS.toArray(String[]::new));
    commits = new GroupCommit(database);
    tables = new AccountTables(database, commits);
    accounts = new AccountStore(tables, clock);
    teams = new TeamStore(tables, clock);
    sessions = new SessionStore(tables, clock);
    deletions = new Deletions(accounts, teams, clock);
    tables.write(tx -> tx.execute(ROWS));
    deletions.own(
        List.of(
            owner ->
                tables.write(tx -> tx.execute("DELETE FROM thing WHERE owner_id = ?", owner))));
  }

  @AfterEach
  void close() {
    commits.close();
    database.close();
  }

  private long account() {
    Created created = accounts.create(ANN, "a hash", Optional.empty(), Optional.empty());
    return created instanceof Created.Done(var account, _) ? account.id() : 0;
  }

  /// Makes a row of another capability.
  private void make(long owner) {
    tables.write(tx -> tx.execute("INSERT INTO thing (owner_id) VALUES (?)", owner));
  }

  private long count(String rows, long owner) {
    return tables.read(
        handle ->
            handle
                .createQuery("SELECT COUNT(*) FROM " + rows + " = :owner")
                .bind("owner", owner)
                .mapTo(Long.class)
                .one());
  }

  private boolean exists(long owner) {
    return tables.read(handle -> Accounts.exists(handle, owner));
  }

  private long things(long owner) {
    return count("thing WHERE owner_id", owner);
  }

  @Test
  void whatIsMadeBetweenTheTwoRunsOfADeletionGoesWithTheSecond() {
    long ann = account();
    long other = ann + 1_000;
    make(ann);
    make(other);
    assertThat(exists(ann)).isTrue();
    accounts.beginDelete(ann);
    assertThat(exists(ann)).isFalse();
    assertThat(deletions.run()).as("goes on").isTrue();
    assertThat(things(ann)).isZero();

    clock.pass(Duration.ofSeconds(30));
    make(ann); // by a request that was under way
    String late = sessions.create(ann, "late", Set.of(Permission.READ)).secret();
    assertThat(sessions.holderOfToken(late)).isEmpty();
    clock.pass(Duration.ofSeconds(31));
    assertThat(deletions.run()).as("goes on").isFalse();
    assertThat(things(ann)).isZero();
    assertThat(sessions.tokens(ann)).isEmpty();
    assertThat(accounts.find(ann)).isEmpty();
    assertThat(count("owner WHERE id", ann)).isZero();
    assertThat(things(other)).isOne();
    assertThat(deletions.run()).as("goes on").isFalse();
  }

  @Test
  void aTeamGoesTheSameWay() {
    long team = teams.create(account(), "ops", 10).orElseThrow();
    assertThat(exists(team)).isTrue();
    teams.beginDelete(team);
    assertThat(exists(team)).isFalse();
    assertThat(deletions.run()).isTrue();
    make(team);
    String late = sessions.create(team, "late", Set.of(Permission.READ)).secret();
    assertThat(sessions.holderOfToken(late)).isEmpty();
    clock.pass(Duration.ofSeconds(61));
    assertThat(deletions.run()).isFalse();
    assertThat(things(team)).isZero();
    assertThat(sessions.tokens(team)).isEmpty();
    assertThat(teams.find(team)).isEmpty();
    assertThat(accounts.find(ANN)).isPresent();
  }

  @Test
  void aLoginThatIsUnderWayBeginsNoSessionOfADeletedAccount() {
    long ann = account();
    WithPassword shown = accounts.find(ann).orElseThrow();
    assertThat(begin(shown)).isPresent();
    accounts.beginDelete(ann);
    assertThat(begin(shown)).isEmpty();
    assertThat(begin(accounts.find(ann).orElseThrow())).isEmpty();
  }

  private Optional<Long> begin(WithPassword shown) {
    return sessions.begin(
        shown, Kind.JWT, Optional.empty(), "192.0.2.1", "a program", Duration.ofHours(1));
  }

  @Test
  void aLinkForAnotherPasswordEndsWithThePasswordAndWithTheAccount() {
    long ann = account();
    link(ann);
    accounts.reset(ann, "another hash");
    assertThat(count("password_reset WHERE account_id", ann)).as("after a reset").isZero();
    link(ann);
    long session = begin(accounts.find(ann).orElseThrow()).orElseThrow();
    accounts.changePassword(ann, "a third hash", session);
    assertThat(count("password_reset WHERE account_id", ann)).as("after a change").isZero();
    link(ann);
    accounts.beginDelete(ann);
    assertThat(count("password_reset WHERE account_id", ann)).as("after the end").isZero();
  }

  private void link(long account) {
    tables.write(
        tx ->
            tx.execute(
                "INSERT INTO password_reset (account_id, secret, ends_at) VALUES (?, 'x', 1)",
                account));
  }

  @Test
  void aDeletionThatWasInterruptedGoesOn() {
    long ann = account();
    accounts.beginDelete(ann);
    clock.pass(Duration.ofDays(1)); // another process had begun it, and ended
    make(ann);
    assertThat(deletions.run()).isFalse();
    assertThat(things(ann)).isZero();
    assertThat(accounts.find(ann)).isEmpty();
  }
}
