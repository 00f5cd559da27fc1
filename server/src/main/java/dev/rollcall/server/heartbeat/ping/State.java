package dev.rollcall.server.heartbeat.ping;

import dev.rollcall.server.sql.EnumCodec;

/// The state of a heartbeat.
public enum State {
  /// A run has started, none has ended yet.
  NEW(0),
  /// The last ping came, and the deadline of the next has not passed.
  UP(1),
  /// No ping came by the deadline: the expected time plus the grace.
  LATE(2),
  /// The last ping reported a failure.
  FAILED(3),
  /// Somebody paused it: no ping is expected.
  PAUSED(4);

  public static final EnumCodec<State> CODEC = EnumCodec.of(State.class, State::code);

  private final int code;

  State(int code) {
    this.code = code;
  }

  /// Its number in the table.
  public int code() {
    return code;
  }

  /// The word in the API, such as `late`.
  public String word() {
    return CODEC.word(this);
  }
}
