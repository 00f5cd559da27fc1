package dev.rollcall.server.http;

/// Who may call a route. A route without a stated access cannot be built.
public enum Access {
  /// Anyone: reads of what the operator's configuration lists, and what the contracts leave open.
  PUBLIC,
  /// The operator alone: writes, settings, rotation, dumps. [Callers] decides who that is.
  MANAGEMENT
}
