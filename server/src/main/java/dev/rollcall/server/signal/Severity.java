package dev.rollcall.server.signal;

import dev.rollcall.server.sql.EnumCodec;

/// How much it matters that something is wrong. It routes, sorts and colours, and does nothing
/// else.
public enum Severity {
  /// Somebody should act.
  CRITICAL(1),
  /// Somebody should know.
  WARNING(2);

  /// The severities as numbers and words.
  public static final EnumCodec<Severity> CODEC = EnumCodec.of(Severity.class, each -> each.code);

  private final int code;

  Severity(int code) {
    this.code = code;
  }

  /// The number in the database.
  public int code() {
    return code;
  }

  /// The word in the API, such as `critical`.
  public String word() {
    return CODEC.word(this);
  }
}
