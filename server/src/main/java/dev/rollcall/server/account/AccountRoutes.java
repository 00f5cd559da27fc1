package dev.rollcall.server.account;

import dev.rollcall.server.account.AccountSettings.Registration;
import dev.rollcall.server.account.AccountStore.Created;
import dev.rollcall.server.account.AccountStore.WithPassword;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.AnyCase;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Envelope;
import dev.rollcall.server.http.Json;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.time.Clock;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Registering, logging in and out, and what somebody does with their own account. The paths, keys
/// and answers of `/register`, `/login` are those of HTTP monitoring.
final class AccountRoutes {
  private static final int LONGEST_AGENT = 200;

  private final AccountStore accounts;
  private final SessionStore sessions;
  private final Passwords passwords;
  private final Supplier<WebTokens> tokens;
  private final KnownHolders known;
  private final SignInLimits limits;
  private final Supplier<AccountSettings> settings;
  private final MachineProof proof;
  private final Operators operators;
  private final Runnable deletions;
  private final Clock clock;

  /// @param deletions is run after the deletion of an account has begun
  AccountRoutes(
      AccountStore accounts,
      SessionStore sessions,
      Passwords passwords,
      Supplier<WebTokens> tokens,
      KnownHolders known,
      SignInLimits limits,
      Supplier<AccountSettings> settings,
      MachineProof proof,
      Operators operators,
      Runnable deletions,
      Clock clock) {
    this.proof = proof;
    this.operators = operators;
    this.deletions = deletions;
    this.accounts = accounts;
    this.sessions = sessions;
    this.passwords = passwords;
    this.tokens = tokens;
    this.known = known;
    this.limits = limits;
    this.settings = settings;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        Route.post("/register", Access.PUBLIC, this::register),
        Route.post("/login", Access.PUBLIC, this::login),
        Route.post("/logout", Access.ACCOUNT, this::logout),
        Route.get("/v1/account", Access.ACCOUNT, this::show),
        Route.post("/v1/account/password", Access.ACCOUNT, this::changePassword),
        Route.delete("/v1/account", Access.ACCOUNT, this::delete),
        Route.post("/v1/operator", Access.PUBLIC, this::operatorAtTheMachine));
  }

  /// 201 with `{"ID","Email"}`.
  private Answer register(Request request) throws InterruptedException {
    refuseOtherSites(request);
    limits.registration(request.client());
    AnyCase body = AnyCase.of(request.json());
    EmailAddress email = email(body);
    String password = newPassword(body, "Password");
    Optional<String> code = body.text("SetupCode");
    if (code.isEmpty() && settings.get().registration() != Registration.OPEN) {
      throw Refusal.of(403, "registration is not open here: ask the operator for an invitation");
    }
    return switch (accounts.create(email, passwords.hash(password), code)) {
      case Created.Done(Account account) ->
          Answer.json(
              201,
              json ->
                  json.writeStartObject()
                      .writeNumberProperty("ID", account.id())
                      .writeStringProperty("Email", account.email())
                      .writeEndObject());
      case Created.Taken() -> throw Refusal.of(409, "Email: there is an account with this address");
      case Created.WrongCode() ->
          throw Refusal.of(
              403, "SetupCode: is not valid, or was used: run rollcall operator for another one");
    };
  }

  /// 200 with the token as a JSON string.
  private Answer login(Request request) throws InterruptedException {
    refuseOtherSites(request);
    limits.login(request.client());
    AnyCase body = AnyCase.of(request.json());
    Account account = signIn(request, body.required("Email"), body.required("Password"));
    Instant now = clock.wall();
    Instant end = now.plus(settings.get().tokenLifetime());
    long session =
        sessions.begin(
            account.id(),
            SessionStore.Kind.JWT,
            Optional.empty(),
            request.client().getHostAddress(),
            agent(request),
            settings.get().tokenLifetime());
    String token = tokens.get().sign(account.id(), session, now, end);
    return Answer.json(200, json -> json.writeString(token));
  }

  /// The account with this password. An unknown address and a wrong password look alike, and take
  /// the same time.
  Account signIn(Request request, String address, String password) throws InterruptedException {
    Optional<EmailAddress> email = EmailAddress.of(address);
    String key = email.map(EmailAddress::key).orElse("");
    limits.beforePassword(request.client(), key);
    Optional<WithPassword> account = email.flatMap(accounts::find);
    if (password.length() > Passwords.LONGEST
        || !passwords.matches(password, account.flatMap(WithPassword::hash))) {
      limits.wrongPassword(request.client(), key);
      throw Refusal.of(401, "the address or the password is wrong");
    }
    return account.orElseThrow().account();
  }

  private Answer logout(Request request) {
    Caller.User user = user(request);
    sessions.end(user.account(), user.session());
    known.forget();
    return Envelope.ok();
  }

  private Answer show(Request request) {
    Caller.User user = user(request);
    Account account =
        accounts
            .find(user.account())
            .map(WithPassword::account)
            .orElseThrow(() -> Refusal.notFound("there is no such account any more"));
    return Envelope.ok(
        json ->
            json.writeStartObject()
                .writeName("account")
                .writeStartObject()
                .writeName("data")
                .writeStartObject()
                .writeNumberProperty("id", account.id())
                .writeStringProperty("email", account.email())
                .writeStringProperty("role", account.operates() ? "operator" : "user")
                .writeNumberProperty("created_at", account.createdAt().getEpochSecond())
                .writeEndObject()
                .writeEndObject()
                .writeEndObject());
  }

  /// Changes the password, and ends all other sessions.
  private Answer changePassword(Request request) throws InterruptedException {
    Caller.User user = user(request);
    if (user.session() == 0) {
      throw Refusal.of(403, "an API token may not change the password: log in");
    }
    AnyCase body = AnyCase.of(request.json());
    String next = newPassword(body, "new_password");
    WithPassword account =
        accounts
            .find(user.account())
            .orElseThrow(() -> Refusal.notFound("there is no such account any more"));
    signIn(request, account.account().email(), body.required("password"));
    accounts.changePassword(user.account(), passwords.hash(next), user.session());
    known.forget();
    return Envelope.ok();
  }

  /// Deletes the account with everything that belongs to it.
  private Answer delete(Request request) throws InterruptedException {
    Caller.User user = user(request);
    if (user.session() == 0) {
      throw Refusal.of(403, "an API token may not delete the account: log in");
    }
    WithPassword account =
        accounts
            .find(user.account())
            .orElseThrow(() -> Refusal.notFound("there is no such account any more"));
    signIn(request, account.account().email(), AnyCase.of(request.json()).required("password"));
    accounts.beginDelete(user.account());
    known.forget();
    deletions.run();
    return Envelope.ok();
  }

  /// `{}` for a new setup code, `{"reset": "ann@example.org"}` for a new password of an account; for
  /// who shows that they can read the key of the installation.
  private Answer operatorAtTheMachine(Request request) throws InterruptedException {
    String body = new String(request.body(), StandardCharsets.UTF_8);
    String shown = request.header(MachineProof.HEADER).orElse("");
    if (!proof.isValid(shown, body, clock.wall())) {
      throw Refusal.of(401, "the proof is missing or not valid: run rollcall operator");
    }
    Optional<String> reset = AnyCase.of(Json.kept(body)).text("reset");
    String made = reset.isPresent() ? operators.newPassword(reset.get()) : operators.newSetupCode();
    return Envelope.ok(
        json ->
            json.writeStartObject()
                .writeStringProperty(reset.isPresent() ? "password" : "setup_code", made)
                .writeEndObject());
  }

  private static EmailAddress email(AnyCase body) {
    String text = body.required("Email");
    return EmailAddress.of(text)
        .orElseThrow(
            () -> Refusal.badRequest("Email: is no address: write it as in name@example.org"));
  }

  private String newPassword(AnyCase body, String key) {
    String password = body.required(key);
    int shortest = settings.get().shortestPassword();
    if (password.codePointCount(0, password.length()) < shortest) {
      throw Refusal.badRequest(key + ": has fewer than " + shortest + " characters");
    }
    if (password.length() > Passwords.LONGEST) {
      throw Refusal.badRequest(key + ": has more than " + Passwords.LONGEST + " characters");
    }
    return password;
  }

  /// The account that calls.
  static Caller.User user(Request request) {
    if (request.caller() instanceof Caller.User user) {
      return user;
    }
    throw Refusal.of(403, "this needs an account: log in, or send a token of one");
  }

  /// A page of another site could have a visitor's browser register or log in.
  private static void refuseOtherSites(Request request) {
    request
        .otherSite()
        .ifPresent(
            header -> {
              throw Refusal.of(
                  403, "the request comes from a page of another site (" + header + ")");
            });
  }

  private static String agent(Request request) {
    String agent = request.header("User-Agent").orElse("");
    return agent.length() <= LONGEST_AGENT ? agent : agent.substring(0, LONGEST_AGENT);
  }
}
