package dev.rollcall.server.account.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.account.Accounts;
import dev.rollcall.server.account.definition.Digests;
import dev.rollcall.server.account.definition.EmailAddress;
import dev.rollcall.server.account.factor.Passkey;
import dev.rollcall.server.account.store.AccountStore.WithPassword;
import dev.rollcall.server.account.store.FactorStore.Answered;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.TestClock;
import dev.rollcall.server.sql.TestDatabases;
import java.nio.file.Path;
import java.time.Duration;
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

@ParameterizedClass
@EnumSource
class FactorStoreTest {
  private static final EmailAddress ANN = EmailAddress.of("ann@example.org").orElseThrow();

  private final TestDatabases engine;
  private final TestClock clock = new TestClock();

  @TempDir Path folder;

  private Database database;
  private GroupCommit commits;
  private AccountTables tables;
  private FactorStore factors;
  private long ann;
  private long session;

  FactorStoreTest(TestDatabases engine) {
    this.engine = engine;
  }

  @BeforeEach
  void open() {
    database = engine.open(folder, clock, Accounts.MIGRATIONS.toArray(String[]::new));
    commits = new GroupCommit(database);
    tables = new AccountTables(database, commits);
    AccountStore accounts = new AccountStore(tables, clock);
    accounts.create(ANN, "a hash", Optional.empty(), Optional.empty());
    WithPassword shown = accounts.find(ANN).orElseThrow();
    ann = shown.account().id();
    session =
        new SessionStore(tables, clock)
            .begin(
                shown,
                SessionStore.Kind.BROWSER,
                Optional.of("secret"),
                "127.0.0.1",
                "",
                Duration.ofDays(1))
            .orElseThrow();
    factors = new FactorStore(tables, clock);
  }

  @AfterEach
  void close() {
    commits.close();
    database.close();
  }

  private boolean addPasskey(String credential) {
    try {
      factors.addPasskey(
          ann,
          "a key",
          new Passkey(credential, "key", "http://localhost", 0, false),
          new Answered("challenge of " + credential, clock.wall().plusSeconds(60)),
          session,
          List.of());
      return true;
    } catch (Refusal e) {
      return false;
    }
  }

  @Test
  void theFirstFactorReplacesRecoveryCodesFromBefore() {
    tables.write(
        tx ->
            tx.createUpdate("INSERT INTO recovery_code (account_id, secret) VALUES (:id, :secret)")
                .bind("id", ann)
                .bind("secret", Digests.of("old"))
                .execute());
    assertThat(factors.needsCodes(ann)).isTrue();
    factors.beginApp(ann, "sealed");
    assertThat(factors.confirmApp(ann, 1, session, List.of("new", "newer"))).isTrue();
    assertThat(factors.useCode(ann, "old")).isFalse();
    assertThat(factors.codes(ann)).isEqualTo(2);
    assertThat(factors.needsCodes(ann)).isFalse();
    assertThat(addPasskey("second factor")).isTrue();
    assertThat(factors.useCode(ann, "new")).as("the second one leaves them").isTrue();
  }

  @Test
  void manyPasskeysAtOncePassNoLimit() throws Exception {
    List<Future<Boolean>> added = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 40; i++) {
        String credential = "credential " + i;
        added.add(threads.submit(() -> addPasskey(credential)));
      }
    }
    int all = 0;
    for (Future<Boolean> each : added) {
      all += each.get() ? 1 : 0;
    }
    assertThat(all).isEqualTo(20);
    assertThat(factors.passkeys(ann)).hasSize(20);
  }
}
