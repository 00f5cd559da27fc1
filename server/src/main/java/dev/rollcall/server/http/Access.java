package dev.rollcall.server.http;

/// Who may call a route. A route without a stated access cannot be built.
public enum Access {
  /// Anyone: reads of what the operator's configuration lists, and what the contracts leave open.
  PUBLIC,
  /// Who calls in: anyone, or, where the operator names the writers' networks, whoever calls from
  /// one of them or shows the token.
  CALLER,
  /// Who sends measurements: as [#CALLER], or, once a token is set, whoever shows it, wherever
  /// from.
  WRITER,
  /// The operator alone: writes, settings, rotation, dumps. [Callers] decides who that is.
  MANAGEMENT
}
