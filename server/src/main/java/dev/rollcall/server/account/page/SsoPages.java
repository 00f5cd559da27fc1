package dev.rollcall.server.account.page;

import dev.rollcall.server.account.definition.Invitation;
import dev.rollcall.server.account.signin.OwnAccount;
import dev.rollcall.server.account.sso.BegunSignIns;
import dev.rollcall.server.account.sso.SingleSignOn;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.web.Cookies;
import dev.rollcall.server.web.Html;
import java.time.Duration;
import java.util.List;

/// `/account/sso`: leads the browser to a provider, and takes it back. Whatever goes wrong is said
/// on `/account`.
public final class SsoPages {
  private static final String PATH = AccountForms.ACCOUNT;
  private static final String COOKIE = "rollcall-sso";

  private final SingleSignOn sso;
  private final OwnAccount own;
  private final AccountForms forms;

  public SsoPages(SingleSignOn sso, OwnAccount own, AccountForms forms) {
    this.sso = sso;
    this.own = own;
    this.forms = forms;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(SingleSignOn.path("{name}"), Access.PUBLIC, this::begin).withoutHead().waiting(),
        Route.get(SingleSignOn.path("{name}") + "/callback", Access.PUBLIC, this::end)
            .withoutHead()
            .waiting(),
        forms.own(PATH + "/connect", this::connect).waiting(),
        forms.own(PATH + "/disconnect", this::disconnect));
  }

  private Answer begin(Request request) throws InterruptedException {
    try {
      SingleSignOn.Begun begun =
          sso.begin(request, request.path("name"), 0, request.query("invitation").orElse(""));
      Answer answer = Answer.empty(302).with("Location", begun.uri().toString());
      return keeping(answer.with("Cache-Control", "no-store"), request, begun);
    } catch (Refusal e) {
      return forms.failed(PATH, e);
    }
  }

  /// Answers with a page that leads on: the policy of pages forbids that a form leads to another
  /// site. It is a form, as a page of another site must not be able to begin this.
  private Answer connect(Request request, Caller.User user, FormFields fields)
      throws InterruptedException {
    own.confirmConnection(request, user, fields.proof());
    String name = fields.text("provider");
    SingleSignOn.Begun begun = sso.begin(request, name, user.account(), "");
    String uri = begun.uri().toString();
    Answer answer =
        forms.page(
            request,
            visit ->
                Html.of(
                    out ->
                        JteleavingGenerated.render(
                            out, Html.NONE, forms.site(), visit, name, uri)));
    return keeping(answer.with("Refresh", "0; url=" + uri), request, begun);
  }

  private Answer keeping(Answer answer, Request request, SingleSignOn.Begun begun) {
    return Cookies.set(answer, request, forms.site(), COOKIE, begun.cookie(), BegunSignIns.TIME);
  }

  private Answer end(Request request) throws InterruptedException {
    Answer answer;
    try {
      answer = ended(request);
    } catch (Refusal e) {
      answer = forms.failed(PATH, e);
    }
    return Cookies.set(answer, request, forms.site(), COOKIE, "", Duration.ZERO);
  }

  private Answer ended(Request request) throws InterruptedException {
    SingleSignOn.Outcome outcome =
        sso.end(
            request, request.path("name"), AccountForms.user(request), Cookies.of(request, COOKIE));
    return switch (outcome) {
      case SingleSignOn.Outcome.SignedIn(String secret, Duration lifetime, String invitation) -> {
        String next = invitation.isEmpty() ? PATH : Invitation.path(invitation);
        Answer answer = forms.done(next, forms.texts().of("account.signedin"));
        yield forms.signedIn(answer, request, secret, lifetime);
      }
      case SingleSignOn.Outcome.Connected() ->
          forms.done(PATH, forms.texts().of("account.sso.done"));
    };
  }

  private Answer disconnect(Request request, Caller.User user, FormFields fields) {
    sso.disconnect(request, user, fields.id());
    return forms.done(PATH, forms.texts().of("account.sso.disconnected"));
  }
}
