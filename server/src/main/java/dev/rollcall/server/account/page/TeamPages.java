package dev.rollcall.server.account.page;

import dev.rollcall.server.account.audit.Audit;
import dev.rollcall.server.account.definition.Invitation;
import dev.rollcall.server.account.definition.Team;
import dev.rollcall.server.account.session.KnownHolders;
import dev.rollcall.server.account.store.InvitationStore;
import dev.rollcall.server.account.store.SessionStore;
import dev.rollcall.server.account.store.TeamStore;
import dev.rollcall.server.account.team.TeamChanges;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Caller.TeamRole;
import dev.rollcall.server.http.Query;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.web.Flash;
import dev.rollcall.server.web.Forms;
import dev.rollcall.server.web.Html;
import dev.rollcall.server.web.Site;
import java.util.List;
import java.util.Optional;

/// `/team?team=5`: the members of a team, its invitations and API tokens. `/invitation?code=`: what
/// the link of an invitation leads to.
public final class TeamPages {
  static final String PATH = "/team";

  private static final String ACCOUNT = "/account";

  private final TeamStore teams;
  private final InvitationStore invitations;
  private final SessionStore sessions;
  private final TeamChanges changes;
  private final KnownHolders known;
  private final SignInPage signInPage;
  private final Audit audit;
  private final Site site;
  private final Forms forms;
  private final Clock clock;

  /// What a form does with the team of its address.
  private interface Change {
    /// Returns where the browser goes next, and the words there.
    Next apply(Caller.User user, long team, Query fields);
  }

  /// What a form does for who is signed in.
  private interface Action {
    Answer apply(Request request, Caller.User user, Query fields);
  }

  private record Next(String path, String words) {}

