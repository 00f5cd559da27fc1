package dev.rollcall.server.account.signin;

import dev.rollcall.server.account.definition.Account;
import dev.rollcall.server.account.definition.AccountSettings;
import dev.rollcall.server.account.definition.AccountSettings.Registration;
import dev.rollcall.server.account.definition.Digests;
import dev.rollcall.server.account.definition.EmailAddress;
import dev.rollcall.server.account.session.KnownHolders;
import dev.rollcall.server.account.session.WebTokens;
import dev.rollcall.server.account.store.AccountStore;
import dev.rollcall.server.account.store.AccountStore.Created;
import dev.rollcall.server.account.store.AccountStore.WithPassword;
import dev.rollcall.server.account.store.PendingSignIns;
import dev.rollcall.server.account.store.SessionStore;
import dev.rollcall.server.account.team.TeamChanges;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.time.Clock;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Registering, signing in and out, and what somebody does with their own account; for the API and
/// for the pages. All mistakes are refusals.
public final class SignIn {
  /// How long a browser is signed in.
  public static final Duration OF_BROWSER = Duration.ofDays(30);

  /// How long a sign-in is a proof for what else needs the password.
  private static final Duration FRESH = Duration.ofMinutes(10);

  private static final int LONGEST_AGENT = 200;

  /// What a browser gets for the right password.
  public sealed interface Entry {
    /// A session, with the value of its cookie.
    record Session(String secret) implements Entry {}

    /// The second factor is still to come.
    record Pending(String secret) implements Entry {}
  }

  private final AccountStore accounts;
  private final SessionStore sessions;
  private final Passwords passwords;
  private final Supplier<WebTokens> tokens;
  private final KnownHolders known;
  private final SignInLimits limits;
  private final SecondFactor factors;
  private final PendingSignIns pending;
  private final Supplier<AccountSettings> settings;
  private final Clock clock;

  /// What shows that the person is at the keyboard.
  ///
  /// @param code of the second factor, if the account has one; a session that has just begun will
  ///   do
  public record Proof(String password, Optional<String> code) {}

  public SignIn(
      AccountStore accounts,
      SessionStore sessions,
      Passwords passwords,
      Supplier<WebTokens> tokens,
      KnownHolders known,
      SignInLimits limits,
      SecondFactor factors,
      PendingSignIns pending,
      Supplier<AccountSettings> settings,
      Clock clock) {
    this.accounts = accounts;
    this.sessions = sessions;
    this.passwords = passwords;
    this.tokens = tokens;
    this.known = known;
    this.limits = limits;
    this.factors = factors;
    this.pending = pending;
    this.settings = settings;
    this.clock = clock;
  }

  /// Who may register.
  public Registration registration() {
    return settings.get().registration();
  }

