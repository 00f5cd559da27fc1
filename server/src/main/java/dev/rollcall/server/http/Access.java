package dev.rollcall.server.http;

/// Who may call a route. A route without a stated access cannot be built.
public enum Access {
  /// Anyone: reads of what the operator's configuration lists, and what the contracts leave open.
  PUBLIC,
  /// Who sends measurements: anyone, or, once a token is set, whoever shows it, wherever from.
  WRITER,
  /// The operator alone: writes, settings, rotation, dumps. [Callers] decides who that is.
  MANAGEMENT
}
