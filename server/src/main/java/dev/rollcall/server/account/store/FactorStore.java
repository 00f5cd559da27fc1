package dev.rollcall.server.account.store;

import dev.rollcall.server.account.definition.Digests;
import dev.rollcall.server.account.factor.Passkey;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.sql.InstantColumns;
import dev.rollcall.server.time.Clock;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// The second factors of accounts in the database. Each is used up by the statement that finds it
/// unused, so that of two requests one succeeds.
public final class FactorStore {
  private static final int MOST_PASSKEYS = 20;

  /// An authenticator app.
  ///
  /// @param sealed its secret
  /// @param used the newest step whose code was used
  public record App(String sealed, boolean confirmed, long used, Instant createdAt) {}

  /// A passkey of an account.
  public record Stored(
      long id,
      long account,
      String name,
      Passkey passkey,
      Instant createdAt,
      Optional<Instant> usedAt) {}

  private final AccountTables tables;
  private final Clock clock;

  public FactorStore(AccountTables tables, Clock clock) {
    this.tables = tables;
    this.clock = clock;
  }

  public Optional<App> app(long account) {
    return tables.read(
        handle ->
            handle
                .createQuery(
                    "SELECT secret, confirmed, used_step, created_at FROM totp"
                        + " WHERE account_id = :account")
                .bind("account", account)
                .map(
                    (row, _) ->
                        new App(
                            row.getString("secret"),
                            row.getInt("confirmed") == 1,
                            row.getLong("used_step"),
                            Instant.ofEpochMilli(row.getLong("created_at"))))
                .findOne());
  }

  /// Keeps the secret of an app that is not confirmed yet, instead of an earlier one.
  ///
  /// @throws Refusal (409) if the account has an app
  public void beginApp(long account, String sealed) {
    int written =
        tables.write(
            tx ->
                tx.createUpdate(
                        "INSERT INTO totp (account_id, secret, confirmed, used_step, created_at)"
                            + " VALUES (:account, :secret, 0, 0, :now)"
                            + " ON CONFLICT (account_id) DO UPDATE SET"
                            + " secret = excluded.secret, created_at = excluded.created_at"
                            + " WHERE totp.confirmed = 0")
                    .bind("account", account)
                    .bind("secret", sealed)
                    .bind("now", clock.wall().toEpochMilli())
                    .execute());
    if (written == 0) {
      throw Refusal.of(409, "there is an authenticator app: remove it first");
    }
  }

  /// Confirms the app, with the step of its first code.
  ///
  /// @param kept the session that asks for it and goes on; with the first factor all others end
  /// @param codes recovery codes, which are kept with the first factor, or if there are none
  /// @return false if another request did
  public boolean confirmApp(long account, long step, long kept, List<String> codes) {
    return tables.write(
        tx -> {
          int confirmed =
              tx.createUpdate(
                      "UPDATE totp SET confirmed = 1, used_step = :step"
                          + " WHERE account_id = :account AND confirmed = 0")
                  .bind("account", account)
                  .bind("step", step)
                  .execute();
          if (confirmed > 0) {
            enrolled(tx, account, kept, codes);
          }
          return confirmed > 0;
        });
  }

  /// Uses the code of a step.
  ///
  /// @return false if it, or that of a later step, was used
  public boolean useStep(long account, long step) {
    return tables.write(
            tx ->
                tx.createUpdate(
                        "UPDATE totp SET used_step = :step WHERE account_id = :account"
                            + " AND confirmed = 1 AND used_step < :step")
                    .bind("account", account)
                    .bind("step", step)
                    .execute())
        > 0;
  }

  /// Removes the app, confirmed or not.
  ///
  /// @return false if there is none
  public boolean removeApp(long account) {
    return tables.write(
        tx ->
            removed(
                tx,
                account,
                tx.createUpdate("DELETE FROM totp WHERE account_id = :account")
                    .bind("account", account)
                    .execute()));
  }

  public List<Stored> passkeys(long account) {
    return tables.read(handle -> passkeys(handle, "account_id = :by", account));
  }

  public boolean isThereAPasskey() {
    return tables
        .read(
            handle ->
                handle.createQuery("SELECT 1 FROM passkey LIMIT 1").mapTo(Integer.class).findOne())
        .isPresent();
  }

  public Optional<Stored> passkey(String credential) {
    return tables.read(
        handle -> passkeys(handle, "credential = :by", credential).stream().findFirst());
  }

