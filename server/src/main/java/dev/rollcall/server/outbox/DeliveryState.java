package dev.rollcall.server.outbox;

import dev.rollcall.server.sql.EnumCodec;

/// What has become of a delivery.
enum DeliveryState {
  /// It is still owed.
  PENDING(0),
  /// The receiver has it.
  DELIVERED(1),
  /// It was refused, or given up.
  FAILED(2),
  /// It did not hold any more before it had arrived: see [Withdrawal].
  WITHDRAWN(3);

  static final EnumCodec<DeliveryState> CODEC =
      EnumCodec.of(DeliveryState.class, DeliveryState::code);

  private final int code;

  DeliveryState(int code) {
    this.code = code;
  }

  /// What the database keeps.
  int code() {
    return code;
  }

  String word() {
    return CODEC.word(this);
  }
}
