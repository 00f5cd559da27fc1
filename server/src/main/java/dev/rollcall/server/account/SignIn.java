package dev.rollcall.server.account;

import dev.rollcall.server.account.AccountSettings.Registration;
import dev.rollcall.server.account.AccountStore.Created;
import dev.rollcall.server.account.AccountStore.WithPassword;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.time.Clock;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/// Registering, signing in and out, and what somebody does with their own account; for the API and
/// for the pages. All mistakes are refusals.
final class SignIn {
  /// How long a browser is signed in.
  static final Duration OF_BROWSER = Duration.ofDays(30);

  /// How long a sign-in is a proof for what else needs the password.
  private static final Duration FRESH = Duration.ofMinutes(10);

  private static final int LONGEST_AGENT = 200;

  private final AccountStore accounts;
  private final SessionStore sessions;
  private final Passwords passwords;
  private final Supplier<WebTokens> tokens;
  private final KnownHolders known;
  private final SignInLimits limits;
  private final Supplier<AccountSettings> settings;
  private final Clock clock;

  SignIn(
      AccountStore accounts,
      SessionStore sessions,
      Passwords passwords,
      Supplier<WebTokens> tokens,
      KnownHolders known,
      SignInLimits limits,
      Supplier<AccountSettings> settings,
      Clock clock) {
    this.accounts = accounts;
    this.sessions = sessions;
    this.passwords = passwords;
    this.tokens = tokens;
    this.known = known;
    this.limits = limits;
    this.settings = settings;
    this.clock = clock;
  }

  /// Registers an account.
  ///
  /// @param setupCode makes it an operator's
  /// @param invitation makes it a member of a team, or lets it in where registration is not open
  Account register(
      Request request,
      String address,
      String password,
      Optional<String> setupCode,
      Optional<String> invitation)
      throws InterruptedException {
    limits.registration(request.client());
    EmailAddress email =
        EmailAddress.of(address)
            .orElseThrow(
                () -> Refusal.badRequest("Email: is no address: write it as in name@example.org"));
    requireUsable("Password", password);
    requireAdmission(setupCode, invitation);
    return switch (accounts.create(email, passwords.hash(password), setupCode, invitation)) {
      case Created.Done(Account account) -> account;
      case Created.Taken() -> throw Refusal.of(409, "Email: there is an account with this address");
      case Created.WrongCode() ->
          throw Refusal.of(
              403, "SetupCode: is not valid, or was used: run rollcall operator for another one");
      case Created.WrongInvitation() -> throw TeamChanges.invalid();
    };
  }

  private void requireAdmission(Optional<String> setupCode, Optional<String> invitation) {
    Registration registration = settings.get().registration();
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

  /// Begins a session with the right password.
  ///
  /// @return its token
  String token(Request request, String address, String password) throws InterruptedException {
    limits.login(request.client());
    Account account = checked(request, address, password);
    Duration lifetime = settings.get().tokenLifetime();
    Instant now = clock.wall();
    long session = begin(request, account, SessionStore.Kind.JWT, Optional.empty(), lifetime);
    return tokens.get().sign(account.id(), session, now, now.plus(lifetime));
  }

  /// Begins a session of a browser with the right password.
  ///
  /// @return the value of its cookie
  String cookie(Request request, String address, String password) throws InterruptedException {
    limits.login(request.client());
    Account account = checked(request, address, password);
    String secret = Digests.secret();
    begin(request, account, SessionStore.Kind.BROWSER, Optional.of(secret), OF_BROWSER);
    return secret;
  }

  /// Begins a session of a browser for somebody whom a provider has identified.
  ///
  /// @return the value of its cookie
  String cookie(Request request, Account account, Duration lifetime) {
    String secret = Digests.secret();
    begin(request, account, SessionStore.Kind.PROVIDER, Optional.of(secret), lifetime);
    return secret;
  }

  /// Makes the role of an account count that has changed.
  void roleChanged() {
    known.forget();
  }

  private long begin(
      Request request,
      Account account,
      SessionStore.Kind kind,
      Optional<String> secret,
      Duration lifetime) {
    String agent = request.header("User-Agent").orElse("");
    return sessions.begin(
        account.id(),
        kind,
        secret,
        request.client().getHostAddress(),
        agent.substring(0, Math.min(agent.length(), LONGEST_AGENT)),
        lifetime);
  }

  /// The account with this password. An unknown address and a wrong password look alike, and take
  /// the same time.
  private Account checked(Request request, String address, String password)
      throws InterruptedException {
    Optional<EmailAddress> email = EmailAddress.of(address);
    String key = email.map(EmailAddress::key).orElse("");
    InetAddress client = request.client();
    limits.beforePassword(client, key);
    Optional<WithPassword> account = email.flatMap(accounts::find);
    if (password.length() > Passwords.LONGEST
        || !passwords.matches(password, account.flatMap(WithPassword::hash))) {
      throw Refusal.of(401, "the address or the password is wrong");
    }
    limits.rightPassword(client, key);
    return account.orElseThrow().account();
  }

  /// Ends the session of the request.
  void out(Caller.User user) {
    sessions.end(user.account(), user.session());
    known.forget();
  }

  /// The account of the request.
  Account account(Caller.User user) {
    return accounts
        .find(user.account())
        .map(WithPassword::account)
        .orElseThrow(() -> Refusal.notFound("there is no such account any more"));
  }

  /// Changes the password, and ends all other sessions.
  void changePassword(Request request, Caller.User user, String password, String next)
      throws InterruptedException {
    requireUsable("new_password", next);
    checked(request, account(user).email(), password);
    accounts.changePassword(user.account(), passwords.hash(next), user.session());
    known.forget();
  }

  /// Whether the account can sign in with a password.
  boolean hasPassword(Caller.User user) {
    return accounts.find(user.account()).flatMap(WithPassword::hash).isPresent();
  }

  /// Begins to delete the account with everything that belongs to it.
  ///
  /// @param proof its password; of an account without one its address, soon after a sign-in
  void delete(Request request, Caller.User user, String proof) throws InterruptedException {
    if (hasPassword(user)) {
      checked(request, account(user).email(), proof);
    } else {
      requireFresh(user, proof);
    }
    Optional<String> team = accounts.beginDelete(user.account());
    if (team.isPresent()) {
      throw Refusal.of(
          409,
          "the team '"
              + team.get()
              + "' would have no owner: make another member an owner, or delete the team");
    }
    known.forget();
  }

  /// Without a password, a new sign-in shows that somebody at the browser is the owner of the
  /// account, and the address that they mean it.
  private void requireFresh(Caller.User user, String address) {
    Instant since = clock.wall().minus(FRESH);
    if (sessions.sessions(user.account()).stream()
        .noneMatch(one -> one.id() == user.session() && one.createdAt().isAfter(since))) {
      throw Refusal.of(
          403,
          "this needs a sign-in of the last "
              + FRESH.toMinutes()
              + " minutes: sign out, sign in again, and then delete the account");
    }
    if (!address.strip().equalsIgnoreCase(account(user).email())) {
      throw Refusal.of(401, "this is not the address of the account");
    }
  }

  private void requireUsable(String key, String password) {
    int shortest = settings.get().shortestPassword();
    if (password.codePointCount(0, password.length()) < shortest) {
      throw Refusal.badRequest(key + ": has fewer than " + shortest + " characters");
    }
    if (password.length() > Passwords.LONGEST) {
      throw Refusal.badRequest(key + ": has more than " + Passwords.LONGEST + " characters");
    }
  }
}
