package dev.rollcall.server.signal;

import dev.rollcall.server.sql.EnumCodec;

/// What a signal is about.
///
/// @param id its id in the table of its type
/// @param owner whose it is
/// @param name its name when the signal was written
public record Subject(Type type, long id, long owner, String name) {
  /// The kinds of subjects.
  public enum Type {
    SERVICE(1),
    HEARTBEAT(2);

    /// The types as numbers and words.
    public static final EnumCodec<Type> CODEC = EnumCodec.of(Type.class, Type::code);

    private final int code;

    Type(int code) {
      this.code = code;
    }

    /// The number in the database.
    public int code() {
      return code;
    }
  }
}
