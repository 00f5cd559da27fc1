package dev.rollcall.server.account.store;

import dev.rollcall.server.account.definition.Digests;
import dev.rollcall.server.account.store.AccountStore.WithPassword;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// Sign-ins of browsers whose password was right, and whose second factor is still to come. They
/// are in the database, so that another process can go on with them.
public final class PendingSignIns {
  public static final Duration TIME = Duration.ofMinutes(5);

  private static final int MOST_ATTEMPTS = 5;

  /// The oldest ones of an account end when it has more.
  private static final int MOST_OF_ACCOUNT = 10;

  private final AccountTables tables;
  private final Clock clock;

  public PendingSignIns(AccountTables tables, Clock clock) {
    this.tables = tables;
    this.clock = clock;
  }

  /// Begins one.
  ///
  /// @param shown the account as it was when its password was compared
  /// @return its secret, for the cookie; empty if the account has changed
  public Optional<String> begin(WithPassword shown) {
    String secret = Digests.secret();
    return tables.write(
        tx -> {
          if (!AccountStore.isStill(tx, shown)) {
            return Optional.empty();
          }
          long account = shown.account().id();
          long now = clock.wall().toEpochMilli();
          tx.createUpdate(
                  "DELETE FROM pending_sign_in WHERE account_id = :account AND (ends_at <= :now"
                      + " OR secret IN (SELECT secret FROM pending_sign_in"
                      + " WHERE account_id = :account ORDER BY ends_at DESC, secret"
                      + " LIMIT 1000 OFFSET :most))")
              .bind("account", account)
              .bind("now", now)
              .bind("most", MOST_OF_ACCOUNT - 1)
              .execute();
          tx.createUpdate(
                  "INSERT INTO pending_sign_in (secret, account_id, attempts, ends_at)"
                      + " VALUES (:secret, :account, 0, :end)")
              .bind("secret", Digests.of(secret))
              .bind("account", account)
              .bind("end", now + TIME.toMillis())
              .execute();
          return Optional.of(secret);
        });
  }

  /// The account of one that has not ended.
  public Optional<Long> account(String secret) {
    return tables.read(
        handle ->
            handle
                .createQuery(
                    "SELECT account_id FROM pending_sign_in"
                        + " WHERE secret = :secret AND ends_at > :now AND attempts < :most")
                .bind("secret", Digests.of(secret))
                .bind("now", clock.wall().toEpochMilli())
                .bind("most", MOST_ATTEMPTS)
                .mapTo(Long.class)
                .findOne());
  }

  /// Counts an attempt.
  ///
  /// @return the account; empty if it has ended, or there were too many
  public Optional<Long> attempt(String secret) {
    return tables.write(
        tx ->
            tx.createQuery(
                    "UPDATE pending_sign_in SET attempts = attempts + 1"
                        + " WHERE secret = :secret AND ends_at > :now AND attempts < :most"
                        + " RETURNING account_id")
                .bind("secret", Digests.of(secret))
                .bind("now", clock.wall().toEpochMilli())
                .bind("most", MOST_ATTEMPTS)
                .mapTo(Long.class)
                .findOne());
  }

  /// Ends one.
  ///
  /// @return false if another request has ended it
  public boolean end(String secret) {
    return tables.write(
            tx ->
                tx.createUpdate("DELETE FROM pending_sign_in WHERE secret = :secret")
                    .bind("secret", Digests.of(secret))
                    .execute())
        > 0;
  }

  /// Ends all of an account.
  static void endAll(Handle tx, long account) {
    tx.createUpdate("DELETE FROM pending_sign_in WHERE account_id = :account")
        .bind("account", account)
        .execute();
  }

  /// Deletes those that have ended, and challenges of passkeys that have, if there are some.
  public void forgetEnded() {
    long now = clock.wall().toEpochMilli();
    for (String table : List.of("pending_sign_in", "used_challenge")) {
      boolean some =
          tables
              .read(
                  handle ->
                      handle
                          .createQuery("SELECT 1 FROM " + table + " WHERE ends_at <= :now LIMIT 1")
                          .bind("now", now)
                          .mapTo(Integer.class)
                          .findOne())
              .isPresent();
      if (some) {
        tables.write(
            tx ->
                tx.createUpdate("DELETE FROM " + table + " WHERE ends_at <= :now")
                    .bind("now", now)
                    .execute());
      }
    }
  }
}
