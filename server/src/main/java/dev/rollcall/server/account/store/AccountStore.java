package dev.rollcall.server.account.store;

import dev.rollcall.server.account.definition.Account;
import dev.rollcall.server.account.definition.Digests;
import dev.rollcall.server.account.definition.EmailAddress;
import dev.rollcall.server.account.definition.Invitation;
import dev.rollcall.server.account.definition.Team;
import dev.rollcall.server.account.store.InvitationStore.Accepted;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.time.Clock;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// The accounts, and the codes with which operators register.
public final class AccountStore {
  private static final int ACCOUNT = 1;

  private static final String COLUMNS = "id, email, operates, second_factor, created_at, password";

  /// An account with what its password is compared with.
  ///
  /// @param hash empty if it signs in elsewhere only
  public record WithPassword(Account account, Optional<String> hash) {}

  /// An account as operators see it.
  public record Listed(Account account, List<Team.Mine> teams) {}

  /// What became of a registration.
  public sealed interface Created {
    /// The account.
    ///
    /// @param joined the team of its invitation
    record Done(Account account, Optional<Invitation.ToTeam> joined) implements Created {}

    /// The address has an account.
    record Taken() implements Created {}

    /// The setup code does not exist, or was used.
    record WrongCode() implements Created {}

    /// The invitation does not exist, was used, or has ended.
    record WrongInvitation() implements Created {}
  }

  private final AccountTables tables;
  private final Clock clock;

  public AccountStore(AccountTables tables, Clock clock) {
    this.tables = tables;
    this.clock = clock;
  }

  /// Adds an account.
  ///
  /// @param hash of its password
  /// @param setupCode makes it an operator, and is used up; empty: a plain user
  /// @param invitation is used up, and makes it a member of a team
  public Created create(
      EmailAddress email, String hash, Optional<String> setupCode, Optional<String> invitation) {
    return tables.write(
        tx -> {
          // First who may register: nobody else learns which addresses have an account.
          if (setupCode.isPresent() && !isThere(tx, setupCode.get())) {
            return new Created.WrongCode();
          }
          if (invitation.isPresent()
              && InvitationStore.find(tx, invitation.get(), clock.wall()).isEmpty()) {
            return new Created.WrongInvitation();
          }
          if (find(tx, email.key()).isPresent()) {
            return new Created.Taken();
          }
          if (setupCode.isPresent() && !use(tx, setupCode.get())) {
            return new Created.WrongCode();
          }
          return insert(tx, email, Optional.of(hash), setupCode.isPresent(), invitation);
        });
  }

  /// Adds an account within a transaction.
  ///
  /// @param hash of its password; empty: it signs in elsewhere only
  /// @param invitation as for [#create]
  Created insert(
      Handle tx,
      EmailAddress email,
      Optional<String> hash,
      boolean operates,
      Optional<String> invitation) {
    long id =
        tx.createQuery("INSERT INTO owner (kind) VALUES (:kind) RETURNING id")
            .bind("kind", ACCOUNT)
            .mapTo(Long.class)
            .one();
    Instant now = Instant.ofEpochMilli(clock.wall().toEpochMilli());
    int added =
        tx.createUpdate(
                "INSERT INTO account (id, email, email_key, password, operates, created_at)"
                    + " VALUES (:id, :email, :key, :password, :operates, :now)"
                    + " ON CONFLICT (email_key) DO NOTHING")
            .bind("id", id)
            .bind("email", email.text())
            .bind("key", email.key())
            .bind("password", hash.orElse(null))
            .bind("operates", operates ? 1 : 0)
            .bind("now", now.toEpochMilli())
            .execute();
    if (added == 0) {
      // another process was faster
      tx.createUpdate("DELETE FROM owner WHERE id = :id").bind("id", id).execute();
      return new Created.Taken();
    }
    Optional<Invitation.ToTeam> joined =
        invitation.flatMap(code -> InvitationStore.find(tx, code, now)).flatMap(Invitation::to);
    if (invitation.isPresent()
        && InvitationStore.accept(tx, invitation.get(), id, now) != Accepted.DONE) {
      tx.createUpdate("DELETE FROM account WHERE id = :id").bind("id", id).execute();
      tx.createUpdate("DELETE FROM owner WHERE id = :id").bind("id", id).execute();
      return new Created.WrongInvitation();
    }
    return new Created.Done(new Account(id, email.text(), operates, false, now), joined);
  }

