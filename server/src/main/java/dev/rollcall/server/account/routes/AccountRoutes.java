package dev.rollcall.server.account.routes;

import dev.rollcall.server.account.definition.Account;
import dev.rollcall.server.account.signin.Login;
import dev.rollcall.server.account.signin.OwnAccount;
import dev.rollcall.server.account.signin.SignUp;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.AnyCase;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Envelope;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import java.util.List;

/// Accounts over HTTP. The paths, keys and answers of `/register` and `/login` are those of HTTP
/// monitoring.
public final class AccountRoutes {
  private final Login login;
  private final SignUp signUp;
  private final OwnAccount own;

  public AccountRoutes(Login login, SignUp signUp, OwnAccount own) {
    this.login = login;
    this.signUp = signUp;
    this.own = own;
  }

  public List<Route> routes() {
    return List.of(
        Route.post("/register", Access.PUBLIC, this::register),
        Route.post("/login", Access.PUBLIC, this::login),
        Route.post(
            "/", Access.PUBLIC, this::login), // as the documentation of HTTP monitoring has it
        Route.get("/v1/account", Access.ACCOUNT, this::show),
        Route.post("/v1/account/password", Access.ACCOUNT, this::changePassword),
        Route.delete("/v1/account", Access.ACCOUNT, this::delete));
  }

  /// 201 with `{"ID","Email"}`.
  private Answer register(Request request) throws InterruptedException {
    refuseOtherSites(request);
    AnyCase body = AnyCase.of(request.json()).having("Email", "Password");
    Account account =
        signUp
            .register(
                request,
                body.required("Email"),
                body.required("Password"),
                body.text("SetupCode"),
                body.text("Invitation"))
            .account();
    return Answer.json(
        201,
        json ->
            json.writeStartObject()
                .writeNumberProperty("ID", account.id())
                .writeStringProperty("Email", account.email())
                .writeEndObject());
  }

  /// 200 with the token as a JSON string.
  private Answer login(Request request) throws InterruptedException {
    refuseOtherSites(request);
    AnyCase body = AnyCase.of(request.json()).having("Email", "Password");
    String token =
        login.token(request, body.required("Email"), body.required("Password"), body.text("Code"));
    return Answer.json(200, json -> json.writeString(token));
  }

  private Answer show(Request request) {
    Account account = own.of(user(request));
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

  private Answer changePassword(Request request) throws InterruptedException {
    Caller.User user = person(request);
    AnyCase body = AnyCase.of(request.json()).having("password", "new_password");
    own.changePassword(request, user, proof(body), body.required("new_password"));
    return Envelope.ok();
  }

  private Answer delete(Request request) throws InterruptedException {
    Caller.User user = person(request);
    AnyCase body = AnyCase.of(request.json());
    own.delete(
        request,
        user,
        body.required(own.hasPassword(user) ? "password" : "email"),
        body.text("code"));
    return Envelope.ok();
  }

  private static OwnAccount.Proof proof(AnyCase body) {
    return new OwnAccount.Proof(body.required("password"), body.text("code"));
  }

  /// The person that calls, with a session.
  static Caller.User person(Request request) {
    Caller.User user = user(request);
    if (user.session() == 0) {
      throw Refusal.of(403, "an API token may not do this: log in");
    }
    return user;
  }

  /// The account that calls.
  static Caller.User user(Request request) {
    if (request.caller() instanceof Caller.User user) {
      return user;
    }
    throw Refusal.of(403, "this needs an account: log in, or send a token of one");
  }

  /// A page of another site could have a visitor's browser register or log in.
  static void refuseOtherSites(Request request) {
    request
        .otherSite()
        .ifPresent(
            header -> {
              throw Refusal.of(
                  403, "the request comes from a page of another site (" + header + ")");
            });
  }
}