  /// Registers an account.
  ///
  /// @param setupCode makes it an operator's
  /// @param invitation makes it a member of a team, or lets it in where registration is not open
  public Account register(
      Request request,
      String address,
      String password,
      Optional<String> setupCode,
      Optional<String> invitation)
      throws InterruptedException {
    limits.registration(request.client());
    Optional<EmailAddress> email = EmailAddress.of(address);
    List<String> mistakes =
        Stream.concat(
                email.isPresent()
                    ? Stream.empty()
                    : Stream.of("Email: is no address: write it as in name@example.org"),
                mistake("Password", password).stream())
            .toList();
    if (!mistakes.isEmpty()) {
      throw Refusal.badRequest(mistakes);
    }
    requireAdmission(setupCode, invitation);
    return switch (accounts.create(
        email.orElseThrow(), passwords.hash(password), setupCode, invitation)) {
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
  /// @param code of the second factor, if the account has one
  /// @return its token
  public String token(Request request, String address, String password, Optional<String> code)
      throws InterruptedException {
    limits.login(request.client());
    Account account = checked(request, address, password);
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
    Duration lifetime = settings.get().tokenLifetime();
    Instant now = clock.wall();
    long session = begin(request, account, SessionStore.Kind.JWT, Optional.empty(), lifetime);
    return tokens.get().sign(account.id(), session, now, now.plus(lifetime));
  }

  /// Begins a session of a browser with the right password, or what comes before one.
  public Entry enter(Request request, String address, String password) throws InterruptedException {
    limits.login(request.client());
    Account account = checked(request, address, password);
    return account.secondFactor()
        ? new Entry.Pending(pending.begin(account.id()))
        : new Entry.Session(enterAs(request, account));
  }

  /// The account of a browser whose second factor is to come.
  public Optional<Long> pending(String secret) {
    return pending.account(secret);
  }

  /// Begins a session of a browser with a code of the second factor, after the password.
  ///
  /// @return the value of its cookie
  public String enterWithCode(Request request, String secret, String code) {
    limits.login(request.client());
    long account =
        pending
            .attempt(secret)
            .orElseThrow(() -> Refusal.of(401, "the time is over: sign in again"));
    factors.require(account, code);
    if (!pending.end(secret)) {
      throw Refusal.of(401, "the time is over: sign in again");
    }
    return enterAs(request, found(account));
  }

  /// Begins a session of a browser with a passkey.
  ///
  /// @param account finds out whose it is
  /// @return the value of its cookie
  public String enterWithPasskey(Request request, Supplier<Long> account) {
    limits.login(request.client());
    return enterAs(request, found(account.get()));
  }

  private Account found(long account) {
    return accounts
        .find(account)
        .map(WithPassword::account)
        .orElseThrow(() -> Refusal.notFound("there is no such account any more"));
  }

  /// Begins a session of a browser for who has shown all that is asked.
  ///
  /// @return the value of its cookie
  public String enterAs(Request request, Account account) {
    String secret = Digests.secret();
    begin(request, account, SessionStore.Kind.BROWSER, Optional.of(secret), OF_BROWSER);
    return secret;
  }

  /// Begins a session of a browser for somebody whom a provider has identified.
  ///
  /// @return the value of its cookie
  public String cookie(Request request, Account account, Duration lifetime) {
    String secret = Digests.secret();
    begin(request, account, SessionStore.Kind.PROVIDER, Optional.of(secret), lifetime);
    return secret;
  }

  /// Makes the role of an account count that has changed.
  public void roleChanged() {
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
  public void out(Caller.User user) {
    sessions.end(user.account(), user.session());
    known.forget();
  }

  /// The account of the request.
  public Account account(Caller.User user) {
    return found(user.account());
  }

  /// Before a change that only the person may make: the password, and the second factor if there is
  /// one.
  public void confirm(Request request, Caller.User user, Proof proof) throws InterruptedException {
    Account account = checked(request, account(user).email(), proof.password());
    factors.confirm(account, user, proof.code());
  }

  /// Changes the password, and ends all other sessions.
  public void changePassword(Request request, Caller.User user, Proof proof, String next)
      throws InterruptedException {
    requireUsable("new_password", next);
    confirm(request, user, proof);
    accounts.changePassword(user.account(), passwords.hash(next), user.session());
    known.forget();
  }

  /// Whether the account can sign in with a password.
  public boolean hasPassword(Caller.User user) {
    return accounts.find(user.account()).flatMap(WithPassword::hash).isPresent();
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
      requireFresh(user, proof);
    }
    accounts.beginDelete(user.account()).ifPresent(Operators::refuseTeamWithoutOwner);
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

  /// The hash of a password that somebody chooses.
  ///
  /// @throws Refusal (400) for one that no account can have
  String hashOfNew(String key, String password) throws InterruptedException {
    requireUsable(key, password);
    return passwords.hash(password);
  }

  /// Gives an account another password, and ends its sessions.
  void replacePassword(long account, String hash) {
    accounts.changePassword(account, hash, 0);
    known.forget();
  }

  private void requireUsable(String key, String password) {
    mistake(key, password)
        .ifPresent(
            reason -> {
              throw Refusal.badRequest(reason);
            });
  }

  /// What is wrong with a new password.
  private Optional<String> mistake(String key, String password) {
    int shortest = settings.get().shortestPassword();
    if (password.codePointCount(0, password.length()) < shortest) {
      return Optional.of(key + ": has fewer than " + shortest + " characters");
    }
    return password.length() > Passwords.LONGEST
        ? Optional.of(key + ": has more than " + Passwords.LONGEST + " characters")
        : Optional.empty();
  }
}
