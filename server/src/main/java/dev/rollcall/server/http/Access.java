package dev.rollcall.server.http;

/// Who may call a route. A route without a stated access cannot be built.
public enum Access {
  /// Anyone: reads of what the operator's configuration lists, and what the contracts leave open.
  PUBLIC,
  /// Senders of heartbeats: anyone; or, if the operator has set them, callers with the key from the
  /// networks of senders.
  PING,
  /// Senders of measurements: as [#PING] without the key; or, if a token is set, callers with the
  /// token, from any network.
  SENDER,
  /// The operator only: writes, settings, rotation, dumps.
  OPERATOR;

  /// Whether this caller may call the route. The [Authenticators] of a listener find out who calls.
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
