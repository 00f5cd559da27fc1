package dev.rollcall.server.account.definition;

import dev.rollcall.server.http.Caller.TeamRole;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.sql.EnumCodec;
import java.time.Instant;

/// Several people who share services, heartbeats and channels.
///
/// @param id also the id as an owner of rows
/// @param name as people call it; several teams may have the same
public record Team(long id, String name, Instant createdAt) {
  /// The roles of members, as numbers and words.
  public static final EnumCodec<TeamRole> ROLES = EnumCodec.of(TeamRole.class, Team::code);

  private static final int LONGEST_NAME = 100;

  /// A team as one of its members sees it.
  ///
  /// @param role of the member
  public record Mine(long id, String name, TeamRole role) {}

  /// One of its members.
  ///
  /// @param account the id
  public record Member(long account, String email, TeamRole role, Instant since) {}

  /// A name that somebody wants a team to have.
  ///
  /// @throws Refusal (400) for one that no team can have
  public static String name(String text) {
    String name = text.strip();
    if (name.isEmpty() || name.length() > LONGEST_NAME) {
      throw Refusal.badRequest("name: must have 1 to " + LONGEST_NAME + " characters");
    }
    if (name.matches("\\d+")) {
      throw Refusal.badRequest("name: is a number, as the ids of teams are: add a letter");
    }
    return name;
  }

  /// The number of a role.
  public static int code(TeamRole role) {
    return switch (role) {
      case VIEWER -> 1;
      case EDITOR -> 2;
      case OWNER -> 3;
    };
  }
}
