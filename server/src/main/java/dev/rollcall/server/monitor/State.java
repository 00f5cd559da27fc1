package dev.rollcall.server.monitor;

import dev.rollcall.server.sql.EnumCodec;

/// The result of an observation; `code` is its number in the database.
enum State {
  DOWN(0),
  UP(1),
  UNKNOWN(2);

  static final EnumCodec<State> CODEC = EnumCodec.of(State.class, State::code);

  private final int code;

  State(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  /// The word in the API and on the page.
  String word() {
    return CODEC.word(this);
  }

  static State of(Observation observation) {
    return switch (observation) {
      case Observation.Up _ -> UP;
      case Observation.Down _ -> DOWN;
      case Observation.Unknown _ -> UNKNOWN;
    };
  }
}
