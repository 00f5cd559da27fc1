package dev.rollcall.server.account.page;

import dev.rollcall.server.account.routes.AccountRoutes;
import dev.rollcall.server.account.signin.PasswordReset;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.AnyCase;
import dev.rollcall.server.http.Envelope;
import dev.rollcall.server.http.Query;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.web.Flash;
import dev.rollcall.server.web.Forms;
import dev.rollcall.server.web.Html;
import dev.rollcall.server.web.Site;
import java.util.List;

/// `/account/reset`: the page that asks for a link in a mail, and the page that the link leads to.
public final class ResetPages {
  private static final String PATH = "/account/reset";

  private final PasswordReset reset;
  private final Site site;
  private final Forms forms;

  public ResetPages(PasswordReset reset, Site site) {
    this.reset = reset;
    this.site = site;
    this.forms = new Forms(site);
  }

  public List<Route> routes() {
    return List.of(
        Route.get(PATH, Access.PUBLIC, this::page),
        forms.post(PATH, Access.PUBLIC, this::ask),
        forms.post(PATH + "/password", Access.PUBLIC, this::change));
  }

  /// The same for the API: 202 for `{"email"}`; 200 for `{"code","new_password"}`.
  public static List<Route> api(PasswordReset reset) {
    return List.of(
        Route.post(
            "/v1/account/reset",
            Access.PUBLIC,
            request -> {
              AccountRoutes.refuseOtherSites(request);
              reset.ask(request, AnyCase.of(request.json()).required("email"));
              return Answer.empty(202);
            }),
        Route.post(
            "/v1/account/reset/password",
            Access.PUBLIC,
            request -> {
              AccountRoutes.refuseOtherSites(request);
              AnyCase body = AnyCase.of(request.json());
              reset.change(request, body.required("code").strip(), body.required("new_password"));
              return Envelope.ok();
            }));
  }

  private Answer page(Request request) {
    String code = request.query("code").orElse("");
    if (!code.isEmpty() && !reset.isValid(code)) {
      throw Refusal.notFound(site.texts().of("reset.gone"));
    }
    return forms
        .page(
            request,
            visit ->
                Html.of(
                    out ->
                        JteresetGenerated.render(
                            out, Html.NONE, site, visit, reset.isPossible(), code)))
        .with("Cache-Control", "no-store");
  }

  private Answer ask(Request request, Query fields) {
    try {
      reset.ask(request, AccountPages.text(fields, "email").strip());
      return forms.done("/account", new Flash(Flash.Tone.DONE, site.texts().of("reset.sent")));
    } catch (Refusal e) {
      return forms.done(PATH, new Flash(Flash.Tone.FAILED, String.valueOf(e.getMessage())));
    }
  }

  private Answer change(Request request, Query fields) throws InterruptedException {
    try {
      reset.change(
          request,
          AccountPages.text(fields, "code").strip(),
          AccountPages.text(fields, "password"));
      return forms.done("/account", new Flash(Flash.Tone.DONE, site.texts().of("reset.done")));
    } catch (Refusal e) {
      String code = AccountPages.text(fields, "code").strip();
      String back = reset.isValid(code) ? PATH + "?code=" + code : PATH;
      return forms.done(back, new Flash(Flash.Tone.FAILED, String.valueOf(e.getMessage())));
    }
  }
}
