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
  /// @param scopes what the session or token may be used for
  record User(long account, Set<Scope> scopes) implements Caller {
    public User {
      scopes = Set.copyOf(scopes);
    }
  }

  /// What a session or token may be used for.
  enum Scope {
    READ,
    WRITE
  }
}