  public TeamPages(
      TeamStore teams,
      InvitationStore invitations,
      SessionStore sessions,
      TeamChanges changes,
      KnownHolders known,
      SignInPage signInPage,
      Audit audit,
      Site site,
      Clock clock) {
    this.teams = teams;
    this.invitations = invitations;
    this.sessions = sessions;
    this.changes = changes;
    this.known = known;
    this.signInPage = signInPage;
    this.audit = audit;
    this.site = site;
    this.forms = new Forms(site);
    this.clock = clock;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(PATH, Access.PUBLIC, this::page),
        forms.post(ACCOUNT + "/team", Access.PUBLIC, signedIn(this::create)),
        forms.post(PATH + "/rename", Access.PUBLIC, changing(this::rename)),
        forms.post(PATH + "/role", Access.PUBLIC, changing(this::changeRole)),
        forms.post(PATH + "/remove", Access.PUBLIC, changing(this::remove)),
        forms.post(PATH + "/delete", Access.PUBLIC, changing(this::delete)),
        forms.post(PATH + "/invite", Access.PUBLIC, signedIn(this::invite)),
        forms.post(PATH + "/uninvite", Access.PUBLIC, changing(this::uninvite)),
        forms.post(PATH + "/tokens", Access.PUBLIC, signedIn(this::createToken)),
        forms.post(PATH + "/revoke", Access.PUBLIC, changing(this::revokeToken)),
        Route.get("/invitation", Access.PUBLIC, this::invitation),
        forms.post("/invitation", Access.PUBLIC, signedIn(this::join)));
  }

  private Answer page(Request request) {
    Optional<Caller.User> user = AccountPages.user(request);
    if (user.isEmpty()) {
      return AccountPages.failed(forms, Refusal.of(401, site.texts().of("account.again")));
    }
    return page(request, user.get(), Optional.empty(), Optional.empty());
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
    return forms
        .page(
            request,
            visit -> Html.of(out -> JteteamGenerated.render(out, Html.NONE, site, visit, view)))
        .with("Cache-Control", "no-store");
  }

  private static Caller.Membership membership(Caller.User user) {
    return user.team()
        .orElseThrow(() -> Refusal.badRequest("parameter 'team' is missing: give a team of yours"));
  }

  /// What only those do who are signed in. A mistake is shown on the page of the team, if there is
  /// one, or of the account.
  private Forms.Action signedIn(Action action) {
    return (request, fields) -> {
      Optional<Caller.User> user = AccountPages.user(request);
      if (user.isEmpty()) {
        return AccountPages.failed(forms, Refusal.of(401, site.texts().of("account.again")));
      }
      try {
        return action.apply(request, user.get(), fields);
      } catch (Refusal e) {
        return user.get()
            .team()
            .map(me -> failed(me, e))
            .orElseGet(() -> AccountPages.failed(forms, e));
      }
    };
  }

  private Forms.Action changing(Change change) {
    return signedIn(
        (request, user, fields) -> {
          Next next = change.apply(user, membership(user).team(), fields);
          record(request, user);
          return forms.done(next.path(), new Flash(Flash.Tone.DONE, next.words()));
        });
  }

  private void record(Request request, Caller.User user) {
    audit.record(
        user,
        request.client().getHostAddress(),
        "POST " + request.path(),
        request.path() + user.team().map(team -> "?team=" + team.team()).orElse(""));
  }

  private Answer failed(Caller.Membership me, Refusal refusal) {
    return forms.done(
        path(me.team()), new Flash(Flash.Tone.FAILED, String.valueOf(refusal.getMessage())));
  }

  private static String path(long team) {
    return PATH + "?team=" + team;
  }

  private Answer create(Request request, Caller.User user, Query fields) {
    Team team = changes.create(user, AccountPages.text(fields, "name"));
    record(request, user);
    return forms.done(
        path(team.id()), new Flash(Flash.Tone.DONE, site.texts().of("account.team.made")));
  }

  private Next rename(Caller.User user, long team, Query fields) {
    changes.rename(user, team, AccountPages.text(fields, "name"));
    return new Next(path(team), site.texts().of("team.renamed"));
  }

  private Next changeRole(Caller.User user, long team, Query fields) {
    changes.change(user, team, AccountPages.id(fields), role(fields));
    return new Next(path(team), site.texts().of("team.role.changed"));
  }

  private static TeamRole role(Query fields) {
    return Team.ROLES.find(AccountPages.text(fields, "role")).orElse(TeamRole.VIEWER);
  }

  private Next remove(Caller.User user, long team, Query fields) {
    long account = AccountPages.id(fields);
    changes.remove(user, team, account);
    return account == user.account()
        ? new Next(ACCOUNT, site.texts().of("team.left"))
        : new Next(path(team), site.texts().of("team.removed"));
  }

  private Next delete(Caller.User user, long team, Query fields) {
    if (!AccountPages.text(fields, "name").strip().equals(membership(user).name())) {
      throw Refusal.badRequest(site.texts().of("team.delete.wrong"));
    }
    changes.delete(user, team);
    return new Next(ACCOUNT, site.texts().of("team.deleted"));
  }

  /// Shows the link on the page that answers: it is shown once.
  private Answer invite(Request request, Caller.User user, Query fields) {
    Caller.Membership me = membership(user);
    changes.requireOwner(user, me.team());
    Invitation.Made made = changes.invite(user, me.team(), role(fields), Invitation.USUAL_LIFETIME);
    record(request, user);
    return page(
        request, user, Optional.of(site.link(Invitation.path(made.code()))), Optional.empty());
  }

  private Next uninvite(Caller.User user, long team, Query fields) {
    changes.requireOwner(user, team);
    if (!invitations.revoke(team, AccountPages.id(fields))) {
      throw Refusal.notFound(site.texts().of("team.invitation.gone"));
    }
    return new Next(path(team), site.texts().of("team.invitation.revoked"));
  }

  private Answer createToken(Request request, Caller.User user, Query fields) {
    Caller.Membership me = membership(user);
    changes.requireOwner(user, me.team());
    SessionStore.MadeToken made =
        sessions.create(
            me.team(), AccountPages.text(fields, "name").strip(), AccountPages.permissions(fields));
    record(request, user);
    return page(request, user, Optional.empty(), Optional.of(made.secret()));
  }

  private Next revokeToken(Caller.User user, long team, Query fields) {
    changes.requireOwner(user, team);
    if (!sessions.revoke(team, AccountPages.id(fields))) {
      throw Refusal.notFound(site.texts().of("account.token.gone"));
    }
    known.forget();
    return new Next(path(team), site.texts().of("account.token.revoked"));
  }

  /// Asks whether to join, or how to sign in first.
  private Answer invitation(Request request) {
    String code = request.query("code").orElse("");
    Invitation invitation =
        changes
            .invitation(code)
            .orElseThrow(() -> Refusal.notFound(site.texts().of("invitation.gone")));
    if (AccountPages.user(request).isEmpty()) {
      return signInPage.answer(request, Optional.of(invitation), code);
    }
    return forms
        .page(
            request,
            visit ->
                Html.of(
                    out ->
                        JteinvitationGenerated.render(
                            out, Html.NONE, site, visit, invitation, code)))
        .with("Cache-Control", "no-store");
  }

  private Answer join(Request request, Caller.User user, Query fields) {
    Invitation.ToTeam team = changes.join(user, AccountPages.text(fields, "code").strip());
    record(request, user);
    return forms.done(
        path(team.id()), new Flash(Flash.Tone.DONE, site.texts().of("account.joined")));
  }
}
