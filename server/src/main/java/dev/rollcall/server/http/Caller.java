package dev.rollcall.server.http;

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
  record User(long account, long session, boolean operates, Set<Permission> permissions)
      implements Caller {
    public User {
      permissions = Set.copyOf(permissions);
    }

    /// Whether the session or token may be used for this.
    boolean may(Permission permission) {
      return permissions.contains(permission);
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
      case Anonymous() -> false;
      case Sender() -> false;
    };
  }
}
