package dev.rollcall.server.incident;

import dev.rollcall.server.signal.Signal;
import dev.rollcall.server.sql.EnumCodec;
import java.util.Optional;

/// What is wrong.
public enum IncidentKind {
  /// A service is down.
  DOWN(1),
  /// A heartbeat did not come in time.
  LATE(2),
  /// A job reported a failure.
  FAILED(3),
  /// A person opened it, and only a person ends it.
  MANUAL(9);

  static final EnumCodec<IncidentKind> CODEC = EnumCodec.of(IncidentKind.class, kind -> kind.code);

  private final int code;

  IncidentKind(int code) {
    this.code = code;
  }

  /// The incident that a subject has in the state that a signal found; empty if it has none.
  static Optional<IncidentKind> of(Signal signal) {
    return CODEC.find(signal.to());
  }

  /// The number in the database.
  int code() {
    return code;
  }

  /// The word in the API, such as `down`.
  public String word() {
    return CODEC.word(this);
  }
}
