package dev.rollcall.server.account.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.account.Accounts;
import dev.rollcall.server.account.definition.Digests;
import dev.rollcall.server.account.definition.EmailAddress;
import dev.rollcall.server.account.session.KnownHolders.Shown;
import dev.rollcall.server.account.store.AccountStore;
import dev.rollcall.server.account.store.AccountStore.Created;
import dev.rollcall.server.account.store.AccountTables;
import dev.rollcall.server.account.store.SessionStore;
import dev.rollcall.server.account.store.SessionStore.Holder;
import dev.rollcall.server.account.store.SessionStore.MadeToken;
import dev.rollcall.server.account.store.TeamStore;
import dev.rollcall.server.http.Caller.Permission;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.DatabaseConfig;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.sql.TestClock;
import dev.rollcall.server.sql.TestDatabases;
import dev.rollcall.server.sql.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Tokens in front of a PostgreSQL that goes away.
class KnownHoldersTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final TestClock clock = new TestClock();
  private Wire wire;
  private Database database;
  private GroupCommit commits;
  private AccountTables tables;
  private SessionStore sessions;
  private KnownHolders known;
  private KnownHolders told;
  private long team;
  private String token;

  @BeforeEach
  void open() throws IOException {
    wire = new Wire(TestDatabases.postgresPort());
    database =
        Database.open(
            DatabaseConfig.of(
                TestDatabases.freshOn(wire.port()), Accounts.MIGRATIONS.toArray(String[]::new)),
            clock);
    commits = new GroupCommit(database);
    tables = new AccountTables(database, commits);
    sessions = new SessionStore(tables, clock);
    team = new TeamStore(tables, clock).create(ann(), "ops", 10).orElseThrow();
    token = sessions.create(team, "jobs", Set.of(Permission.PING)).secret();
    known = holders();
    told = holders();
  }

  private long ann() {
    Created created =
        new AccountStore(tables, clock)
            .create(
                EmailAddress.of("ann@example.org").orElseThrow(),
                "a hash",
                Optional.empty(),
                Optional.empty());
    return created instanceof Created.Done(var account, _) ? account.id() : 0;
  }

  private KnownHolders holders() {
    return new KnownHolders(tables, sessions, clock, Duration.ofMillis(50));
  }

  @AfterEach
  void close() throws IOException {
    known.close();
    told.close();
    commits.close();
    database.close();
    wire.close();
  }

  private Optional<Holder> holder(KnownHolders by, String secret) {
    return by.holder(Shown.API_TOKEN, Digests.of(secret), () -> sessions.holderOfToken(secret));
  }

  private Optional<Holder> believed(KnownHolders by, String secret) {
    return by.believed(Digests.of(secret), () -> sessions.holderOfToken(secret));
  }

  /// The first look for revoked tokens, after which all is forgotten, is over.
  private void awaitFirstLook(KnownHolders by) {
    assertThat(holder(by, token)).isPresent();
    await().atMost(PATIENCE).until(() -> sessions.tokens(team).getFirst().usedAt().isPresent());
    assertThat(holder(by, token)).isPresent();
  }

  @Test
  void whatWasValidIsBelievedForAnHourWithoutTheDatabaseUnlessItIsKnownToBeRevoked() {
    awaitFirstLook(known);
    tables.write(tx -> tx.execute("UPDATE api_token SET used_at = NULL"));
    awaitFirstLook(told);
    wire.cut();
    clock.pass(Duration.ofMinutes(2));
    assertThatThrownBy(() -> holder(known, token)).isInstanceOf(StorageException.class);
    assertThat(believed(known, token)).map(Holder::token).isPresent();
    assertThatThrownBy(() -> believed(known, "another")).isInstanceOf(StorageException.class);

    assertThat(believed(told, token)).isPresent();
    told.forget();
    assertThatThrownBy(() -> believed(told, token)).isInstanceOf(StorageException.class);

    clock.pass(BelievedTokens.BELIEVED);
    assertThatThrownBy(() -> believed(known, token)).isInstanceOf(StorageException.class);
  }

  @Test
  void nothingIsRememberedForWhatReadsOrChangesOnceTheDatabaseIsAway() {
    awaitFirstLook(known);
    wire.cut();
    await().atMost(PATIENCE).until(() -> !isHeld(known));
    assertThat(believed(known, token)).isPresent();
  }

  private boolean isHeld(KnownHolders by) {
    try {
      return holder(by, token).isPresent();
    } catch (StorageException away) {
      return false;
    }
  }

  @Test
  void theTokenOfAJobThatCallsOnceADayIsReadAgainAndBelieved() {
    BelievedTokens tokens = new BelievedTokens(sessions, clock);
    String digest = Digests.of(token);
    Optional<Holder> holder = sessions.holderOfToken(token);
    tokens.read(digest, holder, tokens.doubts());
    assertThat(tokens.holder(digest)).isEqualTo(holder).isPresent();
    clock.pass(BelievedTokens.BELIEVED);
    assertThat(tokens.holder(digest)).isEmpty();
    tokens.confirm();
    assertThat(tokens.holder(digest)).isEqualTo(holder);

    clock.pass(Duration.ofDays(8));
    tokens.confirm();
    assertThat(tokens.holder(digest)).as("not shown for eight days").isEmpty();
  }

  @Test
  void afterSomethingWasRevokedNoTokenIsBelievedUntilItWasReadAgain() {
    BelievedTokens tokens = new BelievedTokens(sessions, clock);
    MadeToken other = sessions.create(team, "others", Set.of(Permission.PING));
    List<String> secrets = List.of(token, other.secret());
    for (String secret : secrets) {
      tokens.read(Digests.of(secret), sessions.holderOfToken(secret), tokens.doubts());
    }
    assertThat(sessions.revoke(team, other.token().id())).isTrue();
    tokens.doubt();
    assertThat(secrets).allMatch(secret -> tokens.holder(Digests.of(secret)).isEmpty());
    clock.pass(Duration.ofSeconds(10));
    tokens.confirm();
    assertThat(tokens.holder(Digests.of(token))).isPresent();
    assertThat(tokens.holder(Digests.of(other.secret()))).isEmpty();
  }

  /// What is known to be revoked while a token is read may be that token.
  @Test
  void aTokenThatWasReadBeforeItWasKnownThatSomethingIsRevokedIsNotBelieved() {
    BelievedTokens tokens = new BelievedTokens(sessions, clock);
    long before = tokens.doubts();
    Optional<Holder> holder = sessions.holderOfToken(token);
    tokens.doubt();
    tokens.read(Digests.of(token), holder, before);
    assertThat(tokens.holder(Digests.of(token))).isEmpty();
  }
}
