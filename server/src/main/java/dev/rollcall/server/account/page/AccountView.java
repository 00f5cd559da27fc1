package dev.rollcall.server.account.page;

import dev.rollcall.server.account.definition.Account;
import dev.rollcall.server.account.definition.Team;
import dev.rollcall.server.account.sso.SsoView;
import dev.rollcall.server.account.store.SessionStore;
import dev.rollcall.server.http.Caller.TeamRole;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What the page of an account shows.
///
/// @param session the id of the session that looks at it
/// @param sso which providers it can sign in with
/// @param factors its second factors
/// @param token an API token that was just made, which is shown once
public record AccountView(
    Account account,
    List<SessionStore.Session> sessions,
    List<SessionStore.Token> tokens,
    List<Team.Mine> teams,
    long session,
    SsoView sso,
    FactorView factors,
    Optional<String> token,
    Instant at) {
  /// The word of a role.
  public String role(TeamRole role) {
    return Team.ROLES.word(role);
  }

  /// Copies the lists.
  public AccountView {
    sessions = List.copyOf(sessions);
    tokens = List.copyOf(tokens);
    teams = List.copyOf(teams);
  }
}
