package dev.rollcall.server.http;

import java.util.Set;

/// Who sent a request, as far as the [Authenticators] of its route can tell.
public sealed interface Caller {
  /// Anybody: showed nothing, or nothing that is valid here.
  record Anonymous() implements Caller {}

  /// Who runs this server.
  ///
  /// @param withToken whether the token was shown; otherwise the request comes from this machine,
  ///   as it also does where a proxy here does not say that it is one
  record Operator(boolean withToken) implements Caller {}

  /// A job or a node that sends heartbeats or measurements.
  record Sender() implements Caller {}

  /// Somebody with an account.
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
