package dev.rollcall.server.account.page;

import dev.rollcall.server.account.definition.Invitation;
import dev.rollcall.server.account.session.AccountAuthenticator.Person;
import dev.rollcall.server.account.team.TeamChanges;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.web.Html;
import java.util.List;
import java.util.Optional;

/// `/invitation?code=`: what the link of an invitation leads to.
public record InvitationPages(TeamChanges changes, SignInPages signIn, AccountForms forms) {
  private static final String PATH = "/invitation";

  public List<Route> routes() {
    return List.of(
        Route.get(PATH, Access.PUBLIC, this::page), forms.own(PATH, TeamPages::next, this::join));
  }

  /// Asks whether to join, or how to sign in first.
  private Answer page(Request request) {
    String code = request.query("code").orElse("");
    Invitation invitation =
        changes
            .invitation(code)
            .orElseThrow(() -> Refusal.notFound(forms.texts().of("invitation.gone")));
    if (forms.person(request).filter(Person::restricted).isPresent()) {
      return forms.signInAgain(request);
    }
    if (AccountForms.user(request).isEmpty()) {
      return signIn.page(request, Optional.of(invitation), code);
    }
    return forms.page(
        request,
        visit ->
            Html.of(
                out ->
                    JteinvitationGenerated.render(
                        out, Html.NONE, forms.site(), visit, invitation, code)));
  }

  private Answer join(Request request, Caller.User user, FormFields fields) {
    Invitation.ToTeam team = changes.join(user, fields.text("code").strip());
    forms.record(request, user, team.id());
    return forms.done(TeamPages.path(team.id()), forms.texts().of("account.joined"));
  }
}
