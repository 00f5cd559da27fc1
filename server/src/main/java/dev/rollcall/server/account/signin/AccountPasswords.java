package dev.rollcall.server.account.signin;

import dev.rollcall.server.account.definition.Account;
import dev.rollcall.server.account.definition.AccountSettings;
import dev.rollcall.server.account.definition.EmailAddress;
import dev.rollcall.server.account.session.KnownHolders;
import dev.rollcall.server.account.store.AccountStore;
import dev.rollcall.server.account.store.AccountStore.WithPassword;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Unavailable;
import java.net.InetAddress;
import java.util.Optional;
import java.util.function.Supplier;

/// The passwords of accounts: compares them, and replaces them. All mistakes are refusals.
public final class AccountPasswords {
  private final AccountStore accounts;
  private final Passwords passwords;
  private final SignInLimits limits;
  private final KnownHolders known;
  private final Supplier<AccountSettings> settings;

  public AccountPasswords(
      AccountStore accounts,
      Passwords passwords,
      SignInLimits limits,
      KnownHolders known,
      Supplier<AccountSettings> settings) {
    this.accounts = accounts;
    this.passwords = passwords;
    this.limits = limits;
    this.known = known;
    this.settings = settings;
  }

  /// The account with this password, as it was when this was compared. An unknown address and a
  /// wrong password look alike, and take the same time.
  WithPassword account(InetAddress client, String address, String password)
      throws InterruptedException {
    return find(client, address, password).orElseThrow(AccountPasswords::wrong);
  }

  /// The account of somebody who is signed in, if this is its password.
  WithPassword own(InetAddress client, Account account, String password)
      throws InterruptedException {
    return find(client, account.email(), password)
        .orElseThrow(() -> Refusal.of(401, "the password is wrong"));
  }

  private Optional<WithPassword> find(InetAddress client, String address, String password)
      throws InterruptedException {
    Optional<EmailAddress> email = EmailAddress.of(address);
    String key = email.map(EmailAddress::key).orElse("");
    limits.beforePassword(client, key);
    Optional<WithPassword> account = email.flatMap(accounts::find);
    if (characters(password) > Passwords.LONGEST || !matches(client, key, password, account)) {
      return Optional.empty();
    }
    limits.notWrongPassword(client, key);
    return account;
  }

  private static int characters(String password) {
    return password.codePointCount(0, password.length());
  }

  private boolean matches(
      InetAddress client, String key, String password, Optional<WithPassword> account)
      throws InterruptedException {
    try {
      return passwords.matches(password, account.flatMap(WithPassword::hash));
    } catch (Unavailable e) {
      limits.notWrongPassword(client, key);
      throw e;
    }
  }

  /// The refusal of a wrong password.
  static Refusal wrong() {
    return Refusal.of(401, "the address or the password is wrong");
  }

  /// @param key of the password in the request
  /// @throws Refusal (400) for a password that no account can have
  void requireUsable(String key, String password) {
    mistake(key, password)
        .ifPresent(
            reason -> {
              throw Refusal.badRequest(reason);
            });
  }

  /// What is wrong with a new password.
  Optional<String> mistake(String key, String password) {
    int shortest = settings.get().shortestPassword();
    if (characters(password) < shortest) {
      return Optional.of(key + ": has fewer than " + shortest + " characters");
    }
    return characters(password) > Passwords.LONGEST
        ? Optional.of(key + ": has more than " + Passwords.LONGEST + " characters")
        : Optional.empty();
  }

  /// The hash of a password that somebody chooses.
  String hash(String password) throws InterruptedException {
    return passwords.hash(password);
  }

  /// Gives an account another password with a link of a mail, and ends its sessions.
  ///
  /// @return false if the link cannot be used any more
  boolean replaceByLink(long account, String code, String hash) {
    boolean replaced = accounts.changePasswordByLink(account, code, hash);
    known.forget();
    return replaced;
  }

  /// Gives an account another password, and ends its other sessions.
  ///
  /// @param kept the id of the session that asks for it
  void replace(long account, String hash, long kept) {
    accounts.changePassword(account, hash, kept);
    known.forget();
  }
}
