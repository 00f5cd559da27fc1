package dev.rollcall.server.signal;

import dev.rollcall.server.sql.EnumCodec;

/// A subject that lies in a group.
public record Member(Subject subject, State state) {
  /// What is certain of it.
  public enum State {
    UP(1),
    DOWN(2),
    /// Nothing is certain.
    UNKNOWN(3);

    /// The states as numbers and words.
    public static final EnumCodec<State> CODEC = EnumCodec.of(State.class, each -> each.code);

    private final int code;

    State(int code) {
      this.code = code;
    }

    /// The number in the database.
    public int code() {
      return code;
    }

    /// The word in signals and in the API, such as `down`.
    public String word() {
      return CODEC.word(this);
    }
  }
}
