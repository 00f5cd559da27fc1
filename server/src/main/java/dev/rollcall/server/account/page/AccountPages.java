package dev.rollcall.server.account.page;

import dev.rollcall.server.account.audit.Audit;
import dev.rollcall.server.account.definition.Account;
import dev.rollcall.server.account.definition.ApiToken;
import dev.rollcall.server.account.session.AccountAuthenticator;
import dev.rollcall.server.account.session.AccountAuthenticator.Person;
import dev.rollcall.server.account.session.KnownHolders;
import dev.rollcall.server.account.session.SessionCookie;
import dev.rollcall.server.account.signin.SignIn;
import dev.rollcall.server.account.signin.SignIn.Entry;
import dev.rollcall.server.account.sso.SingleSignOn;
import dev.rollcall.server.account.store.SessionStore;
import dev.rollcall.server.account.store.TeamStore;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Caller.Permission;
import dev.rollcall.server.http.Query;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.web.Cookies;
import dev.rollcall.server.web.Flash;
import dev.rollcall.server.web.Forms;
import dev.rollcall.server.web.Html;
import dev.rollcall.server.web.Site;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// `/account`: signing in and registering; for who is signed in, their sessions, API tokens and
/// password.
public final class AccountPages {
  static final String PATH = "/account";

  private final SignIn signIn;
  private final AccountAuthenticator authenticator;
  private final SessionStore sessions;
  private final TeamStore teams;
  private final KnownHolders known;
  private final SingleSignOn sso;
  private final Audit audit;
  private final Runnable deletions;
  private final FactorPages factors;
  private final SignInPage signInPage;
  private final Site site;
  private final Forms forms;
  private final Clock clock;

  /// What a form does for who is signed in.
  private interface Change {
    /// Returns the words that the next page shows.
    String apply(Request request, Caller.User user, Query fields) throws Exception;
  }

