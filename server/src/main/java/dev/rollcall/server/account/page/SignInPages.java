package dev.rollcall.server.account.page;

import dev.rollcall.server.account.definition.Invitation;
import dev.rollcall.server.account.session.AccountAuthenticator.Person;
import dev.rollcall.server.account.session.SessionCookie;
import dev.rollcall.server.account.session.Sessions;
import dev.rollcall.server.account.signin.PasskeySignIn;
import dev.rollcall.server.account.signin.SignIn;
import dev.rollcall.server.account.signin.SignIn.Entry;
import dev.rollcall.server.account.signin.SignUp;
import dev.rollcall.server.account.sso.SingleSignOn;
import dev.rollcall.server.account.store.AccountStore.WithPassword;
import dev.rollcall.server.account.store.PendingSignIns;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.web.Html;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// `/account` for who has not signed in: with a password and the second step after it, with a
/// provider or a passkey, or registering. Also signing out.
public final class SignInPages {
  private static final String PATH = AccountForms.ACCOUNT;

  private final SignIn signIn;
  private final SignUp signUp;
  private final PasskeySignIn passkeys;
  private final SingleSignOn sso;
  private final Sessions sessions;
  private final AccountForms forms;

  public SignInPages(
      SignIn signIn,
      SignUp signUp,
      PasskeySignIn passkeys,
      SingleSignOn sso,
      Sessions sessions,
      AccountForms forms) {
    this.signIn = signIn;
    this.signUp = signUp;
    this.passkeys = passkeys;
    this.sso = sso;
    this.sessions = sessions;
    this.forms = forms;
  }

  public List<Route> routes() {
    return List.of(
        forms.post(PATH + "/login", SignInPages::next, this::login),
        forms.post(PATH + "/register", SignInPages::next, this::register),
        forms.post(PATH + "/code", SignInPages::secondStep, this::enterWithCode),
        forms.post(PATH + "/passkey", SignInPages::secondStep, this::enterWithPasskey),
        forms.post(PATH + "/logout", _ -> PATH, this::logout));
  }

  /// The page where the browser is: for the second step, or for signing in.
  Answer page(Request request) {
    return secondStep(request).orElseGet(() -> page(request, Optional.empty(), ""));
  }

  /// The page for signing in.
  ///
  /// @param invitation that led here
  /// @param code of the invitation
  Answer page(Request request, Optional<Invitation> invitation, String code) {
    Optional<String> passkey = passkeys.signInOptions(request, Optional.empty());
    return forms.page(
        request,
        visit ->
            Html.of(
                out ->
                    JtesigninGenerated.render(
                        out,
                        Html.NONE,
                        forms.site(),
                        visit,
                        sso.names(),
                        signUp.registration(),
                        invitation,
                        code,
                        passkey)));
  }

  /// The page between password and session; empty unless the browser is there.
  private Optional<Answer> secondStep(Request request) {
    String invitation = request.query("invitation").orElse("");
    return SessionCookie.pending(request)
        .flatMap(signIn::pending)
        .map(account -> passkeys.signInOptions(request, Optional.of(account)))
        .map(
            passkey ->
                forms.page(
                    request,
                    visit ->
                        Html.of(
                            out ->
                                JtesecondGenerated.render(
                                    out, Html.NONE, forms.site(), visit, invitation, passkey))));
  }

  /// The page with the invitation that led here, or that of the account.
  private static String next(FormFields fields) {
    return fields.given("invitation").map(code -> Invitation.path(encoded(code))).orElse(PATH);
  }

  /// The path of the page between password and session, which keeps the invitation that led here.
  private static String secondStep(FormFields fields) {
    return PATH + fields.given("invitation").map(code -> "?invitation=" + encoded(code)).orElse("");
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private Answer login(Request request, FormFields fields) throws InterruptedException {
    return switch (signIn.enter(request, fields.text("email"), fields.text("password"))) {
      case Entry.Session(String secret) ->
          forms.signedIn(
              forms.done(next(fields), forms.texts().of("account.signedin")),
              request,
              secret,
              Sessions.OF_BROWSER);
      case Entry.Pending(String secret) -> toSecondStep(request, fields, secret);
    };
  }

  /// Leads a browser whose password was right to the second step.
  private Answer toSecondStep(Request request, FormFields fields, String secret) {
    Answer answer =
        Answer.empty(303)
            .with("Location", forms.site().link(secondStep(fields)))
            .with("Cache-Control", "no-store");
    return forms.pending(answer, request, secret, PendingSignIns.TIME);
  }

  private Answer register(Request request, FormFields fields) throws InterruptedException {
    WithPassword account =
        signUp.register(
            request,
            fields.text("email"),
            fields.text("password"),
            fields.given("code"),
            fields.given("invitation"));
    return forms.signedIn(
        forms.done(PATH, forms.texts().of("account.registered")),
        request,
        sessions.ofBrowser(request, account).orElseThrow(this::again),
        Sessions.OF_BROWSER);
  }

  private Refusal again() {
    return Refusal.of(401, forms.texts().of("account.again"));
  }

  private Answer enterWithCode(Request request, FormFields fields) {
    Optional<String> pending = SessionCookie.pending(request);
    return pending.isPresent()
        ? entered(
            request, fields, signIn.enterWithCode(request, pending.get(), fields.text("code")))
        : forms.signInAgain(request);
  }

  private Answer enterWithPasskey(Request request, FormFields fields) {
    String credential = fields.text("credential");
    return entered(
        request, fields, signIn.enterWithPasskey(request, () -> passkeys.account(credential)));
  }

  private Answer entered(Request request, FormFields fields, String secret) {
    Answer answer =
        forms.signedIn(
            forms.done(next(fields), forms.texts().of("account.signedin")),
            request,
            secret,
            Sessions.OF_BROWSER);
    return forms.pending(answer, request, "", Duration.ZERO);
  }

  private Answer logout(Request request, FormFields fields) {
    forms.person(request).map(Person::user).ifPresent(sessions::end);
    Answer answer =
        forms.signedOut(forms.done(PATH, forms.texts().of("account.signedout")), request);
    return forms.pending(answer, request, "", Duration.ZERO);
  }
}
