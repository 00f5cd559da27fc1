package dev.rollcall.server.account.page;

import dev.rollcall.server.account.definition.Account;
import dev.rollcall.server.account.factor.QrImage;
import dev.rollcall.server.account.page.FactorView.Adding;
import dev.rollcall.server.account.session.AccountAuthenticator;
import dev.rollcall.server.account.session.AccountAuthenticator.Person;
import dev.rollcall.server.account.session.SessionCookie;
import dev.rollcall.server.account.signin.PasskeySignIn;
import dev.rollcall.server.account.signin.SecondFactor;
import dev.rollcall.server.account.signin.SignIn;
import dev.rollcall.server.account.store.FactorStore;
import dev.rollcall.server.account.store.PendingSignIns;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Query;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.web.Cookies;
import dev.rollcall.server.web.Flash;
import dev.rollcall.server.web.Forms;
import dev.rollcall.server.web.Html;
import dev.rollcall.server.web.Site;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The second factor on `/account`: the second step of signing in, signing in with a passkey, and
/// adding and removing factors.
public final class FactorPages {
  private static final String PATH = "/account";

  private final SignIn signIn;
  private final AccountAuthenticator authenticator;
  private final FactorStore store;
  private final SecondFactor factors;
  private final PasskeySignIn passkeys;
  private final Forms forms;
  private final Site site;

  /// What a form does for who is signed in.
  private interface Change {
    Answer apply(Request request, Caller.User user, Query fields) throws Exception;
  }

  /// The page of an account.
  public interface AccountPage {
    /// The page.
    ///
    /// @param token an API token that was just made
    /// @param codes recovery codes that were just made
    Answer of(Request request, Person person, Optional<String> token, List<String> codes);
  }

  public FactorPages(
      SignIn signIn,
      AccountAuthenticator authenticator,
      FactorStore store,
      SecondFactor factors,
      PasskeySignIn passkeys,
      Forms forms,
      Site site) {
    this.signIn = signIn;
    this.authenticator = authenticator;
    this.store = store;
    this.factors = factors;
    this.passkeys = passkeys;
    this.forms = forms;
    this.site = site;
  }

  public List<Route> routes(AccountPage page) {
    return List.of(
        forms.post(PATH + "/code", Access.PUBLIC, this::enterWithCode),
        forms.post(PATH + "/passkey", Access.PUBLIC, this::enterWithPasskey),
        forms.post(PATH + "/app", Access.PUBLIC, changing(this::beginApp)),
        forms.post(
            PATH + "/app/confirm",
            Access.PUBLIC,
            changing((request, user, fields) -> confirmApp(page, request, user, fields))),
        forms.post(
            PATH + "/passkey/add",
            Access.PUBLIC,
            changing((request, user, fields) -> addPasskey(page, request, user, fields))),
        forms.post(
            PATH + "/codes",
            Access.PUBLIC,
            changing((request, user, fields) -> newCodes(page, request, user, fields))),
        forms.post(PATH + "/factor/remove", Access.PUBLIC, changing(this::remove)));
  }

  /// The page between password and session; empty unless the browser is there.
  Optional<Answer> secondStep(Request request) {
    String invitation = request.query("invitation").orElse("");
    return SessionCookie.pending(request)
        .flatMap(signIn::pending)
        .map(
            account -> {
              Optional<String> passkey =
                  store.passkeys(account).isEmpty()
                      ? Optional.empty()
                      : passkeys.signInOptions(request, Optional.of(account));
              return forms.page(
                  request,
                  visit ->
                      Html.of(
                          out ->
                              JtesecondGenerated.render(
                                  out, Html.NONE, site, visit, invitation, passkey)));
            });
  }

  /// What the page for signing in gives to the browser for passkeys; empty where there are none.
  Optional<String> signInOptions(Request request) {
    return store.isThereAPasskey()
        ? passkeys.signInOptions(request, Optional.empty())
        : Optional.empty();
  }

  /// What the page of an account shows.
  FactorView view(Request request, Person person, Account account, List<String> codes) {
    Optional<Adding> adding =
        factors
            .unconfirmed(account.id())
            .map(
                totp -> {
                  String uri = totp.uri(account.email());
                  return new Adding(totp.text(), uri, QrImage.of(uri));
                });
    return new FactorView(
        person.restricted(),
        store.app(account.id()).filter(FactorStore.App::confirmed).isPresent(),
        adding,
        store.passkeys(account.id()),
        store.codes(account.id()),
        codes,
        passkeys.registrationOptions(request, account));
  }

  private Answer enterWithCode(Request request, Query fields) {
    return SessionCookie.pending(request)
        .map(
            pending ->
                entering(
                    request,
                    fields,
                    () -> signIn.enterWithCode(request, pending, text(fields, "code"))))
        .orElseGet(() -> failed(Refusal.of(401, site.texts().of("account.again"))));
  }

