package dev.rollcall.server.outbox;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// The state of a delivery.
enum DeliveryState {
  /// It is to be sent.
  PENDING(0),
  /// The receiver has it.
  DELIVERED(1),
  /// The receiver rejected it, or it was given up.
  FAILED(2),
  /// It became invalid before it arrived: see [Withdrawal].
  WITHDRAWN(3);

  private final int code;

  DeliveryState(int code) {
    this.code = code;
  }

  /// The number in the database.
  int code() {
    return code;
  }

  static DeliveryState ofCode(int code) {
    return Arrays.stream(values())
        .filter(state -> state.code == code)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no state of a delivery: " + code));
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<DeliveryState> ofWord(String word) {
    return Arrays.stream(values()).filter(state -> state.word().equals(word)).findFirst();
  }
}
