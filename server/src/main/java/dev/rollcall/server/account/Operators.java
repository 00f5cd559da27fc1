package dev.rollcall.server.account;

import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Refusal;

/// What somebody at the machine may do about accounts.
final class Operators {
  /// 132 bits.
  private static final int CODE = 22;

  private static final int PASSWORD = 20;

  private final AccountStore accounts;
  private final Passwords passwords;
  private final KnownHolders known;
  private final Audit audit;

  Operators(AccountStore accounts, Passwords passwords, KnownHolders known, Audit audit) {
    this.audit = audit;
    this.accounts = accounts;
    this.passwords = passwords;
    this.known = known;
  }

  /// The setup code of a server that has neither an account nor a code.
  String firstSetupCode() {
    String code = Digests.secret().substring(0, CODE);
    accounts.setupCode(code);
    return code;
  }

  /// A setup code that replaces all others.
  String newSetupCode() {
    String code = firstSetupCode();
    recorded("new setup code");
    return code;
  }

  /// Gives an account another password, removes its second factors, and ends its sessions.
  ///
  /// @throws Refusal (404) if there is no such account
  String newPassword(String address) throws InterruptedException {
    Account account =
        EmailAddress.of(address)
            .flatMap(accounts::find)
            .map(AccountStore.WithPassword::account)
            .orElseThrow(() -> Refusal.notFound("there is no account " + address));
    String password = Digests.secret().substring(0, PASSWORD);
    accounts.reset(account.id(), passwords.hash(password));
    known.forget();
    recorded("new password of " + account.email());
    return password;
  }

  private void recorded(String what) {
    audit.record(new Caller.Operator(false), "-", "rollcall operator", what);
  }
}
