package dev.rollcall.server.account.team;

import dev.rollcall.server.account.definition.AccountSettings;
import dev.rollcall.server.account.definition.AccountSettings.Registration;
import dev.rollcall.server.account.definition.Invitation;
import dev.rollcall.server.account.definition.Team;
import dev.rollcall.server.account.session.KnownHolders;
import dev.rollcall.server.account.store.AccountStore;
import dev.rollcall.server.account.store.InvitationStore;
import dev.rollcall.server.account.store.InvitationStore.Accepted;
import dev.rollcall.server.account.store.TeamStore;
import dev.rollcall.server.account.store.TeamStore.Changed;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Caller.TeamRole;
import dev.rollcall.server.http.Refusal;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/// What people do with teams; for the API and for the pages. All mistakes are refusals.
public final class TeamChanges {
  /// Instead of the id of a team: an invitation that only lets somebody register.
  public static final long NO_TEAM = 0;

  private final TeamStore teams;
  private final InvitationStore invitations;
  private final AccountStore accounts;
  private final KnownHolders known;
  private final Supplier<AccountSettings> settings;
  private final Runnable deletions;

  /// @param deletions is run after the deletion of a team has begun
  public TeamChanges(
      TeamStore teams,
      InvitationStore invitations,
      AccountStore accounts,
      KnownHolders known,
      Supplier<AccountSettings> settings,
      Runnable deletions) {
    this.teams = teams;
    this.invitations = invitations;
    this.accounts = accounts;
    this.known = known;
    this.settings = settings;
    this.deletions = deletions;
  }

  /// What an account is in a team. An operator is an owner of each.
  ///
  /// @throws Refusal (404) if there is no such team, or the account is no member
  public TeamRole role(Caller.User user, long team) {
    if (user.operates() && teams.find(team).isPresent()) {
      return TeamRole.OWNER;
    }
    return teams.of(user.account()).stream()
        .filter(one -> one.id() == team)
        .findFirst()
        .map(Team.Mine::role)
        .orElseThrow(() -> Refusal.notFound("you have no team " + team));
  }

  /// Refuses who does not own the team.
  ///
  /// @throws Refusal (404) as [#role], (403) if the account does not own the team
  public void requireOwner(Caller.User user, long team) {
    if (role(user, team) != TeamRole.OWNER) {
      throw Refusal.of(403, "only an owner of the team may do this");
    }
  }

  /// Makes a team, which the account owns.
  public Team create(Caller.User user, String name) {
    int most = settings.get().teams();
    long id =
        teams
            .create(user.account(), Team.name(name), most)
            .orElseThrow(
                () ->
                    Refusal.of(
                        409,
                        "you own " + most + " teams, and no account may own more: delete one"));
    known.forget();
    return teams.find(id).orElseThrow(() -> Refusal.notFound("the team is gone again"));
  }

  public void rename(Caller.User user, long team, String name) {
    requireOwner(user, team);
    teams.rename(team, Team.name(name));
    known.forget();
  }

  /// Gives a member another role.
  public void change(Caller.User user, long team, long account, TeamRole role) {
    requireOwner(user, team);
    settle(teams.change(team, account, role, settings.get().teams()));
  }

  /// Ends a membership. A member may end their own.
  public void remove(Caller.User user, long team, long account) {
    if (account == user.account()) {
      role(user, team);
    } else {
      requireOwner(user, team);
    }
    settle(teams.remove(team, account));
  }

  private void settle(Changed changed) {
    known.forget();
    switch (changed) {
      case DONE -> {}
      case NO_MEMBER -> throw Refusal.notFound("there is no such member");
      case TOO_MANY -> throw Refusal.of(409, "the member owns as many teams as one may");
      case LAST_OWNER ->
          throw Refusal.of(
              409, "the team would have no owner: make another member an owner, or delete it");
    }
  }

  /// Begins to delete a team with everything that belongs to it.
  public void delete(Caller.User user, long team) {
    requireOwner(user, team);
    teams.beginDelete(team);
    known.forget();
    deletions.run();
  }

  /// Whether somebody could register with an invitation.
  public boolean isRegistrationOpen() {
    return settings.get().registration() != Registration.CLOSED;
  }

  /// Makes an invitation to a team; without one ([#NO_TEAM]) to register only.
  ///
  /// @throws Refusal (409) for one to register that nobody could use
  public Invitation.Made invite(Caller caller, long team, TeamRole role, Duration lifetime) {
    if (team == NO_TEAM && !isRegistrationOpen()) {
      throw Refusal.of(
          409,
          "registration is closed (accounts.registration), so nobody could use the invitation:"
              + " set it to invite, or invite to a team");
    }
    String by =
        caller instanceof Caller.User user
            ? accounts.find(user.account()).map(found -> found.account().email()).orElse("-")
            : "the operator";
    return invitations.create(team, role, by, lifetime);
  }

  /// Makes the account a member of the team of an invitation.
  ///
  /// @return the team
  public Invitation.ToTeam join(Caller.User user, String code) {
    Invitation invitation = invitations.find(code).orElseThrow(TeamChanges::invalid);
    Invitation.ToTeam team =
        invitation
            .to()
            .orElseThrow(
                () -> Refusal.of(409, "this invitation is for somebody who has no account yet"));
    Accepted accepted = invitations.accept(code, user.account(), settings.get().teams());
    known.forget();
    return switch (accepted) {
      case DONE -> team;
      case INVALID -> throw invalid();
      case MEMBER -> throw Refusal.of(409, "you are a member of this team already");
      case TOO_MANY ->
          throw Refusal.of(409, "you own as many teams as one may: leave or delete one first");
      case FULL ->
          throw Refusal.of(
              409, "the team has " + TeamStore.MOST_MEMBERS + " members, the most there may be");
    };
  }

  /// For an invitation that cannot be used.
  public static Refusal invalid() {
    return Refusal.of(
        403, "the invitation is not valid, was used, or has ended: ask for another one");
  }

  /// The invitation with this code, if it can be used.
  public Optional<Invitation> invitation(String code) {
    return invitations.find(code);
  }
}
