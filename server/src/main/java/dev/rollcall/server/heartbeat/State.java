package dev.rollcall.server.heartbeat;

import java.util.Locale;
import java.util.Optional;

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

  private static final State[] ALL = values();

  private final int number;

  State(int number) {
    this.number = number;
  }

  /// Its number in the table.
  int number() {
    return number;
  }

  /// As the API writes it: `late`.
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
