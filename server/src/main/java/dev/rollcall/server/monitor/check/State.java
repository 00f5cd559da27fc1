package dev.rollcall.server.monitor.check;

import dev.rollcall.server.sql.EnumCodec;

/// The result of an observation; `code` is its number in the database.
public enum State {
  DOWN(0),
  UP(1),
  UNKNOWN(2),
  /// Up, and slower than the service should be. Ticks, counts and events have it as up.
  SLOW(3);

  /// The numbers in the database.
  public static final EnumCodec<State> CODEC = EnumCodec.of(State.class, State::code);

  private final int code;

  State(int code) {
    this.code = code;
  }

  /// The number in the database.
  public int code() {
    return code;
  }

  /// The word in the API and on the page.
  public String word() {
    return CODEC.word(this);
  }

  /// The state in ticks, counts and sums.
  public State counted() {
    return this == SLOW ? UP : this;
  }

  /// The state that an observation found.
  public static State of(Observation observation) {
    return switch (observation) {
      case Observation.Up _ -> UP;
      case Observation.Slow _ -> SLOW;
      case Observation.Down _ -> DOWN;
      case Observation.Unknown _ -> UNKNOWN;
    };
  }
}
