package dev.rollcall.server.account.page;

import dev.rollcall.server.account.definition.Invitation;
import dev.rollcall.server.account.signin.SignIn;
import dev.rollcall.server.account.sso.SingleSignOn;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.web.Forms;
import dev.rollcall.server.web.Html;
import dev.rollcall.server.web.Site;
import java.util.Optional;

/// The page for who has not signed in: with a password, a provider or a passkey, or registering.
public record SignInPage(
    SignIn signIn, SingleSignOn sso, FactorPages factors, Forms forms, Site site) {
  /// The page.
  ///
  /// @param invitation that led here
  /// @param code of the invitation
  Answer answer(Request request, Optional<Invitation> invitation, String code) {
    Optional<String> passkey = factors.signInOptions(request);
    return forms
        .page(
            request,
            visit ->
                Html.of(
                    out ->
                        JtesigninGenerated.render(
                            out,
                            Html.NONE,
                            site,
                            visit,
                            sso.names(),
                            signIn.registration(),
                            invitation,
                            code,
                            passkey)))
        .with("Cache-Control", "no-store");
  }
}
