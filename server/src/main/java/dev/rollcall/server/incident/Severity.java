package dev.rollcall.server.incident;

import dev.rollcall.server.sql.EnumCodec;

/// How much an incident matters. It routes, sorts and colours, and does nothing else.
public enum Severity {
  /// Somebody should act.
  CRITICAL(1),
  /// Somebody should know.
  WARNING(2);

  static final EnumCodec<Severity> CODEC = EnumCodec.of(Severity.class, each -> each.code);

  private final int code;

  Severity(int code) {
    this.code = code;
  }

  /// The number in the database.
  int code() {
    return code;
  }

  /// The word in the API, such as `critical`.
  String word() {
    return CODEC.word(this);
  }
}
