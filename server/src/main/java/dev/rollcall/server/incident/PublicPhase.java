package dev.rollcall.server.incident;

import dev.rollcall.server.sql.EnumCodec;

/// How far an incident is, for the public. Only people move it.
public enum PublicPhase {
  INVESTIGATING(1),
  IDENTIFIED(2),
  MONITORING(3),
  RESOLVED(4);

  /// The phases as numbers and words.
  public static final EnumCodec<PublicPhase> CODEC =
      EnumCodec.of(PublicPhase.class, each -> each.code);

  private final int code;

  PublicPhase(int code) {
    this.code = code;
  }

  /// The number in the database.
  int code() {
    return code;
  }

  /// The word in the API, such as `identified`.
  public String word() {
    return CODEC.word(this);
  }
}
