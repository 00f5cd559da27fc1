package dev.rollcall.server.account.page;

import dev.rollcall.server.account.definition.Invitation;
import dev.rollcall.server.account.definition.Team;
import dev.rollcall.server.account.store.SessionStore;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Caller.TeamRole;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What the page of a team shows.
///
/// @param me what who looks at it is in the team
/// @param account the id of who looks at it
/// @param invitations the open ones; none unless an owner looks
/// @param tokens of the team; none unless an owner looks
/// @param link the link of an invitation that was just made, which is shown once
/// @param token an API token that was just made, which is shown once
public record TeamView(
    Caller.Membership me,
    long account,
    List<Team.Member> members,
    List<Invitation> invitations,
    List<SessionStore.Token> tokens,
    Optional<String> link,
    Optional<String> token,
    Instant at) {
  /// Copies the lists.
  public TeamView {
    members = List.copyOf(members);
    invitations = List.copyOf(invitations);
    tokens = List.copyOf(tokens);
  }

  /// Whether who looks at it decides who belongs to the team.
  public boolean owns() {
    return me.role() == TeamRole.OWNER;
  }

  /// The words of the roles.
  public List<String> roles() {
    return Arrays.stream(TeamRole.values()).map(Team.ROLES::word).toList();
  }

  /// The word of a role.
  public String role(TeamRole role) {
    return Team.ROLES.word(role);
  }

  /// The path of a form of this team.
  public String form(String name) {
    return TeamPages.PATH + name + "?team=" + me.team();
  }
}
