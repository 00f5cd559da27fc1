package dev.rollcall.server.account.signin;

import dev.rollcall.server.account.audit.Audit;
import dev.rollcall.server.account.definition.Account;
import dev.rollcall.server.account.definition.AccountSettings;
import dev.rollcall.server.account.definition.AccountSettings.Registration;
import dev.rollcall.server.account.definition.EmailAddress;
import dev.rollcall.server.account.store.AccountStore;
import dev.rollcall.server.account.store.AccountStore.Created;
import dev.rollcall.server.account.store.AccountStore.WithPassword;
import dev.rollcall.server.account.team.TeamChanges;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Registering, for the API and for the pages. All mistakes are refusals.
public final class SignUp {
  private final AccountStore accounts;
  private final AccountPasswords passwords;
  private final SignInLimits limits;
  private final Audit audit;
  private final Supplier<AccountSettings> settings;

  public SignUp(
      AccountStore accounts,
      AccountPasswords passwords,
      SignInLimits limits,
      Audit audit,
      Supplier<AccountSettings> settings) {
    this.accounts = accounts;
    this.passwords = passwords;
    this.limits = limits;
    this.audit = audit;
    this.settings = settings;
  }

  /// Who may register.
  public Registration registration() {
    return settings.get().registration();
  }

  /// Registers an account, and returns it with its password.
  ///
  /// @param givenCode makes it an operator's
  /// @param givenInvitation makes it a member of a team, or lets it in where registration is not
  ///   open
  public WithPassword register(
      Request request,
      String address,
      String password,
      Optional<String> givenCode,
      Optional<String> givenInvitation)
      throws InterruptedException {
    Optional<String> setupCode = givenCode.filter(code -> !code.isBlank());
    Optional<String> invitation = givenInvitation.filter(code -> !code.isBlank());
    limits.registration(request.client());
    Optional<EmailAddress> email = EmailAddress.of(address);
    List<String> mistakes =
        Stream.concat(
                email.isPresent()
                    ? Stream.empty()
                    : Stream.of("Email: is no address: write it as in name@example.org"),
                passwords.mistake("Password", password).stream())
            .toList();
    if (!mistakes.isEmpty()) {
      throw Refusal.badRequest(mistakes);
    }
    requireAdmission(setupCode, invitation);
    String hash = passwords.hash(password);
    return switch (accounts.create(email.orElseThrow(), hash, setupCode, invitation)) {
      case Created.Done(Account account, var joined) -> {
        audit.registered(request, account, joined);
        yield new WithPassword(account, Optional.of(hash));
      }
      case Created.Taken() -> throw Refusal.of(409, "Email: there is an account with this address");
      case Created.WrongCode() ->
          throw Refusal.of(
              403, "SetupCode: is not valid, or was used: run rollcall operator for another one");
      case Created.WrongInvitation() -> throw TeamChanges.invalid();
    };
  }

  private void requireAdmission(Optional<String> setupCode, Optional<String> invitation) {
    Registration registration = registration();
    if (setupCode.isPresent() && invitation.isPresent()) {
      throw Refusal.badRequest("SetupCode: give it or the invitation, not both");
    }
    if (setupCode.isEmpty() && registration == Registration.CLOSED) {
      throw Refusal.of(403, "registration is closed here: ask the operator for a setup code");
    }
    if (setupCode.isEmpty() && invitation.isEmpty() && registration == Registration.INVITE) {
      throw Refusal.of(403, "registration is by invitation here: ask for one");
    }
  }
}
