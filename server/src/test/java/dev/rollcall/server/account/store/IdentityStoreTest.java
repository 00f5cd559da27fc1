package dev.rollcall.server.account.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.account.Accounts;
import dev.rollcall.server.account.definition.Account;
import dev.rollcall.server.account.definition.EmailAddress;
import dev.rollcall.server.account.oidc.Identity;
import dev.rollcall.server.account.store.AccountStore.Created;
import dev.rollcall.server.account.store.AccountStore.WithPassword;
import dev.rollcall.server.account.store.IdentityStore.Connection;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.TestClock;
import dev.rollcall.server.sql.TestDatabases;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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
class IdentityStoreTest {
  private static final EmailAddress ANN = EmailAddress.of("Ann@example.org").orElseThrow();
  private static final EmailAddress BOB = EmailAddress.of("bob@example.org").orElseThrow();

  private final TestDatabases engine;
  private final TestClock clock = new TestClock();

  @TempDir Path folder;

  private Database database;
  private GroupCommit commits;
  private AccountTables tables;
  private AccountStore accounts;
  private IdentityStore identities;

  IdentityStoreTest(TestDatabases engine) {
    this.engine = engine;
  }

  @BeforeEach
  void open() {
    database = engine.open(folder, clock, Accounts.MIGRATIONS.toArray(String[]::new));
    commits = new GroupCommit(database);
    tables = new AccountTables(database, commits);
    accounts = new AccountStore(tables, clock);
    identities = new IdentityStore(tables, accounts, clock);
  }

  @AfterEach
  void close() {
    commits.close();
    database.close();
  }

  private static Identity person(String subject) {
    return new Identity(
        URI.create("https://id.example.org"),
        subject,
        Optional.of("ann@example.org"),
        true,
        Set.of());
  }

  private Account made() {
    identities.create(ANN, person("ann"), Optional.empty());
    return identities.account(person("ann")).orElseThrow().account();
  }

  private Account account(EmailAddress email) {
    return accounts.find(email).orElseThrow().account();
  }

  private Instant inAnHour() {
    return clock.wall().plus(Duration.ofHours(1));
  }

  @Test
  void aPersonHasOneAccountAndAnAccountMayHaveMorePersons() {
    Account ann = made();
    assertThat(identities.account(person("ann")).map(WithPassword::account)).contains(ann);
    assertThat(accounts.find(ann.id()).orElseThrow().hash()).isEmpty();
    assertThat(identities.create(BOB, person("ann"), Optional.empty()))
        .isEqualTo(new Created.Taken());
    assertThat(identities.create(ANN, person("other"), Optional.empty()))
        .isEqualTo(new Created.Taken());
    assertThat(identities.create(BOB, person("bob"), Optional.of("no invitation")))
        .isEqualTo(new Created.WrongInvitation());
    assertThat(identities.account(person("bob"))).isEmpty();
    assertThat(accounts.find(BOB)).isEmpty();

    accounts.create(BOB, "a hash", Optional.empty(), Optional.empty());
    Account bob = account(BOB);
    assertThat(identities.connect(bob.id(), person("ann"))).isEqualTo(Connection.OF_ANOTHER);
    assertThat(identities.connect(bob.id(), person("bob"))).isEqualTo(Connection.DONE);
    assertThat(identities.connect(bob.id(), person("bob"))).isEqualTo(Connection.KNOWN);
    assertThat(identities.connect(ann.id(), person("ann at home"))).isEqualTo(Connection.DONE);
    assertThat(identities.of(ann.id())).hasSize(2);
  }

  @Test
  void theLastWayToSignInStays() {
    Account ann = made();
    accounts.create(BOB, "a hash", Optional.empty(), Optional.empty());
    Account bob = account(BOB);
    identities.connect(bob.id(), person("bob"));
    long first = identities.of(ann.id()).getFirst().id();
    assertThat(identities.disconnect(ann.id(), first)).as("the last one").isFalse();
    assertThat(identities.disconnect(bob.id(), first)).as("another's").isFalse();
    identities.connect(ann.id(), person("second"));
    assertThat(identities.disconnect(ann.id(), first)).isTrue();
    assertThat(identities.account(person("ann"))).isEmpty();
    assertThat(identities.disconnect(bob.id(), identities.of(bob.id()).getFirst().id())).isTrue();
  }

  @Test
  void aDeletedAccountHasNobody() {
    Account ann = made();
    accounts.beginDelete(ann.id());
    assertThat(identities.account(person("ann"))).isEmpty();
  }

  @Test
  void aProviderGivesAndTakesTheRoleAndItEndsByItself() {
    Account ann = made();
    long revision = tables.revision();
    assertThat(identities.signedIn(ann, person("ann"), Optional.empty(), inAnHour())).isFalse();
    assertThat(tables.revision()).isEqualTo(revision);
    assertThat(identities.signedIn(ann, person("ann"), Optional.of(true), inAnHour())).isTrue();
    assertThat(tables.revision()).isGreaterThan(revision);
    assertThat(account(ANN).operates()).isTrue();
    clock.pass(Duration.ofMinutes(50));
    assertThat(identities.signedIn(account(ANN), person("ann"), Optional.of(true), inAnHour()))
        .isFalse();
    clock.pass(Duration.ofMinutes(50));
    assertThat(identities.endRoles()).isFalse();
    assertThat(account(ANN).operates()).isTrue();
    clock.pass(Duration.ofMinutes(20));
    assertThat(identities.endRoles()).isTrue();
    assertThat(account(ANN).operates()).isFalse();
    assertThat(identities.endRoles()).isFalse();

    identities.signedIn(account(ANN), person("ann"), Optional.of(true), inAnHour());
    assertThat(identities.signedIn(account(ANN), person("ann"), Optional.of(false), inAnHour()))
        .isTrue();
    assertThat(account(ANN).operates()).isFalse();
  }

  @Test
  void noProviderTakesTheRoleOfASetupCode() {
    accounts.setupCode("a code");
    accounts.create(BOB, "a hash", Optional.of("a code"), Optional.empty());
    Account bob = account(BOB);
    identities.connect(bob.id(), person("bob"));
    for (boolean operates : List.of(true, false)) {
      assertThat(identities.signedIn(bob, person("bob"), Optional.of(operates), inAnHour()))
          .isFalse();
      clock.pass(Duration.ofHours(2));
      assertThat(identities.endRoles()).isFalse();
      assertThat(account(BOB).operates()).isTrue();
    }
  }
}
