package dev.rollcall.server.heartbeat;

import java.util.Locale;
import java.util.Optional;

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

  private static final State[] ALL = values();

  private final int number;

  State(int number) {
    this.number = number;
  }

  /// Its number in the table.
  int number() {
    return number;
  }

  /// The word in the API, such as `late`.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<State> ofWord(String word) {
    for (State state : ALL) {
      if (state.word().equals(word)) {
        return Optional.of(state);
      }
    }
    return Optional.empty();
  }

  static State ofNumber(int number) {
    for (State state : ALL) {
      if (state.number == number) {
        return state;
      }
    }
    throw new IllegalArgumentException("there is no state " + number);
  }
}
