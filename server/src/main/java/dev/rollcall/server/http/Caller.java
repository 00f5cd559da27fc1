package dev.rollcall.server.http;

import dev.rollcall.server.owner.Scope;
import java.util.Optional;
import java.util.Set;

/// Who sent a request, as far as the [Authenticators] of its route can tell.
public sealed interface Caller {
  /// Anyone without valid credentials.
  record Anonymous() implements Caller {}

  /// The person who runs this server.
  ///
  /// @param withToken whether the request has the token; otherwise it comes from this machine,
  ///   possibly through a proxy here that adds no headers
  record Operator(boolean withToken) implements Caller {}

  /// A job or a node that sends heartbeats or measurements.
  record Sender() implements Caller {}

  /// A person with an account.
  ///
  /// @param account the id of the account
  /// @param session the id of the session; 0 with an API token
  /// @param operates whether the account is an operator's
  /// @param permissions what the session or token may be used for
  /// @param team the team for which the request acts (`?team=`); empty: for the account itself
  record User(
      long account,
      long session,
      boolean operates,
      Set<Permission> permissions,
      Optional<Membership> team)
      implements Caller {
    public User {
      permissions = Set.copyOf(permissions);
    }

    /// Whether the session or token may be used for this, and the person may do it in the team.
    boolean may(Permission permission) {
      boolean reads = permission == Permission.READ;
      return permissions.contains(permission)
          && (reads || team.isEmpty() || team.get().role().changes());
    }

    /// To whom that belongs what the request makes.
    long owner() {
      return team.map(Membership::team).orElse(operates ? Scope.OPERATOR : account);
    }
  }

  /// A client with an API token of a team, which acts for the team as an editor does.
  record Team(long team, Set<Permission> permissions) implements Caller {
    public Team {
      permissions = Set.copyOf(permissions);
    }
  }

  /// What a person is in a team.
  ///
  /// @param team its id, also as an owner of rows
  record Membership(long team, String name, TeamRole role) {}

  /// What a member of a team may do. Each role includes those before it.
  enum TeamRole {
    /// To see what the team has.
    VIEWER,
    /// To change what the team has.
    EDITOR,
    /// To change who belongs to the team, and its tokens.
    OWNER;

    /// Whether it includes changes of what the team has.
    public boolean changes() {
      return this != VIEWER;
    }
  }

  /// What a session or token may be used for.
  enum Permission {
    /// To read what the account sees.
    READ,
    /// To change what the account may change.
    WRITE,
    /// To send heartbeats.
    PING,
    /// To send measurements.
    RESULTS
  }

  /// Whether the caller certainly is an operator: with the token, or with the account of one.
  default boolean isOperator() {
    return switch (this) {
      case Operator(boolean withToken) -> withToken;
      case User user -> user.operates();
      case Team _ -> false;
      case Anonymous() -> false;
      case Sender() -> false;
    };
  }
}