  private static List<Stored> passkeys(Handle handle, String which, Object by) {
    return handle
        .createQuery(
            "SELECT id, account_id, name, credential, public_key, origin, counter,"
                + " backup_eligible, created_at, used_at FROM passkey WHERE "
                + which
                + " ORDER BY id")
        .bind("by", by)
        .map((row, _) -> stored(row))
        .list();
  }

  private static Stored stored(ResultSet row) throws SQLException {
    return new Stored(
        row.getLong("id"),
        row.getLong("account_id"),
        row.getString("name"),
        new Passkey(
            row.getString("credential"),
            row.getString("public_key"),
            row.getString("origin"),
            row.getLong("counter"),
            row.getInt("backup_eligible") == 1),
        Instant.ofEpochMilli(row.getLong("created_at")),
        InstantColumns.instant(row, "used_at"));
  }

  /// Adds a passkey.
  ///
  /// @param kept the session that asks for it and goes on; with the first factor all others end
  /// @param codes recovery codes, which are kept with the first factor, or if there are none
  /// @throws Refusal (409) if there is one with this id, or there are too many
  public void addPasskey(
      long account,
      String name,
      Passkey passkey,
      Answered answered,
      long kept,
      List<String> codes) {
    boolean added =
        tables.writeInTurn(
            tx -> {
              if (!use(tx, answered)) {
                return false;
              }
              int rows =
                  tx.createUpdate(
                          "INSERT INTO passkey (account_id, name, credential, public_key, origin,"
                              + " counter, backup_eligible, created_at) SELECT :account, :name,"
                              + " :credential, :key, :origin, :counter, :eligible, :now WHERE"
                              + " (SELECT COUNT(*) FROM passkey WHERE account_id = :account)"
                              + " < :most ON CONFLICT (credential) DO NOTHING")
                      .bind("most", MOST_PASSKEYS)
                      .bind("account", account)
                      .bind("name", name)
                      .bind("credential", passkey.credential())
                      .bind("key", passkey.key())
                      .bind("origin", passkey.origin())
                      .bind("counter", passkey.counter())
                      .bind("eligible", passkey.backupEligible() ? 1 : 0)
                      .bind("now", clock.wall().toEpochMilli())
                      .execute();
              if (rows > 0) {
                enrolled(tx, account, kept, codes);
              }
              return rows > 0;
            });
    if (!added) {
      throw Refusal.of(
          409,
          passkeys(account).size() < MOST_PASSKEYS
              ? "this passkey was added before"
              : "there are " + MOST_PASSKEYS + " passkeys: remove one first");
    }
  }

  /// A challenge that a passkey has answered.
  ///
  /// @param challenge in any form that tells it from others
  public record Answered(String challenge, Instant endsAt) {}

  /// Whether this answer was used.
  public boolean isUsed(Answered answered) {
    return tables
        .read(
            handle ->
                handle
                    .createQuery("SELECT 1 FROM used_challenge WHERE challenge = :challenge")
                    .bind("challenge", Digests.of(answered.challenge()))
                    .mapTo(Integer.class)
                    .findOne())
        .isPresent();
  }

  /// Uses a passkey with this number of its counter, and the challenge.
  ///
  /// @return false if the challenge or the number was used
  public boolean usePasskey(Stored passkey, long counter, Answered answered) {
    return tables.write(
        tx ->
            use(tx, answered)
                && tx.createUpdate(
                            "UPDATE passkey SET counter = :counter, used_at = :now WHERE id = :id"
                                + " AND (counter < :counter OR counter = 0 AND :counter = 0)")
                        .bind("counter", counter)
                        .bind("now", clock.wall().toEpochMilli())
                        .bind("id", passkey.id())
                        .execute()
                    > 0);
  }

  private static boolean use(Handle tx, Answered answered) {
    return tx.createUpdate(
                "INSERT INTO used_challenge (challenge, ends_at) VALUES (:challenge, :end)"
                    + " ON CONFLICT (challenge) DO NOTHING")
            .bind("challenge", Digests.of(answered.challenge()))
            .bind("end", answered.endsAt().toEpochMilli())
            .execute()
        > 0;
  }

  /// Removes a passkey of an account.
  ///
  /// @return false if it has none with this id
  public boolean removePasskey(long account, long id) {
    return tables.write(
        tx ->
            removed(
                tx,
                account,
                tx.createUpdate("DELETE FROM passkey WHERE id = :id AND account_id = :account")
                    .bind("id", id)
                    .bind("account", account)
                    .execute()));
  }

  /// The number of recovery codes that were not used.
  public int codes(long account) {
    return tables.read(handle -> codes(handle, account));
  }

