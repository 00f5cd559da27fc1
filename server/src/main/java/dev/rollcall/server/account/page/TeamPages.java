package dev.rollcall.server.account.page;

import dev.rollcall.server.account.definition.Invitation;
import dev.rollcall.server.account.definition.Team;
import dev.rollcall.server.account.session.Sessions;
import dev.rollcall.server.account.store.InvitationStore;
import dev.rollcall.server.account.store.SessionStore.MadeToken;
import dev.rollcall.server.account.store.TeamStore;
import dev.rollcall.server.account.team.TeamChanges;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Caller.TeamRole;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.web.Html;
import java.util.List;
import java.util.Optional;

/// `/team?team=5`: the members of a team, its invitations and API tokens.
public final class TeamPages {
  static final String PATH = "/team";

  private final TeamStore teams;
  private final InvitationStore invitations;
  private final Sessions sessions;
  private final TeamChanges changes;
  private final AccountForms forms;
  private final Clock clock;

  /// What a form does with the team of its address.
  private interface Change {
    /// Returns where the browser goes next, and the words there.
    Next apply(Caller.User user, long team, FormFields fields);
  }

  private record Next(String path, String words) {}

  public TeamPages(
      TeamStore teams,
      InvitationStore invitations,
      Sessions sessions,
      TeamChanges changes,
      AccountForms forms,
      Clock clock) {
    this.teams = teams;
    this.invitations = invitations;
    this.sessions = sessions;
    this.changes = changes;
    this.forms = forms;
    this.clock = clock;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(PATH, Access.PUBLIC, this::page),
        forms.own(AccountForms.ACCOUNT + "/team", TeamPages::next, this::create),
        changing("/rename", this::rename),
        changing("/role", this::changeRole),
        changing("/remove", this::remove),
        changing("/delete", this::delete),
        forms.own(PATH + "/invite", TeamPages::next, this::invite),
        changing("/uninvite", this::uninvite),
        forms.own(PATH + "/tokens", TeamPages::next, this::makeToken),
        changing("/revoke", this::revokeToken));
  }

  private Route changing(String path, Change change) {
    return forms.own(
        PATH + path,
        TeamPages::next,
        (request, user, fields) -> {
          Next next = change.apply(user, membership(user).team(), fields);
          if (fields.id() == 0) {
            forms.record(request, user);
          } else {
            forms.record(request, user, fields.id());
          }
          return forms.done(next.path(), next.words());
        });
  }

  /// The page that says what is wrong: that of the team, if there is one, or of the account.
  static String next(Caller.User user) {
    return user.team().map(me -> path(me.team())).orElse(AccountForms.ACCOUNT);
  }

  /// The path of the page of a team.
  static String path(long team) {
    return PATH + "?team=" + team;
  }

  private static Caller.Membership membership(Caller.User user) {
    return user.team()
        .orElseThrow(() -> Refusal.badRequest("parameter 'team' is missing: give a team of yours"));
  }

  private Answer page(Request request) {
    return AccountForms.user(request)
        .map(user -> page(request, user, Optional.empty(), Optional.empty()))
        .orElseGet(() -> forms.signInAgain(request));
  }

  private Answer page(
      Request request, Caller.User user, Optional<String> link, Optional<String> token) {
    Caller.Membership me = membership(user);
    boolean owns = me.role() == TeamRole.OWNER;
    TeamView view =
        new TeamView(
            me,
            user.account(),
            teams.members(me.team()),
            owns ? invitations.of(me.team()) : List.of(),
            owns ? sessions.tokens(me.team()) : List.of(),
            link,
            token,
            clock.wall());
    return forms.page(
        request,
        visit ->
            Html.of(out -> JteteamGenerated.render(out, Html.NONE, forms.site(), visit, view)));
  }

  private Answer create(Request request, Caller.User user, FormFields fields) {
    Team team = changes.create(user, fields.text("name"));
    forms.record(request, user, team.id());
    return forms.done(path(team.id()), forms.texts().of("account.team.made"));
  }

  private Next rename(Caller.User user, long team, FormFields fields) {
    changes.rename(user, team, fields.text("name"));
    return new Next(path(team), forms.texts().of("team.renamed"));
  }

  private Next changeRole(Caller.User user, long team, FormFields fields) {
    changes.change(user, team, fields.id(), role(fields));
    return new Next(path(team), forms.texts().of("team.role.changed"));
  }

  private static TeamRole role(FormFields fields) {
    return Team.ROLES.find(fields.text("role")).orElse(TeamRole.VIEWER);
  }

  private Next remove(Caller.User user, long team, FormFields fields) {
    long account = fields.id();
    changes.remove(user, team, account);
    return account == user.account()
        ? new Next(AccountForms.ACCOUNT, forms.texts().of("team.left"))
        : new Next(path(team), forms.texts().of("team.removed"));
  }

  private Next delete(Caller.User user, long team, FormFields fields) {
    if (!fields.text("name").strip().equals(membership(user).name())) {
      throw Refusal.badRequest(forms.texts().of("team.delete.wrong"));
    }
    changes.delete(user, team);
    return new Next(AccountForms.ACCOUNT, forms.texts().of("team.deleted"));
  }

  /// Shows the link on the page that answers: it is shown once.
  private Answer invite(Request request, Caller.User user, FormFields fields) {
    Caller.Membership me = membership(user);
    changes.requireOwner(user, me.team());
    Invitation.Made made = changes.invite(user, me.team(), role(fields), Invitation.USUAL_LIFETIME);
    forms.record(request, user, made.invitation().id());
    String link = forms.url(request, Invitation.path(made.code()));
    return page(request, user, Optional.of(link), Optional.empty());
  }

  private Next uninvite(Caller.User user, long team, FormFields fields) {
    changes.requireOwner(user, team);
    if (!invitations.revoke(team, fields.id())) {
      throw Refusal.notFound(forms.texts().of("team.invitation.gone"));
    }
    return new Next(path(team), forms.texts().of("team.invitation.revoked"));
  }

  private Answer makeToken(Request request, Caller.User user, FormFields fields) {
    Caller.Membership me = membership(user);
    changes.requireOwner(user, me.team());
    MadeToken made =
        sessions.makeToken(me.team(), fields.text("name").strip(), fields.permissions());
    forms.record(request, user, made.token().id());
    return page(request, user, Optional.empty(), Optional.of(made.secret()));
  }

  private Next revokeToken(Caller.User user, long team, FormFields fields) {
    changes.requireOwner(user, team);
    if (!sessions.revoke(team, fields.id())) {
      throw Refusal.notFound(forms.texts().of("account.token.gone"));
    }
    return new Next(path(team), forms.texts().of("account.token.revoked"));
  }
}
