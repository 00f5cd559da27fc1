package dev.rollcall.server.account.signin;

import dev.rollcall.server.account.audit.Audit;
import dev.rollcall.server.account.definition.Account;
import dev.rollcall.server.account.definition.Digests;
import dev.rollcall.server.account.definition.EmailAddress;
import dev.rollcall.server.account.session.KnownHolders;
import dev.rollcall.server.account.store.AccountStore;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Refusal;
import java.util.List;
import java.util.Optional;

/// What operators, and whoever is at the machine, do about accounts.
public final class Operators {
  /// 132 bits.
  private static final int CODE = 22;

  private static final int PASSWORD = 20;

  private final AccountStore accounts;
  private final Passwords passwords;
  private final KnownHolders known;
  private final Audit audit;
  private final Runnable deletions;

  /// @param deletions is run after the deletion of an account has begun
  public Operators(
      AccountStore accounts,
      Passwords passwords,
      KnownHolders known,
      Audit audit,
      Runnable deletions) {
    this.audit = audit;
    this.deletions = deletions;
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

  /// The newest accounts below an id, with their teams.
  public List<AccountStore.Listed> newest(long before, int limit) {
    return accounts.newest(before, limit);
  }

  /// Begins to delete an account with all that is its own.
  ///
  /// @throws Refusal (404) if there is none with this id, (409) if a team would have no owner, or
  ///   if it is the account that calls
  public void remove(Caller caller, long id) {
    if (caller instanceof Caller.User user && user.account() == id) {
      throw Refusal.of(409, "this is your own account: delete it on the page /account");
    }
    if (!accounts.isThere(id)) {
      throw Refusal.notFound("there is no account " + id);
    }
    Optional<String> team = accounts.beginDelete(id);
    if (team.isPresent()) {
      throw teamWithoutOwner(team.get());
    }
    known.forget();
    deletions.run();
  }

  /// For a team whose last owner would go.
  static Refusal teamWithoutOwner(String team) {
    return Refusal.of(
        409,
        "the team '"
            + team
            + "' would have no owner: make another member an owner, or delete the team");
  }

  private void recorded(String what) {
    audit.record(new Caller.Operator(false), "-", "rollcall operator", what);
  }
}
