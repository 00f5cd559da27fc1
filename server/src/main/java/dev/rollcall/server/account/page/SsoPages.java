package dev.rollcall.server.account.page;

import dev.rollcall.server.account.session.SessionCookie;
import dev.rollcall.server.account.sso.SingleSignOn;
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
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// `/account/sso`: leads the browser to a provider, and takes it back. Whatever goes wrong is said
/// on `/account`.
public final class SsoPages {
  private static final String COOKIE = "rollcall-sso";

  private final SingleSignOn sso;
  private final Site site;
  private final Forms forms;

  public SsoPages(SingleSignOn sso, Site site) {
    this.sso = sso;
    this.site = site;
    this.forms = new Forms(site);
  }

  public List<Route> routes() {
    return List.of(
        Route.get(SingleSignOn.path("{name}"), Access.PUBLIC, this::begin).withoutHead().waiting(),
        Route.get(SingleSignOn.path("{name}") + "/callback", Access.PUBLIC, this::end)
            .withoutHead()
            .waiting(),
        forms.post(AccountPages.PATH + "/connect", Access.PUBLIC, this::connect),
        forms.post(AccountPages.PATH + "/disconnect", Access.PUBLIC, this::disconnect));
  }

  private Answer begin(Request request) throws InterruptedException {
    try {
      SingleSignOn.Begun begun =
          sso.begin(request, request.path("name"), 0, request.query("invitation").orElse(""));
      Answer answer = Answer.empty(302).with("Location", begun.uri().toString());
      return keeping(answer.with("Cache-Control", "no-store"), request, begun);
    } catch (Refusal e) {
      return failed(e);
    }
  }

  /// Answers with a page that leads on: the policy of pages forbids that a form leads to another
  /// site. It is a form, as a page of another site must not be able to begin this.
  private Answer connect(Request request, Query fields) throws InterruptedException {
    Optional<Caller.User> user = AccountPages.user(request);
    try {
      if (user.isEmpty()) {
        throw Refusal.of(401, site.texts().of("account.again"));
      }
      String name = fields.single("provider").orElse("");
      SingleSignOn.Begun begun = sso.begin(request, name, user.get().account(), "");
      String uri = begun.uri().toString();
      Answer answer =
          forms.page(
              request,
              visit ->
                  Html.of(
                      out -> JteleavingGenerated.render(out, Html.NONE, site, visit, name, uri)));
      return keeping(answer.with("Refresh", "0; url=" + uri), request, begun);
    } catch (Refusal e) {
      return failed(e);
    }
  }

  private Answer keeping(Answer answer, Request request, SingleSignOn.Begun begun) {
    return Cookies.set(answer, request, site, COOKIE, begun.cookie(), SingleSignOn.TIME);
  }

  private Answer end(Request request) throws InterruptedException {
    Answer answer;
    try {
      answer = ended(request);
    } catch (Refusal e) {
      answer = failed(e);
    }
    return Cookies.set(answer, request, site, COOKIE, "", Duration.ZERO);
  }

  private Answer ended(Request request) throws InterruptedException {
    SingleSignOn.Outcome outcome =
        sso.end(
            request, request.path("name"), AccountPages.user(request), Cookies.of(request, COOKIE));
    return switch (outcome) {
      case SingleSignOn.Outcome.SignedIn(String secret, Duration lifetime, String invitation) ->
          Cookies.set(
              forms.done(
                  invitation.isEmpty() ? AccountPages.PATH : "/invitation?code=" + invitation,
                  new Flash(Flash.Tone.DONE, site.texts().of("account.signedin"))),
              request,
              site,
              SessionCookie.NAME,
              secret,
              lifetime);
      case SingleSignOn.Outcome.Connected() -> done(site.texts().of("account.sso.done"));
    };
  }

  private Answer disconnect(Request request, Query fields) {
    Optional<Caller.User> user = AccountPages.user(request);
    try {
      if (user.isEmpty()) {
        throw Refusal.of(401, site.texts().of("account.again"));
      }
      sso.disconnect(request, user.get(), AccountPages.id(fields));
      return done(site.texts().of("account.sso.disconnected"));
    } catch (Refusal e) {
      return failed(e);
    }
  }

  private Answer done(String words) {
    return forms.done(AccountPages.PATH, new Flash(Flash.Tone.DONE, words));
  }

  private Answer failed(Refusal refusal) {
    return forms.done(
        AccountPages.PATH, new Flash(Flash.Tone.FAILED, String.valueOf(refusal.getMessage())));
  }
}
