package dev.rollcall.server.http;

/// Who may call a route. A route without a stated access cannot be built.
public enum Access {
  /// Anyone: reads of what the operator's configuration lists, and what the contracts leave open.
  PUBLIC,
  /// Who sends heartbeats: anyone, or, where the operator sets them, whoever has the key and calls
  /// from one of the senders' networks.
  PING,
  /// Who sends measurements: as [#PING] without the key, or, once a token is set, whoever shows it,
  /// wherever from.
  SENDER,
  /// The operator alone: writes, settings, rotation, dumps.
  OPERATOR;

  /// Whether this caller may. Whom a listener takes for one is up to its [Authenticators].
  boolean admits(Caller caller) {
    return switch (caller) {
      case Caller.Anonymous() -> this == PUBLIC;
      case Caller.Operator _ -> true;
      case Caller.Sender() -> this != OPERATOR;
      case Caller.User user ->
          this == PUBLIC || (this == PING && user.scopes().contains(Caller.Scope.WRITE));
    };
  }
}
