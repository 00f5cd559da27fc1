package dev.rollcall.server.heartbeat;

import dev.rollcall.server.sql.EnumCodec;

/// How a heartbeat stands.
public enum State {
  /// A run has started, none has ended yet.
  NEW(0),
  /// The last one came, and the next is not yet missed.
  UP(1),
  /// It has not called in by the moment it was expected, grace included.
  LATE(2),
  /// It called in to say that its run failed.
  FAILED(3),
  /// Somebody told Rollcall to expect nothing.
  PAUSED(4);

  static final EnumCodec<State> CODEC = EnumCodec.of(State.class, State::code);

  private final int code;

  State(int code) {
    this.code = code;
  }

  /// Its number in the table.
  int code() {
    return code;
  }

  /// As the API writes it: `late`.
  public String word() {
    return CODEC.word(this);
  }
}