  public AccountPages(
      SignIn signIn,
      AccountAuthenticator authenticator,
      SessionStore sessions,
      TeamStore teams,
      KnownHolders known,
      SingleSignOn sso,
      Audit audit,
      Runnable deletions,
      FactorPages factors,
      SignInPage signInPage,
      Site site,
      Clock clock) {
    this.signIn = signIn;
    this.authenticator = authenticator;
    this.sessions = sessions;
    this.teams = teams;
    this.audit = audit;
    this.known = known;
    this.sso = sso;
    this.deletions = deletions;
    this.factors = factors;
    this.signInPage = signInPage;
    this.site = site;
    this.forms = new Forms(site);
    this.clock = clock;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(PATH, Access.PUBLIC, this::page),
        forms.post(PATH + "/login", Access.PUBLIC, this::login),
        forms.post(PATH + "/register", Access.PUBLIC, this::register),
        forms.post(PATH + "/logout", Access.PUBLIC, this::logout),
        forms.post(PATH + "/password", Access.PUBLIC, changing(this::changePassword)),
        forms.post(PATH + "/delete", Access.PUBLIC, this::delete),
        forms.post(PATH + "/tokens", Access.PUBLIC, this::createToken),
        forms.post(PATH + "/revoke", Access.PUBLIC, changing(this::revokeToken)),
        forms.post(PATH + "/end", Access.PUBLIC, changing(this::endSession)));
  }

  private Answer page(Request request) {
    Optional<Person> person = authenticator.person(request);
    return person.isPresent()
        ? own(request, person.get(), Optional.empty(), List.of())
        : factors
            .secondStep(request)
            .orElseGet(() -> signInPage.answer(request, Optional.empty(), ""));
  }

  /// The page of who is signed in.
  ///
  /// @param token an API token that was just made
  /// @param codes recovery codes that were just made
  public Answer own(Request request, Person person, Optional<String> token, List<String> codes) {
    Caller.User user = person.user();
    Account account = signIn.account(user);
    AccountView view =
        new AccountView(
            account,
            sessions.sessions(user.account()),
            sessions.tokens(user.account()),
            teams.of(user.account()),
            user.session(),
            sso.view(account, signIn.hasPassword(user)),
            factors.view(request, person, account, codes),
            token,
            clock.wall());
    return forms
        .page(
            request,
            visit -> Html.of(out -> JtepageGenerated.render(out, Html.NONE, site, visit, view)))
        .with("Cache-Control", "no-store");
  }

  /// Who has signed in with this browser. A token in a header is for the API.
  static Optional<Caller.User> user(Request request) {
    return request.header("Authorization").isEmpty()
            && request.caller() instanceof Caller.User user
            && user.session() != 0
        ? Optional.of(user)
        : Optional.empty();
  }

  private Answer login(Request request, Query fields) throws InterruptedException {
    try {
      return switch (signIn.enter(request, text(fields, "email"), text(fields, "password"))) {
        case Entry.Session(String secret) ->
            signedIn(request, next(fields), secret, site.texts().of("account.signedin"));
        case Entry.Pending(String secret) -> factors.toSecondStep(request, fields, secret);
      };
    } catch (Refusal e) {
      return failed(next(fields), e);
    }
  }

  /// The page with the invitation that led here, or that of the account.
  static String next(Query fields) {
    return invitation(fields)
        .map(code -> "/invitation?code=" + URLEncoder.encode(code, StandardCharsets.UTF_8))
        .orElse(PATH);
  }

  static Optional<String> invitation(Query fields) {
    return fields.single("invitation").map(String::strip).filter(text -> !text.isEmpty());
  }

  private Answer register(Request request, Query fields) throws InterruptedException {
    try {
      String email = text(fields, "email");
      String password = text(fields, "password");
      Optional<String> code = fields.single("code").map(String::strip).filter(c -> !c.isEmpty());
      Account account = signIn.register(request, email, password, code, invitation(fields));
      audit.registered(request, account);
      return signedIn(
          request, PATH, signIn.enterAs(request, account), site.texts().of("account.registered"));
    } catch (Refusal e) {
      return failed(next(fields), e);
    }
  }

  private Answer signedIn(Request request, String path, String secret, String words) {
    return Cookies.set(
        forms.done(path, new Flash(Flash.Tone.DONE, words)),
        request,
        site,
        SessionCookie.NAME,
        secret,
        SignIn.OF_BROWSER);
  }

  private Answer logout(Request request, Query fields) {
    authenticator.person(request).map(Person::user).ifPresent(signIn::out);
    return Cookies.set(
        signedOut(request, site.texts().of("account.signedout")),
        request,
        site,
        SessionCookie.PENDING,
        "",
        Duration.ZERO);
  }

  private Answer signedOut(Request request, String words) {
    return Cookies.set(
        forms.done(PATH, new Flash(Flash.Tone.DONE, words)),
        request,
        site,
        SessionCookie.NAME,
        "",
        Duration.ZERO);
  }

  private Forms.Action changing(Change change) {
    return (request, fields) -> {
      Optional<Caller.User> user = user(request);
      if (user.isEmpty()) {
        return failed(Refusal.of(401, site.texts().of("account.again")));
      }
      try {
        String words = change.apply(request, user.get(), fields);
        record(request, user.get());
        return forms.done(PATH, new Flash(Flash.Tone.DONE, words));
      } catch (Refusal e) {
        return failed(e);
      }
    };
  }

  private void record(Request request, Caller.User user) {
    audit.record(user, request.client().getHostAddress(), "POST " + request.path(), request.path());
  }

  private String changePassword(Request request, Caller.User user, Query fields)
      throws InterruptedException {
    signIn.changePassword(request, user, FactorPages.proof(fields), text(fields, "next"));
    return site.texts().of("account.password.changed");
  }

  private Answer delete(Request request, Query fields) throws InterruptedException {
    Optional<Caller.User> user = user(request);
    if (user.isEmpty()) {
      return failed(Refusal.of(401, site.texts().of("account.again")));
    }
    try {
      Account account = signIn.account(user.get()); // before it is gone
      signIn.delete(
          request,
          user.get(),
          text(fields, signIn.hasPassword(user.get()) ? "password" : "email"),
          FactorPages.code(fields));
      audit.record(
          account, request.client().getHostAddress(), "POST " + request.path(), request.path());
      deletions.run();
      return signedOut(request, site.texts().of("account.deleted"));
    } catch (Refusal e) {
      return failed(e);
    }
  }

  /// Shows the token on the page that answers: it is shown once, and in no cookie.
  private Answer createToken(Request request, Query fields) {
    Optional<Caller.User> user = user(request);
    if (user.isEmpty()) {
      return failed(Refusal.of(401, site.texts().of("account.again")));
    }
    try {
      SessionStore.MadeToken made =
          sessions.create(user.get().account(), text(fields, "name").strip(), permissions(fields));
      record(request, user.get());
      return own(request, new Person(user.get(), false), Optional.of(made.secret()), List.of());
    } catch (Refusal e) {
      return failed(e);
    }
  }

  /// The boxes that are ticked.
  static Set<Permission> permissions(Query fields) {
    Set<Permission> permissions = EnumSet.noneOf(Permission.class);
    for (Permission each : Permission.values()) {
      if (fields.single(ApiToken.SCOPES.word(each)).isPresent()) {
        permissions.add(each);
      }
    }
    return permissions;
  }

  private String revokeToken(Request request, Caller.User user, Query fields) {
    if (!sessions.revoke(user.account(), id(fields))) {
      throw Refusal.notFound(site.texts().of("account.token.gone"));
    }
    known.forget();
    return site.texts().of("account.token.revoked");
  }

  private String endSession(Request request, Caller.User user, Query fields) {
    if (!sessions.end(user.account(), id(fields))) {
      throw Refusal.notFound(site.texts().of("account.session.gone"));
    }
    known.forget();
    return site.texts().of("account.session.ended");
  }

  static long id(Query fields) {
    String id = fields.single("id").orElse("");
    return id.matches("\\d{1,18}") ? Long.parseLong(id) : 0;
  }

  static String text(Query fields, String name) {
    return fields.single(name).orElse("");
  }

  private Answer failed(Refusal refusal) {
    return failed(PATH, refusal);
  }

  private Answer failed(String path, Refusal refusal) {
    return forms.done(path, new Flash(Flash.Tone.FAILED, String.valueOf(refusal.getMessage())));
  }

  /// Leads to the page of the account, which shows the mistake.
  static Answer failed(Forms forms, Refusal refusal) {
    return forms.done(PATH, new Flash(Flash.Tone.FAILED, String.valueOf(refusal.getMessage())));
  }
}
