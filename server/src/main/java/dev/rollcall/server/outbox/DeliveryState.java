package dev.rollcall.server.outbox;

import dev.rollcall.server.sql.EnumCodec;

/// The state of a delivery.
public enum DeliveryState {
  /// It is to be sent.
  PENDING(0),
  /// The receiver has it.
  DELIVERED(1),
  /// The receiver rejected it, or it was given up.
  FAILED(2),
  /// It became invalid before it arrived: see [Withdrawal].
  WITHDRAWN(3);

  static final EnumCodec<DeliveryState> CODEC =
      EnumCodec.of(DeliveryState.class, DeliveryState::code);

  private final int code;

  DeliveryState(int code) {
    this.code = code;
  }

  /// The number in the database.
  int code() {
    return code;
  }

  /// The word in the API and on pages.
  public String word() {
    return CODEC.word(this);
  }
}
