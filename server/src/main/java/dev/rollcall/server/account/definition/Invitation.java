package dev.rollcall.server.account.definition;

import dev.rollcall.server.http.Caller.TeamRole;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// An invitation by link, used once: to a team, or only to register.
///
/// @param to the team, and the role in it; empty to register only
/// @param by who made it, as people read it
public record Invitation(
    long id, Optional<ToTeam> to, String by, Instant createdAt, Instant endsAt) {
  /// How long one is valid if nobody says.
  public static final Duration USUAL_LIFETIME = Duration.ofDays(7);

  /// The path of the page that the link of an invitation leads to.
  public static String path(String code) {
    return "/invitation?code=" + code;
  }

  /// A team to which somebody is invited.
  public record ToTeam(long id, String name, TeamRole role) {
    /// The word of the role.
    public String word() {
      return Team.ROLES.word(role);
    }
  }

  /// One that was just made, with the code of its link, which is not stored.
  public record Made(Invitation invitation, String code) {}
}
