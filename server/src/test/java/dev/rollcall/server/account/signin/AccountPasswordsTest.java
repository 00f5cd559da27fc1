package dev.rollcall.server.account.signin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.server.account.Accounts;
import dev.rollcall.server.account.definition.AccountSettings;
import dev.rollcall.server.account.definition.AccountSettings.Registration;
import dev.rollcall.server.account.definition.AccountSettings.SecondFactorDemand;
import dev.rollcall.server.account.session.KnownHolders;
import dev.rollcall.server.account.store.AccountStore;
import dev.rollcall.server.account.store.AccountTables;
import dev.rollcall.server.account.store.SessionStore;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Unavailable;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.TestClock;
import dev.rollcall.server.sql.TestDatabases;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Comparing passwords of accounts.
class AccountPasswordsTest {
  private static final InetAddress CLIENT = InetAddress.getLoopbackAddress();

  @TempDir Path folder;

  @Test
  void aPasswordThatWasNotComparedIsNoWrongOne() throws Exception {
    TestClock clock = new TestClock();
    AccountSettings settings =
        new AccountSettings(
            Registration.OPEN,
            8,
            Duration.ofMinutes(15),
            30,
            10,
            10,
            10,
            SecondFactorDemand.OPTIONAL,
            Duration.ofDays(366));
    Passwords passwords = new Passwords();
    passwords.close(); // compares nothing any more, as with a full queue
    try (Database database =
            TestDatabases.SQLITE.open(folder, clock, Accounts.MIGRATIONS.toArray(String[]::new));
        GroupCommit commits = new GroupCommit(database)) {
      AccountTables tables = new AccountTables(database, commits);
      try (KnownHolders known =
          new KnownHolders(tables, new SessionStore(tables, clock), clock, Duration.ofSeconds(1))) {
        AccountPasswords accounts =
            new AccountPasswords(
                new AccountStore(tables, clock),
                passwords,
                new SignInLimits(settings),
                known,
                () -> settings);
        for (int i = 0; i <= settings.wrongPasswords(); i++) {
          assertThatThrownBy(() -> accounts.account(CLIENT, "ann@example.org", "a password"))
              .isInstanceOf(Unavailable.class);
        }
        assertThatThrownBy(() -> accounts.account(CLIENT, "ann@example.org", "x".repeat(2 * 1024)))
            .isInstanceOf(Refusal.class)
            .hasMessageContaining("is wrong");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain",
        "$argon2id$v=19$m=65537,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$69I7qCjDTsQwhQqFvpQJiqEI0lGQvxC84fXE0Ktxca4"
      })
  void whatIsNoHashHasNoPassword(String stored) throws Exception {
    try (Passwords passwords = new Passwords()) {
      assertThat(passwords.matches("correct horse", Optional.of(stored))).isFalse();
    }
  }
}
