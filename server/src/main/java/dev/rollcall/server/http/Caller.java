package dev.rollcall.server.http;

/// Who sent a request. Decided once per request, by [Callers].
public sealed interface Caller {
  /// Holds the operator's token, or sits at the machine itself.
  record Operator() implements Caller {}

  /// Showed no token, or one that is not valid here: 401.
  record Unknown(String reason) implements Caller {}

  /// Calls from this machine, but in a way that a web page or a proxy on it would as well: 403.
  record Doubtful(String reason) implements Caller {}
}
