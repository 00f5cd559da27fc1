package dev.rollcall.server.account.page;

import dev.rollcall.server.account.audit.Audit;
import dev.rollcall.server.account.definition.Account;
import dev.rollcall.server.account.session.AccountAuthenticator;
import dev.rollcall.server.account.session.AccountAuthenticator.Person;
import dev.rollcall.server.account.session.SessionCookie;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.http.ShownToken;
import dev.rollcall.server.web.Cookies;
import dev.rollcall.server.web.Flash;
import dev.rollcall.server.web.Forms;
import dev.rollcall.server.web.Site;
import dev.rollcall.server.web.Texts;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/// The forms on the pages of accounts: who has sent one, and what the next page says. For what a
/// form is refused, the next page says too.
public final class AccountForms {
  /// The page of an account, or for signing in.
  static final String ACCOUNT = "/account";

  private final Site site;
  private final Forms forms;
  private final AccountAuthenticator authenticator;
  private final Audit audit;
  private final Supplier<Optional<URI>> publicUrl;

  /// Does what a form asks for.
  interface Action {
    Answer apply(Request request, FormFields fields) throws Exception;
  }

  /// Does what the form of somebody asks for who has signed in.
  interface OwnAction {
    Answer apply(Request request, Caller.User user, FormFields fields) throws Exception;
  }

  /// @param publicUrl where browsers find the pages, if it is known
  public AccountForms(
      Site site,
      AccountAuthenticator authenticator,
      Audit audit,
      Supplier<Optional<URI>> publicUrl) {
    this.site = site;
    this.forms = new Forms(site);
    this.authenticator = authenticator;
    this.audit = audit;
    this.publicUrl = publicUrl;
  }

  Site site() {
    return site;
  }

  Texts texts() {
    return site.texts();
  }

  /// The whole URL of a page, to pass on: at `public-url`, or where this browser has found it.
  String url(Request request, String path) {
    return publicUrl
        .get()
        .map(url -> url + path)
        .or(
            () ->
                request
                    .header("Host")
                    .map(host -> (Cookies.isOverTls(request) ? "https://" : "http://") + host)
                    .map(origin -> origin + site.link(path)))
        .orElse(site.link(path));
  }

  /// A page with forms, which is for one browser.
  Answer page(Request request, Function<Forms.Visit, String> html) {
    return forms.page(request, html).with("Cache-Control", "no-store");
  }

  /// Who has signed in with this browser, and has shown all that is demanded. A token in a header
  /// is for the API.
  static Optional<Caller.User> user(Request request) {
    return ShownToken.of(request).isEmpty()
            && request.caller() instanceof Caller.User user
            && user.session() != 0
        ? Optional.of(user)
        : Optional.empty();
  }

  /// Who has signed in with this browser.
  Optional<Person> person(Request request) {
    return authenticator.person(request);
  }

  /// A form of anybody.
  ///
  /// @param next the page that says what the form was refused for
  Route post(String path, Function<FormFields, String> next, Action action) {
    return post(path, Access.PUBLIC, next, action);
  }

  /// A form of an operator.
  ///
  /// @param next the page that says what the form was refused for
  Route ofOperators(String path, String next, Action action) {
    return post(path, Access.OPERATOR, _ -> next, action);
  }

  private Route post(String path, Access access, Function<FormFields, String> next, Action action) {
    return forms.post(
        path,
        access,
        (request, query) -> {
          FormFields fields = new FormFields(query);
          try {
            return action.apply(request, fields);
          } catch (Refusal e) {
            return failed(next.apply(fields), e);
          }
        });
  }

  /// A form of who has signed in.
  Route own(String path, OwnAction action) {
    return own(path, _ -> ACCOUNT, action);
  }

  /// @param next the page that says what the form was refused for
  Route own(String path, Function<Caller.User, String> next, OwnAction action) {
    return own(path, AccountForms::user, next, action);
  }

  /// A form of who has signed in, which they may send also if they lack a second factor that is
  /// demanded.
  Route ofFactors(String path, OwnAction action) {
    return own(path, request -> person(request).map(Person::user), _ -> ACCOUNT, action);
  }

  private Route own(
      String path,
      Function<Request, Optional<Caller.User>> who,
      Function<Caller.User, String> next,
      OwnAction action) {
    return forms.post(
        path,
        Access.PUBLIC,
        (request, query) -> {
          Optional<Caller.User> user = who.apply(request);
          if (user.isEmpty()) {
            return signInAgain(request);
          }
          try {
            return action.apply(request, user.get(), new FormFields(query));
          } catch (Refusal e) {
            return failed(next.apply(user.get()), e);
          }
        });
  }

  /// Leads to the page for signing in, or for adding the second factor that is demanded.
  Answer signInAgain(Request request) {
    return failed(
        ACCOUNT,
        person(request).filter(Person::restricted).isPresent()
            ? Refusal.of(403, texts().of("account.demanded"))
            : Refusal.of(401, texts().of("account.again")));
  }

  /// Leads to a page that shows these words.
  Answer done(String path, String words) {
    return forms.done(path, new Flash(Flash.Tone.DONE, words));
  }

  /// Leads to a page that says what is wrong.
  Answer failed(String path, Refusal refusal) {
    return forms.done(path, new Flash(Flash.Tone.FAILED, String.valueOf(refusal.getMessage())));
  }

  /// Gives the cookie of its session to a browser.
  Answer signedIn(Answer answer, Request request, String secret, Duration lifetime) {
    return Cookies.set(answer, request, site, SessionCookie.NAME, secret, lifetime);
  }

  /// Takes the cookie of its session from a browser.
  Answer signedOut(Answer answer, Request request) {
    return Cookies.set(answer, request, site, SessionCookie.NAME, "", Duration.ZERO);
  }

  /// Gives the cookie of the second step to a browser.
  Answer pending(Answer answer, Request request, String secret, Duration lifetime) {
    return Cookies.set(answer, request, site, SessionCookie.PENDING, secret, lifetime);
  }

  /// Records a change that a form has made.
  void record(Request request, Caller.User user) {
    record(request, user, "");
  }

  /// Records a change that a form has made.
  ///
  /// @param id of what was made, changed or removed
  void record(Request request, Caller caller, long id) {
    record(request, caller, "/" + id);
  }

  private void record(Request request, Caller caller, String what) {
    Optional<Caller.Membership> team =
        caller instanceof Caller.User user ? user.team() : Optional.empty();
    audit.record(
        caller,
        request.client().getHostAddress(),
        "POST " + request.path(),
        request.path() + what + team.map(one -> "?team=" + one.team()).orElse(""));
  }

  /// Records the deletion of an account.
  void recordEnd(Request request, Account account) {
    audit.record(
        account, request.client().getHostAddress(), "POST " + request.path(), request.path());
  }
}
