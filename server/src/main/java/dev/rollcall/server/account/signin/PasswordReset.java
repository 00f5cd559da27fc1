package dev.rollcall.server.account.signin;

import dev.rollcall.server.account.audit.Audit;
import dev.rollcall.server.account.definition.Account;
import dev.rollcall.server.account.definition.Digests;
import dev.rollcall.server.account.definition.EmailAddress;
import dev.rollcall.server.account.store.AccountStore;
import dev.rollcall.server.account.store.AccountTables;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Unavailable;
import dev.rollcall.server.time.Clock;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;

/// Another password for somebody who has forgotten theirs, by a link in a mail. The second factor
/// stays as it is.
public final class PasswordReset {
  private static final Duration VALID = Duration.ofHours(1);
  private static final int MOST_SENDING = 16;
  private static final Duration RETRY_AFTER = Duration.ofSeconds(10);

  private final AccountTables tables;
  private final AccountStore accounts;
  private final AccountPasswords passwords;
  private final SignInLimits limits;
  private final Audit audit;
  private final Supplier<Optional<URI>> publicUrl;
  private final Clock clock;
  private final Semaphore sending = new Semaphore(MOST_SENDING);
  private volatile AccountMail mail = AccountMail.NONE;

  public PasswordReset(
      AccountTables tables,
      AccountStore accounts,
      AccountPasswords passwords,
      SignInLimits limits,
      Audit audit,
      Supplier<Optional<URI>> publicUrl,
      Clock clock) {
    this.tables = tables;
    this.accounts = accounts;
    this.passwords = passwords;
    this.limits = limits;
    this.audit = audit;
    this.publicUrl = publicUrl;
    this.clock = clock;
  }

  /// Sends mail this way from now on.
  public void mail(AccountMail way) {
    mail = way;
  }

  /// Mails a link to the address if it has an account with a password: who signs in with a provider
  /// only gets none. Whether it has one cannot be seen, neither from the answer nor from its time.
  ///
  /// @throws Refusal (409) if this server cannot mail links, (400) for what is no address, (429)
  ///   after too many
  public void ask(Request request, String address) {
    URI url = publicUrl.get().filter(_ -> mail.isThere()).orElseThrow(PasswordReset::noMail);
    EmailAddress email =
        EmailAddress.of(address)
            .orElseThrow(
                () ->
                    Refusal.badRequest(
                        "email: is no address: write it as in" + " name@example.org"));
    limits.login(request.client());
    limits.reset(email.key());
    if (!sending.tryAcquire()) {
      throw new Unavailable("too many mails are being sent", RETRY_AFTER);
    }
    Thread.ofVirtual()
        .name("password-reset")
        .start(
            () -> {
              try {
                accounts
                    .find(email)
                    .filter(found -> found.hash().isPresent())
                    .ifPresent(found -> mailed(found.account(), url));
              } finally {
                sending.release();
              }
            });
  }

  /// Whether this server can mail links.
  public boolean isPossible() {
    return publicUrl.get().isPresent() && mail.isThere();
  }

  private static Refusal noMail() {
    return Refusal.of(
        409,
        "this server sends no mail to people with accounts: an operator can give you another"
            + " password with rollcall operator --reset=<address>");
  }

  private void mailed(Account account, URI url) {
    String code = Digests.secret();
    tables.write(
        tx ->
            tx.createUpdate(
                    "INSERT INTO password_reset (account_id, secret, ends_at)"
                        + " VALUES (:account, :secret, :end) ON CONFLICT (account_id)"
                        + " DO UPDATE SET secret = excluded.secret, ends_at = excluded.ends_at")
                .bind("account", account.id())
                .bind("secret", Digests.of(code))
                .bind("end", clock.wall().plus(VALID).toEpochMilli())
                .execute());
    try {
      mail.send(
          account.email(),
          "Another password for Rollcall",
          """
          Somebody, probably you, has asked for another password for this address. Open this link \
          within an hour to choose one:

          %s/account/reset?code=%s

          If it was not you, nothing has to be done: your password stays as it is.
          """
              .formatted(url, code));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Whether a link with this code can be used.
  public boolean isValid(String code) {
    return tables.read(handle -> account(handle, code)).isPresent();
  }

  private Optional<Long> account(Handle handle, String code) {
    return handle
        .createQuery(
            "SELECT r.account_id FROM password_reset r JOIN account a ON a.id = r.account_id"
                + " WHERE r.secret = :secret AND r.ends_at > :now AND a.password IS NOT NULL")
        .bind("secret", Digests.of(code))
        .bind("now", clock.wall().toEpochMilli())
        .mapTo(Long.class)
        .findOne();
  }

  /// Changes the password, ends all sessions, and uses up the link.
  ///
  /// @throws Refusal (403) for a link that cannot be used, (400) for a password that cannot be
  public void change(Request request, String code, String password) throws InterruptedException {
    limits.login(request.client());
    long account = tables.read(handle -> account(handle, code)).orElseThrow(PasswordReset::invalid);
    passwords.requireUsable("new_password", password);
    String hash = passwords.hash(password);
    if (!passwords.replaceByLink(account, code, hash)) {
      throw invalid();
    }
    accounts
        .find(account)
        .ifPresent(
            found ->
                audit.record(
                    found.account(),
                    request.client().getHostAddress(),
                    "password reset",
                    "by a link in a mail"));
  }

  private static Refusal invalid() {
    return Refusal.of(403, "the link is not valid, was used, or has ended: ask for another one");
  }

  /// Forgets links that have ended.
  public void forgetEnded() {
    long now = clock.wall().toEpochMilli();
    boolean some =
        tables
            .read(
                handle ->
                    handle
                        .createQuery("SELECT 1 FROM password_reset WHERE ends_at <= :now LIMIT 1")
                        .bind("now", now)
                        .mapTo(Integer.class)
                        .findOne())
            .isPresent();
    if (some) {
      tables.write(
          tx ->
              tx.createUpdate("DELETE FROM password_reset WHERE ends_at <= :now")
                  .bind("now", now)
                  .execute());
    }
  }
}
