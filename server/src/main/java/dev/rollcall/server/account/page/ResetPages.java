package dev.rollcall.server.account.page;

import dev.rollcall.server.account.signin.PasswordReset;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.web.Html;
import java.util.List;

/// `/account/reset`: the page that asks for a link in a mail, and the page that the link leads to.
public final class ResetPages {
  private static final String PATH = "/account/reset";

  private final PasswordReset reset;
  private final AccountForms forms;

  public ResetPages(PasswordReset reset, AccountForms forms) {
    this.reset = reset;
    this.forms = forms;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(PATH, Access.PUBLIC, this::page),
        forms.post(PATH, _ -> PATH, this::ask),
        forms.post(PATH + "/password", this::next, this::change));
  }

  private Answer page(Request request) {
    String code = request.query("code").orElse("");
    if (!code.isEmpty() && !reset.isValid(code)) {
      throw Refusal.notFound(forms.texts().of("reset.gone"));
    }
    return forms.page(
        request,
        visit ->
            Html.of(
                out ->
                    JteresetGenerated.render(
                        out, Html.NONE, forms.site(), visit, reset.isPossible(), code)));
  }

  private Answer ask(Request request, FormFields fields) {
    reset.ask(request, fields.text("email").strip());
    return forms.done(AccountForms.ACCOUNT, forms.texts().of("reset.sent"));
  }

  /// The page of the link, if it can be used again.
  private String next(FormFields fields) {
    String code = fields.text("code").strip();
    return reset.isValid(code) ? PATH + "?code=" + code : PATH;
  }

  private Answer change(Request request, FormFields fields) throws InterruptedException {
    reset.change(request, fields.text("code").strip(), fields.text("password"));
    return forms.done(AccountForms.ACCOUNT, forms.texts().of("reset.done"));
  }
}
