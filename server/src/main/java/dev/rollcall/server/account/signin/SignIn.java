package dev.rollcall.server.account.signin;

import dev.rollcall.server.account.session.Sessions;
import dev.rollcall.server.account.store.AccountStore;
import dev.rollcall.server.account.store.AccountStore.WithPassword;
import dev.rollcall.server.account.store.PendingSignIns;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import java.util.Optional;
import java.util.function.Supplier;

/// Signing in with a browser: with a password and, where there is one, the second factor after it;
/// or with a passkey. All mistakes are refusals.
public final class SignIn {
  /// What a browser gets for the right password.
  public sealed interface Entry {
    /// A session, with the value of its cookie.
    record Session(String secret) implements Entry {}

    /// The second factor is still to come.
    record Pending(String secret) implements Entry {}
  }

  private final AccountStore accounts;
  private final AccountPasswords passwords;
  private final SecondFactor factors;
  private final PendingSignIns pending;
  private final Sessions sessions;
  private final SignInLimits limits;

  public SignIn(
      AccountStore accounts,
      AccountPasswords passwords,
      SecondFactor factors,
      PendingSignIns pending,
      Sessions sessions,
      SignInLimits limits) {
    this.accounts = accounts;
    this.passwords = passwords;
    this.factors = factors;
    this.pending = pending;
    this.sessions = sessions;
    this.limits = limits;
  }

  /// Begins a session with the right password, or what comes before one.
  public Entry enter(Request request, String address, String password) throws InterruptedException {
    limits.login(request.client());
    WithPassword shown = passwords.account(request.client(), address, password);
    Optional<Entry> entry =
        shown.account().secondFactor()
            ? pending.begin(shown).map(Entry.Pending::new)
            : sessions.ofBrowser(request, shown).map(Entry.Session::new);
    return entry.orElseThrow(AccountPasswords::wrong);
  }

  /// The account of a browser whose second factor is to come.
  public Optional<Long> pending(String secret) {
    return pending.account(secret);
  }

  /// Begins a session with a code of the second factor, after the password.
  ///
  /// @return the value of its cookie
  public String enterWithCode(Request request, String secret, String code) {
    limits.login(request.client());
    long account = pending.attempt(secret).orElseThrow(SignIn::over);
    // Read before the sign-in ends: a change of the password after that is seen, one before it has
    // ended the sign-in.
    WithPassword shown = accounts.find(account).orElseThrow(SignIn::over);
    factors.require(account, code);
    if (!pending.end(secret)) {
      throw over();
    }
    return sessions.ofBrowser(request, shown).orElseThrow(SignIn::over);
  }

  private static Refusal over() {
    return Refusal.of(401, "the time is over: sign in again");
  }

  /// Begins a session with a passkey.
  ///
  /// @param account finds out whose it is, as it was before the passkey was used
  /// @return the value of its cookie
  public String enterWithPasskey(Request request, Supplier<WithPassword> account) {
    limits.login(request.client());
    return sessions.ofBrowser(request, account.get()).orElseThrow(SignIn::over);
  }
}