  private Answer enterWithPasskey(Request request, Query fields) {
    String credential = text(fields, "credential");
    return entering(
        request,
        fields,
        () -> signIn.enterWithPasskey(request, () -> passkeys.account(credential)));
  }

  /// What begins a session, and returns the value of its cookie.
  private interface Entering {
    String secret();
  }

  private Answer entering(Request request, Query fields, Entering entering) {
    try {
      Answer answer =
          Cookies.set(
              forms.done(
                  AccountPages.next(fields),
                  new Flash(Flash.Tone.DONE, site.texts().of("account.signedin"))),
              request,
              site,
              SessionCookie.NAME,
              entering.secret(),
              SignIn.OF_BROWSER);
      return Cookies.set(answer, request, site, SessionCookie.PENDING, "", Duration.ZERO);
    } catch (Refusal e) {
      return forms.done(
          secondStep(fields), new Flash(Flash.Tone.FAILED, String.valueOf(e.getMessage())));
    }
  }

  /// The path of the page between password and session, which keeps the invitation that led here.
  private static String secondStep(Query fields) {
    return PATH
        + AccountPages.invitation(fields)
            .map(code -> "?invitation=" + URLEncoder.encode(code, StandardCharsets.UTF_8))
            .orElse("");
  }

  /// Leads a browser whose password was right to the second step.
  Answer toSecondStep(Request request, Query fields, String secret) {
    return Cookies.set(
        Answer.empty(303)
            .with("Location", site.link(secondStep(fields)))
            .with("Cache-Control", "no-store"),
        request,
        site,
        SessionCookie.PENDING,
        secret,
        PendingSignIns.TIME);
  }

  private Forms.Action changing(Change change) {
    return (request, fields) -> {
      Optional<Person> person = authenticator.person(request);
      if (person.isEmpty()) {
        return failed(Refusal.of(401, site.texts().of("account.again")));
      }
      try {
        return change.apply(request, person.get().user(), fields);
      } catch (Refusal e) {
        return failed(e);
      }
    };
  }

  private Answer beginApp(Request request, Caller.User user, Query fields)
      throws InterruptedException {
    signIn.confirm(request, user, proof(fields));
    factors.beginApp(user);
    return done(site.texts().of("account.app.begun"));
  }

  private Answer confirmApp(AccountPage page, Request request, Caller.User user, Query fields) {
    List<String> codes = factors.confirmApp(request, user, text(fields, "code"));
    return codes.isEmpty()
        ? done(site.texts().of("account.factor.added"))
        : shown(page, request, user, codes);
  }

  private Answer addPasskey(AccountPage page, Request request, Caller.User user, Query fields)
      throws InterruptedException {
    signIn.confirm(request, user, proof(fields));
    List<String> codes =
        passkeys.add(request, user, text(fields, "name"), text(fields, "credential"));
    return codes.isEmpty()
        ? done(site.texts().of("account.factor.added"))
        : shown(page, request, user, codes);
  }

  private Answer newCodes(AccountPage page, Request request, Caller.User user, Query fields)
      throws InterruptedException {
    signIn.confirm(request, user, proof(fields));
    return shown(page, request, user, factors.newCodes(request, user));
  }

  /// Shows recovery codes on the page that answers: they are shown once, and in no cookie. The
  /// account has a second factor then.
  private static Answer shown(
      AccountPage page, Request request, Caller.User user, List<String> codes) {
    return page.of(request, new Person(user, false), Optional.empty(), codes);
  }

  private Answer remove(Request request, Caller.User user, Query fields)
      throws InterruptedException {
    signIn.confirm(request, user, proof(fields));
    String factor = text(fields, "factor");
    if (factor.equals("app")) {
      factors.removeApp(request, user);
    } else {
      passkeys.remove(request, user, factor.matches("\\d{1,18}") ? Long.parseLong(factor) : 0);
    }
    return done(site.texts().of("account.factor.removed"));
  }

  /// The fields of `proof.jte`.
  static SignIn.Proof proof(Query fields) {
    return new SignIn.Proof(text(fields, "password"), code(fields));
  }

  /// The code of a form in which it may be left out.
  static Optional<String> code(Query fields) {
    return fields.single("code").map(String::strip).filter(code -> !code.isEmpty());
  }

  private static String text(Query fields, String name) {
    return fields.single(name).orElse("");
  }

  private Answer done(String words) {
    return forms.done(PATH, new Flash(Flash.Tone.DONE, words));
  }

  private Answer failed(Refusal refusal) {
    return forms.done(PATH, new Flash(Flash.Tone.FAILED, String.valueOf(refusal.getMessage())));
  }
}
