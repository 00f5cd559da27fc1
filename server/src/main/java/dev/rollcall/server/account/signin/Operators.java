package dev.rollcall.server.account.signin;

import dev.rollcall.server.account.audit.Audit;
import dev.rollcall.server.account.definition.Account;
import dev.rollcall.server.account.definition.Digests;
import dev.rollcall.server.account.definition.EmailAddress;
import dev.rollcall.server.account.session.KnownHolders;
import dev.rollcall.server.account.store.AccountStore;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Refusal;

/// What somebody at the machine may do about accounts.
public final class Operators {
  /// 132 bits.
  private static final int CODE = 22;

  private static final int PASSWORD = 20;

  private final AccountStore accounts;
  private final Passwords passwords;
  private final KnownHolders known;
  private final Audit audit;

  public Operators(AccountStore accounts, Passwords passwords, KnownHolders known, Audit audit) {
    this.audit = audit;
    this.accounts = accounts;
    this.passwords = passwords;
    this.known = known;
  }

  /// The setup code of a server that has neither an account nor a code.
  public String firstSetupCode() {
    String code = Digests.secret().substring(0, CODE);
    accounts.setupCode(code);
    return code;
  }

  /// A setup code that replaces all others.
  public String newSetupCode() {
    String code = firstSetupCode();
    recorded("new setup code");
    return code;
  }

  /// Gives an account another password, removes its second factors, and ends its sessions.
  ///
  /// @throws Refusal (404) if there is no such account
  public String newPassword(String address) throws InterruptedException {
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
