package dev.rollcall.server.account.page;

import dev.rollcall.server.account.definition.Invitation;
import dev.rollcall.server.account.signin.Operators;
import dev.rollcall.server.account.store.AccountStore;
import dev.rollcall.server.account.store.InvitationStore;
import dev.rollcall.server.account.team.TeamChanges;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Caller.TeamRole;
import dev.rollcall.server.http.Newest;
import dev.rollcall.server.http.Query;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.web.Flash;
import dev.rollcall.server.web.Forms;
import dev.rollcall.server.web.Html;
import dev.rollcall.server.web.Site;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// `/accounts`: who has an account, and invitations to register, for operators.
public final class OperatorPages {
  private static final String PATH = "/accounts";

  private final Operators operators;
  private final InvitationStore invitations;
  private final TeamChanges changes;
  private final Site site;
  private final Forms forms;
  private final Clock clock;

  /// What the page shows.
  ///
  /// @param older the path of the next page; empty on the last one
  /// @param link of an invitation that was just made
  public record View(
      List<AccountStore.Listed> accounts,
      String older,
      List<Invitation> invitations,
      Optional<String> link,
      Instant now) {}

  public OperatorPages(
      Operators operators,
      InvitationStore invitations,
      TeamChanges changes,
      Site site,
      Clock clock) {
    this.operators = operators;
    this.invitations = invitations;
    this.changes = changes;
    this.site = site;
    this.forms = new Forms(site);
    this.clock = clock;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(PATH, Access.OPERATOR, request -> page(request, Optional.empty())),
        forms.post(PATH + "/remove", Access.OPERATOR, this::remove),
        forms.post(PATH + "/invite", Access.OPERATOR, this::invite),
        forms.post(PATH + "/uninvite", Access.OPERATOR, this::uninvite));
  }

  private Answer page(Request request, Optional<String> link) {
    Newest page = Newest.of(request);
    List<AccountStore.Listed> accounts = operators.newest(page.before(), page.limit());
    View view =
        new View(
            accounts,
            page.isFull(accounts) ? PATH + "?before=" + accounts.getLast().account().id() : "",
            invitations.of(TeamChanges.NO_TEAM),
            link,
            clock.wall());
    return forms
        .page(
            request,
            visit -> Html.of(out -> JteaccountsGenerated.render(out, Html.NONE, site, visit, view)))
        .with("Cache-Control", "no-store");
  }

  private Answer remove(Request request, Query fields) {
    try {
      operators.remove(request.caller(), AccountPages.id(fields));
      return done(Flash.Tone.DONE, site.texts().of("accounts.removed"));
    } catch (Refusal e) {
      return done(Flash.Tone.FAILED, String.valueOf(e.getMessage()));
    }
  }

  /// Shows the link on the page that answers: it is shown once.
  private Answer invite(Request request, Query fields) {
    try {
      Invitation.Made made =
          changes.invite(
              request.caller(), TeamChanges.NO_TEAM, TeamRole.VIEWER, Invitation.USUAL_LIFETIME);
      return page(request, Optional.of(site.link(Invitation.path(made.code()))));
    } catch (Refusal e) {
      return done(Flash.Tone.FAILED, String.valueOf(e.getMessage()));
    }
  }

  private Answer uninvite(Request request, Query fields) {
    boolean revoked = invitations.revoke(TeamChanges.NO_TEAM, AccountPages.id(fields));
    return revoked
        ? done(Flash.Tone.DONE, site.texts().of("team.invitation.revoked"))
        : done(Flash.Tone.FAILED, site.texts().of("team.invitation.gone"));
  }

  private Answer done(Flash.Tone tone, String words) {
    return forms.done(PATH, new Flash(tone, words));
  }
}
