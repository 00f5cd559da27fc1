package dev.rollcall.server.account.store;

import dev.rollcall.server.account.definition.Account;
import dev.rollcall.server.account.definition.EmailAddress;
import dev.rollcall.server.account.oidc.Identity;
import dev.rollcall.server.account.store.AccountStore.Created;
import dev.rollcall.server.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// Which person at which provider signs in to which account.
public final class IdentityStore {
  /// A person at a provider who signs in to an account.
  ///
  /// @param email as the provider said last; may be empty
  public record Connected(long id, String issuer, String email, Instant usedAt) {}

  /// What became of the wish to connect somebody with an account.
  public enum Connection {
    DONE,
    /// They were connected before.
    KNOWN,
    /// Somebody else's account is connected with this person.
    OF_ANOTHER
  }

  private final AccountTables tables;
  private final AccountStore accounts;
  private final Clock clock;

  public IdentityStore(AccountTables tables, AccountStore accounts, Clock clock) {
    this.tables = tables;
    this.accounts = accounts;
    this.clock = clock;
  }

  /// The account that somebody signs in to.
  public Optional<AccountStore.WithPassword> account(Identity identity) {
    return tables.read(handle -> owner(handle, identity)).flatMap(accounts::find);
  }

  private static Optional<Long> owner(Handle handle, Identity identity) {
    return handle
        .createQuery(
            "SELECT account_id FROM account_identity WHERE issuer = :issuer AND subject = :subject")
        .bind("issuer", identity.issuer().toString())
        .bind("subject", identity.subject())
        .mapTo(Long.class)
        .findOne();
  }

  /// Makes an account without a password.
  ///
  /// @param invitation is used up, and makes it a member of a team
  /// @return `Taken` also if this person has an account by now
  public Created create(EmailAddress email, Identity identity, Optional<String> invitation) {
    return tables.write(
        tx -> {
          if (owner(tx, identity).isPresent()) {
            return new Created.Taken();
          }
          Created created = accounts.insert(tx, email, Optional.empty(), false, invitation);
          if (created instanceof Created.Done(Account account, _)) {
            insert(tx, account.id(), identity);
          }
          return created;
        });
  }

  /// Connects somebody with an account.
  public Connection connect(long account, Identity identity) {
    return tables.write(
        tx -> {
          if (insert(tx, account, identity)) {
            return Connection.DONE;
          }
          return owner(tx, identity).equals(Optional.of(account))
              ? Connection.KNOWN
              : Connection.OF_ANOTHER;
        });
  }

  /// Returns false if this person is connected with an account.
  private boolean insert(Handle tx, long account, Identity identity) {
    return tx.createUpdate(
                "INSERT INTO account_identity (account_id, issuer, subject, email, created_at,"
                    + " used_at) VALUES (:account, :issuer, :subject, :email, :now, :now)"
                    + " ON CONFLICT (issuer, subject) DO NOTHING")
            .bind("account", account)
            .bind("issuer", identity.issuer().toString())
            .bind("subject", identity.subject())
            .bind("email", identity.email().orElse(""))
            .bind("now", clock.wall().toEpochMilli())
            .execute()
        > 0;
  }

  /// Those who sign in to an account, in the order in which they were connected.
  public List<Connected> of(long account) {
    return tables.read(handle -> of(handle, account));
  }

  private static List<Connected> of(Handle handle, long account) {
    return handle
        .createQuery(
            "SELECT id, issuer, email, used_at FROM account_identity WHERE account_id = :account"
                + " ORDER BY id")
        .bind("account", account)
        .map(
            (row, _) ->
                new Connected(
                    row.getLong("id"),
                    row.getString("issuer"),
                    row.getString("email"),
                    Instant.ofEpochMilli(row.getLong("used_at"))))
        .list();
  }

  /// Disconnects somebody from an account, unless nobody could sign in to it then.
  ///
  /// @return false if it is the last way to sign in, or there is none with this id
  public boolean disconnect(long account, long id) {
    boolean password = accounts.find(account).flatMap(AccountStore.WithPassword::hash).isPresent();
    return tables.write(
        tx ->
            (password || of(tx, account).size() > 1)
                && tx.createUpdate(
                            "DELETE FROM account_identity WHERE id = :id AND account_id = :account")
                        .bind("id", id)
                        .bind("account", account)
                        .execute()
                    > 0);
  }

  /// Writes down a sign-in, and what the provider says of the role of operator, which holds until
  /// then. What a setup code has given, no provider takes.
  ///
  /// @param operates empty: the provider says nothing about it
  /// @return whether the role has changed
  public boolean signedIn(
      Account account, Identity identity, Optional<Boolean> operates, Instant until) {
    return tables.write(
        tx -> {
          tx.createUpdate(
                  "UPDATE account_identity SET used_at = :now, email = :email"
                      + " WHERE issuer = :issuer AND subject = :subject")
              .bind("now", clock.wall().toEpochMilli())
              .bind("email", identity.email().orElse(""))
              .bind("issuer", identity.issuer().toString())
              .bind("subject", identity.subject())
              .execute();
          boolean after =
              operates.map(role -> role(tx, account, role, until)).orElse(account.operates());
          if (after != account.operates()) {
            AccountTables.revoke(tx);
          }
          return after != account.operates();
        });
  }

  /// Whether the account is an operator's then.
  private static boolean role(Handle tx, Account account, boolean operates, Instant until) {
    int changed =
        tx.createUpdate(
                "UPDATE account SET operates = :operates, operates_until = :until"
                    + " WHERE id = :id AND (operates = 0 OR operates_until IS NOT NULL)")
            .bind("operates", operates ? 1 : 0)
            .bind("until", operates ? until.toEpochMilli() : null)
            .bind("id", account.id())
            .execute();
    return changed > 0 ? operates : account.operates();
  }

  /// Takes the role from those whose provider has not said for too long that they have it.
  ///
  /// @return whether somebody had it
  public boolean endRoles() {
    long now = clock.wall().toEpochMilli();
    boolean none =
        tables
            .read(
                handle ->
                    handle
                        .createQuery("SELECT 1 FROM account WHERE operates_until <= :now LIMIT 1")
                        .bind("now", now)
                        .mapTo(Integer.class)
                        .findFirst())
            .isEmpty();
    return !none
        && tables.write(
            tx -> {
              AccountTables.revoke(tx);
              return tx.createUpdate(
                          "UPDATE account SET operates = 0, operates_until = NULL"
                              + " WHERE operates_until <= :now")
                      .bind("now", now)
                      .execute()
                  > 0;
            });
  }
}
