package dev.rollcall.server.account.signin;

import dev.rollcall.server.account.definition.Account;
import dev.rollcall.server.account.session.KnownHolders;
import dev.rollcall.server.account.session.Sessions;
import dev.rollcall.server.account.store.AccountStore;
import dev.rollcall.server.account.store.AccountStore.WithPassword;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import java.util.Optional;

/// What somebody does with their own account, for the API and for the pages. All mistakes are
/// refusals.
public final class OwnAccount {
  private final AccountStore accounts;
  private final AccountPasswords passwords;
  private final SecondFactor factors;
  private final Sessions sessions;
  private final KnownHolders known;
  private final Runnable deletions;

  /// What shows that the person is at the keyboard.
  ///
  /// @param code of the second factor, if the account has one; a session that has just begun will
  ///   do
  public record Proof(String password, Optional<String> code) {}

  /// @param deletions is run after the deletion of an account has begun
  public OwnAccount(
      AccountStore accounts,
      AccountPasswords passwords,
      SecondFactor factors,
      Sessions sessions,
      KnownHolders known,
      Runnable deletions) {
    this.accounts = accounts;
    this.passwords = passwords;
    this.factors = factors;
    this.sessions = sessions;
    this.known = known;
    this.deletions = deletions;
  }

  /// The account of the request.
  public Account of(Caller.User user) {
    return accounts.existing(user.account());
  }

  /// Whether the account can sign in with a password.
  public boolean hasPassword(Caller.User user) {
    return accounts.find(user.account()).flatMap(WithPassword::hash).isPresent();
  }

  /// Before a change that only the person may make: the password, and the second factor if there is
  /// one.
  public void confirm(Request request, Caller.User user, Proof proof) throws InterruptedException {
    Account account = passwords.own(request.client(), of(user), proof.password()).account();
    factors.confirm(account, user, proof.code());
  }

  /// Before a provider is connected, which signs in without the password from then on: the same
  /// proof. Of an account without a password, a sign-in that has just been.
  public void confirmConnection(Request request, Caller.User user, Proof proof)
      throws InterruptedException {
    if (hasPassword(user)) {
      confirm(request, user, proof);
    } else {
      requireFresh(user);
    }
  }

  /// Changes the password, and ends all other sessions.
  public void changePassword(Request request, Caller.User user, Proof proof, String next)
      throws InterruptedException {
    passwords.requireUsable("new_password", next);
    confirm(request, user, proof);
    passwords.replace(user.account(), passwords.hash(next), user.session());
  }

  /// Begins to delete the account with everything that belongs to it.
  ///
  /// @param proof its password; of an account without one its address, soon after a sign-in
  /// @param code of its second factor, if it has one
  public void delete(Request request, Caller.User user, String proof, Optional<String> code)
      throws InterruptedException {
    if (hasPassword(user)) {
      confirm(request, user, new Proof(proof, code));
    } else {
      requireFresh(user);
      requireAddress(user, proof);
    }
    Optional<String> team = accounts.beginDelete(user.account());
    if (team.isPresent()) {
      throw Operators.teamWithoutOwner(team.get());
    }
    known.forget();
    deletions.run();
  }

  /// Without a password, a new sign-in shows that somebody at the browser is the owner of the
  /// account.
  private void requireFresh(Caller.User user) {
    if (!sessions.isFresh(user)) {
      throw Refusal.of(
          403,
          "this needs a sign-in of the last "
              + Sessions.FRESH.toMinutes()
              + " minutes: sign out, sign in again, and try again");
    }
  }

  /// The address shows that they mean it.
  private void requireAddress(Caller.User user, String address) {
    if (!address.strip().equalsIgnoreCase(of(user).email())) {
      throw Refusal.of(401, "this is not the address of the account");
    }
  }
}