  private static boolean isThere(Handle tx, String code) {
    return tx.createQuery("SELECT 1 FROM setup_code WHERE secret = :secret")
        .bind("secret", Digests.of(code))
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  private static boolean use(Handle tx, String code) {
    return tx.createUpdate("DELETE FROM setup_code WHERE secret = :secret")
            .bind("secret", Digests.of(code))
            .execute()
        > 0;
  }

  /// Replaces all setup codes with this one.
  public void setupCode(String code) {
    tables.write(
        tx -> {
          tx.createUpdate("DELETE FROM setup_code").execute();
          return tx.createUpdate(
                  "INSERT INTO setup_code (secret, created_at) VALUES (:secret, :now)")
              .bind("secret", Digests.of(code))
              .bind("now", clock.wall().toEpochMilli())
              .execute();
        });
  }

  /// Whether there is a code that was not used.
  public boolean hasSetupCode() {
    return tables.read(handle -> count(handle, "SELECT COUNT(*) FROM setup_code")) > 0;
  }

  /// Whether there is an account.
  public boolean isThereOne() {
    return tables.read(
            handle -> count(handle, "SELECT COUNT(*) FROM (SELECT 1 FROM account LIMIT 1) AS one"))
        > 0;
  }

  /// Whether there is an operator's account.
  public boolean isThereAnOperator() {
    return tables.read(handle -> count(handle, "SELECT COUNT(*) FROM account WHERE operates = 1"))
        > 0;
  }

  private static long count(Handle handle, String query) {
    return handle.createQuery(query).mapTo(Long.class).one();
  }

  public Optional<WithPassword> find(EmailAddress email) {
    return tables.read(handle -> find(handle, email.key()));
  }

  private static Optional<WithPassword> find(Handle handle, String key) {
    return handle
        .createQuery("SELECT " + COLUMNS + " FROM account WHERE email_key = :key")
        .bind("key", key)
        .map((row, _) -> withPassword(row))
        .findOne();
  }

  public Optional<WithPassword> find(long id) {
    return tables.read(
        handle ->
            handle
                .createQuery("SELECT " + COLUMNS + " FROM account WHERE id = :id")
                .bind("id", id)
                .map((row, _) -> withPassword(row))
                .findOne());
  }

  /// Whether there is this account, and its deletion has not begun.
  public boolean isThere(long id) {
    return tables
        .read(
            handle ->
                handle
                    .createQuery("SELECT 1 FROM account WHERE id = :id AND deleted_at IS NULL")
                    .bind("id", id)
                    .mapTo(Integer.class)
                    .findOne())
        .isPresent();
  }

  /// The newest accounts below an id, with their teams.
  public List<Listed> newest(long before, int limit) {
    return tables.read(
        handle -> {
          List<Account> accounts =
              handle
                  .createQuery(
                      "SELECT "
                          + COLUMNS
                          + " FROM account WHERE id < :before AND deleted_at IS NULL"
                          + " ORDER BY id DESC LIMIT :limit")
                  .bind("before", before)
                  .bind("limit", limit)
                  .map((row, _) -> withPassword(row).account())
                  .list();
          Map<Long, List<Team.Mine>> teams =
              TeamStore.ofAll(handle, accounts.stream().map(Account::id).toList());
          return accounts.stream()
              .map(each -> new Listed(each, teams.getOrDefault(each.id(), List.of())))
              .toList();
        });
  }

  /// The account that a request has shown to be there.
  ///
  /// @throws Refusal (404) if it is gone meanwhile
  public Account existing(long id) {
    return find(id)
        .map(WithPassword::account)
        .orElseThrow(() -> Refusal.notFound("there is no such account any more"));
  }

  private static WithPassword withPassword(ResultSet row) throws SQLException {
    return new WithPassword(
        new Account(
            row.getLong("id"),
            row.getString("email"),
            row.getInt("operates") == 1,
            row.getInt("second_factor") == 1,
            Instant.ofEpochMilli(row.getLong("created_at"))),
        Optional.ofNullable(row.getString("password")));
  }

  /// Whether an account is as it was when somebody showed who they are, and is not being deleted.
  /// What changes it waits for the end of the transaction.
  static boolean isStill(Handle tx, WithPassword shown) {
    return tx.createUpdate(
                "UPDATE account SET second_factor = second_factor WHERE id = :id"
                    + " AND COALESCE(password, '') = :password AND second_factor = :factor"
                    + " AND deleted_at IS NULL")
            .bind("id", shown.account().id())
            .bind("password", shown.hash().orElse(""))
            .bind("factor", shown.account().secondFactor() ? 1 : 0)
            .execute()
        > 0;
  }

  /// Begins to delete an account: it cannot sign in any more, and its tokens are no longer valid.
  ///
  /// @return the name of a team that would have no owner any more: then nothing was done
  public Optional<String> beginDelete(long account) {
    return tables.write(
        tx -> {
          Optional<String> team = TeamStore.leaveAll(tx, account, clock.wall().toEpochMilli());
          if (team.isPresent()) {
            return team;
          }
          tx.createUpdate(
                  "UPDATE account SET password = NULL, email_key = :gone, deleted_at = :now"
                      + " WHERE id = :id")
              .bind("gone", "deleted " + account) // no address: it may be registered again
              .bind("now", clock.wall().toEpochMilli())
              .bind("id", account)
              .execute();
          deleteRows(tx, account);
          return team;
        });
  }

  private static void deleteRows(Handle tx, long account) {
    for (String rows :
        List.of(
            "session WHERE account_id",
            "api_token WHERE owner_id",
            "account_identity WHERE account_id",
            "team_member WHERE account_id",
            "password_reset WHERE account_id")) {
      tx.createUpdate("DELETE FROM " + rows + " = :id").bind("id", account).execute();
    }
    FactorStore.removeAll(tx, account);
  }

  /// Ends it, after its rows elsewhere are gone, with what was added since it began.
  public void endDelete(long account) {
    tables.write(
        tx -> {
          deleteRows(tx, account);
          tx.createUpdate("DELETE FROM account WHERE id = :id").bind("id", account).execute();
          return tx.createUpdate("DELETE FROM owner WHERE id = :id").bind("id", account).execute();
        });
  }

  /// The accounts whose deletion has begun and not ended.
  public List<Deletion> beingDeleted() {
    return tables.read(
        handle ->
            handle
                .createQuery("SELECT id, deleted_at FROM account WHERE deleted_at IS NOT NULL")
                .map(
                    (row, _) ->
                        new Deletion(
                            row.getLong("id"), Instant.ofEpochMilli(row.getLong("deleted_at"))))
                .list());
  }

  /// Changes the password, and ends all sessions but one.
  ///
  /// @param kept the session that asks for it, and goes on
  /// @throws Refusal (401) if that has ended
  public void changePassword(long account, String hash, long kept) {
    tables.write(
        tx -> {
          change(tx, account, hash, kept);
          SessionStore.requireThere(tx, account, kept);
          return true;
        });
  }

  /// Changes the password with a link of a mail, and ends all sessions. An account without a
  /// password signs in elsewhere, and gets none.
  ///
  /// @return false if the link was used, or there is no password to replace
  public boolean changePasswordByLink(long account, String code, String hash) {
    return tables.write(
        tx -> {
          boolean used =
              tx.createUpdate(
                          "DELETE FROM password_reset WHERE secret = :secret"
                              + " AND account_id = :account")
                      .bind("secret", Digests.of(code))
                      .bind("account", account)
                      .execute()
                  > 0;
          boolean replaces =
              used
                  && tx.createUpdate(
                              "UPDATE account SET password = password WHERE id = :id"
                                  + " AND password IS NOT NULL AND deleted_at IS NULL")
                          .bind("id", account)
                          .execute()
                      > 0;
          if (replaces) {
            change(tx, account, hash, 0);
          }
          return replaces;
        });
  }

  private static void change(Handle tx, long account, String hash, long kept) {
    tx.createUpdate("UPDATE account SET password = :password WHERE id = :id")
        .bind("password", hash)
        .bind("id", account)
        .execute();
    tx.createUpdate("DELETE FROM session WHERE account_id = :id AND id <> :kept")
        .bind("id", account)
        .bind("kept", kept)
        .execute();
    PendingSignIns.endAll(tx, account);
    tx.createUpdate("DELETE FROM password_reset WHERE account_id = :id")
        .bind("id", account)
        .execute();
    AccountTables.revoke(tx);
  }

  /// Gives an account another password, removes its second factors, and ends its sessions.
  public void reset(long account, String hash) {
    tables.write(
        tx -> {
          change(tx, account, hash, 0);
          FactorStore.removeAll(tx, account);
          return true;
        });
  }
}
