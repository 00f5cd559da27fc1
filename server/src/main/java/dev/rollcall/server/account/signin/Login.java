package dev.rollcall.server.account.signin;

import dev.rollcall.server.account.definition.Account;
import dev.rollcall.server.account.definition.AccountSettings;
import dev.rollcall.server.account.session.Sessions;
import dev.rollcall.server.account.store.AccountStore.WithPassword;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import java.util.Optional;
import java.util.function.Supplier;

/// `POST /login`: a token for the right password. Browsers sign in with [SignIn]. All mistakes are
/// refusals.
public final class Login {
  private final AccountPasswords passwords;
  private final SecondFactor factors;
  private final Sessions sessions;
  private final SignInLimits limits;
  private final Supplier<AccountSettings> settings;

  public Login(
      AccountPasswords passwords,
      SecondFactor factors,
      Sessions sessions,
      SignInLimits limits,
      Supplier<AccountSettings> settings) {
    this.passwords = passwords;
    this.factors = factors;
    this.sessions = sessions;
    this.limits = limits;
    this.settings = settings;
  }

  /// Begins a session with the right password.
  ///
  /// @param code of the second factor, if the account has one
  /// @return its token
  public String token(Request request, String address, String password, Optional<String> code)
      throws InterruptedException {
    limits.login(request.client());
    WithPassword shown = passwords.account(request.client(), address, password);
    Account account = shown.account();
    if (account.secondFactor()) {
      factors.require(
          account.id(),
          code.orElseThrow(
              () ->
                  Refusal.of(
                      401,
                      "Code: is missing: this account has a second factor, so send a code of its"
                          + " app or a recovery code")));
    } else if (settings.get().secondFactor().isDemandedOf(account.operates())) {
      throw Refusal.of(
          403, "a second factor is demanded of this account: add one on the page /account");
    }
    return sessions
        .ofToken(request, shown, settings.get().tokenLifetime())
        .orElseThrow(AccountPasswords::wrong);
  }
}