  /// Whether a factor that is added comes with recovery codes: the first one does, and one after
  /// all codes were used.
  public boolean needsCodes(long account) {
    return tables
        .read(
            handle ->
                handle
                    .createQuery(
                        "SELECT 1 FROM account a WHERE a.id = :account AND (a.second_factor = 0"
                            + " OR NOT EXISTS (SELECT 1 FROM recovery_code r"
                            + " WHERE r.account_id = a.id))")
                    .bind("account", account)
                    .mapTo(Integer.class)
                    .findOne())
        .isPresent();
  }

  private static int codes(Handle handle, long account) {
    return handle
        .createQuery("SELECT COUNT(*) FROM recovery_code WHERE account_id = :account")
        .bind("account", account)
        .mapTo(Integer.class)
        .one();
  }

  /// Uses a recovery code.
  ///
  /// @param code in the form in which it is compared
  /// @return false if there is none, or it was used
  public boolean useCode(long account, String code) {
    return tables.write(
            tx ->
                tx.createUpdate(
                        "DELETE FROM recovery_code WHERE account_id = :account AND secret ="
                            + " :secret")
                    .bind("account", account)
                    .bind("secret", Digests.of(code))
                    .execute())
        > 0;
  }

  /// Replaces all recovery codes of an account.
  ///
  /// @param codes in the form in which they are compared
  /// @throws Refusal (409) if the account has no factor
  public void replaceCodes(long account, List<String> codes) {
    tables.write(
        tx -> {
          int enrolled =
              tx.createUpdate(
                      "UPDATE account SET second_factor = second_factor WHERE id = :account"
                          + " AND second_factor = 1")
                  .bind("account", account)
                  .execute();
          if (enrolled == 0) {
            throw Refusal.of(
                409, "add an app or a passkey first: recovery codes are for when it is lost");
          }
          delete(tx, "recovery_code", account);
          return add(tx, account, codes);
        });
  }

  private static boolean add(Handle tx, long account, List<String> codes) {
    codes.forEach(
        code ->
            tx.createUpdate(
                    "INSERT INTO recovery_code (account_id, secret) VALUES (:account, :secret)")
                .bind("account", account)
                .bind("secret", Digests.of(code))
                .execute());
    return true;
  }

  /// After a factor was added. With the first one, sessions and recovery codes from before end.
  private static void enrolled(Handle tx, long account, long kept, List<String> codes) {
    lock(tx, account);
    SessionStore.requireThere(tx, account, kept);
    int first =
        tx.createUpdate(
                "UPDATE account SET second_factor = 1 WHERE id = :account AND second_factor = 0")
            .bind("account", account)
            .execute();
    if (first > 0) {
      tx.createUpdate("DELETE FROM session WHERE account_id = :account AND id <> :kept")
          .bind("account", account)
          .bind("kept", kept)
          .execute();
      PendingSignIns.endAll(tx, account);
      delete(tx, "recovery_code", account); // whoever made some before the first factor
    }
    if (codes(tx, account) == 0) {
      add(tx, account, codes);
    }
    AccountTables.revoke(tx);
  }

  private static boolean removed(Handle tx, long account, int rows) {
    if (rows > 0) {
      lock(tx, account);
      int last =
          tx.createUpdate(
                  "UPDATE account SET second_factor = 0 WHERE id = :account"
                      + " AND NOT EXISTS (SELECT 1 FROM passkey WHERE account_id = :account)"
                      + " AND NOT EXISTS"
                      + " (SELECT 1 FROM totp WHERE account_id = :account AND confirmed = 1)")
              .bind("account", account)
              .execute();
      if (last > 0) {
        delete(tx, "recovery_code", account);
      }
      AccountTables.revoke(tx);
    }
    return rows > 0;
  }

  /// What adds a factor and what removes the last one must see each other.
  private static void lock(Handle tx, long account) {
    tx.createUpdate("UPDATE account SET second_factor = second_factor WHERE id = :account")
        .bind("account", account)
        .execute();
  }

  private static void delete(Handle tx, String table, long account) {
    tx.createUpdate("DELETE FROM " + table + " WHERE account_id = :account")
        .bind("account", account)
        .execute();
  }

  /// Removes all factors of an account.
  static void removeAll(Handle tx, long account) {
    for (String table : List.of("totp", "passkey", "recovery_code", "pending_sign_in")) {
      delete(tx, table, account);
    }
    tx.createUpdate("UPDATE account SET second_factor = 0 WHERE id = :account")
        .bind("account", account)
        .execute();
    AccountTables.revoke(tx);
  }
}
