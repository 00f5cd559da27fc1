package dev.rollcall.server.account.page;

import dev.rollcall.server.account.definition.Invitation;
import dev.rollcall.server.account.signin.Operators;
import dev.rollcall.server.account.store.AccountStore;
import dev.rollcall.server.account.store.InvitationStore;
import dev.rollcall.server.account.team.TeamChanges;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Caller.TeamRole;
import dev.rollcall.server.http.Newest;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.web.Html;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// `/accounts`: who has an account, and invitations to register, for operators.
public final class OperatorPages {
  private static final String PATH = "/accounts";

  private final Operators operators;
  private final InvitationStore invitations;
  private final TeamChanges changes;
  private final AccountForms forms;
  private final Clock clock;

  /// What the page shows.
  ///
  /// @param older the path of the next page; empty on the last one
  /// @param own the id of the account that looks at it; 0 if it is none
  /// @param open whether somebody could register with an invitation
  /// @param link of an invitation that was just made
  public record View(
      long own,
      boolean open,
      List<AccountStore.Listed> accounts,
      String older,
      List<Invitation> invitations,
      Optional<String> link,
      Instant now) {}

  public OperatorPages(
      Operators operators,
      InvitationStore invitations,
      TeamChanges changes,
      AccountForms forms,
      Clock clock) {
    this.operators = operators;
    this.invitations = invitations;
    this.changes = changes;
    this.forms = forms;
    this.clock = clock;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(PATH, Access.OPERATOR, request -> page(request, Optional.empty())),
        forms.ofOperators(PATH + "/remove", PATH, this::remove),
        forms.ofOperators(PATH + "/invite", PATH, this::invite),
        forms.ofOperators(PATH + "/uninvite", PATH, this::uninvite));
  }

  private Answer page(Request request, Optional<String> link) {
    Newest page = Newest.of(request);
    List<AccountStore.Listed> accounts = operators.newest(page.before(), page.limit());
    View view =
        new View(
            request.caller() instanceof Caller.User user ? user.account() : 0,
            changes.isRegistrationOpen(),
            accounts,
            page.isFull(accounts) ? PATH + "?before=" + accounts.getLast().account().id() : "",
            invitations.of(TeamChanges.NO_TEAM),
            link,
            clock.wall());
    return forms.page(
        request,
        visit ->
            Html.of(out -> JteaccountsGenerated.render(out, Html.NONE, forms.site(), visit, view)));
  }

  private Answer remove(Request request, FormFields fields) {
    operators.remove(request.caller(), fields.id());
    forms.record(request, request.caller(), fields.id());
    return forms.done(PATH, forms.texts().of("accounts.removed"));
  }

  /// Shows the link on the page that answers: it is shown once.
  private Answer invite(Request request, FormFields fields) {
    Invitation.Made made =
        changes.invite(
            request.caller(), TeamChanges.NO_TEAM, TeamRole.VIEWER, Invitation.USUAL_LIFETIME);
    forms.record(request, request.caller(), made.invitation().id());
    return page(request, Optional.of(forms.url(request, Invitation.path(made.code()))));
  }

  private Answer uninvite(Request request, FormFields fields) {
    if (!invitations.revoke(TeamChanges.NO_TEAM, fields.id())) {
      throw Refusal.notFound(forms.texts().of("team.invitation.gone"));
    }
    forms.record(request, request.caller(), fields.id());
    return forms.done(PATH, forms.texts().of("team.invitation.revoked"));
  }
}
