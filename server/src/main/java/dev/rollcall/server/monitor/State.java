package dev.rollcall.server.monitor;

/// The result of an observation; `code` is its number in the database.
enum State {
  DOWN(0),
  UP(1),
  UNKNOWN(2);

  private final int code;

  State(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  /// The word in the API and on the page.
  String word() {
    return switch (this) {
      case DOWN -> "down";
      case UP -> "up";
      case UNKNOWN -> "unknown";
    };
  }

  static State of(Observation observation) {
    return switch (observation) {
      case Observation.Up _ -> UP;
      case Observation.Down _ -> DOWN;
      case Observation.Unknown _ -> UNKNOWN;
    };
  }

  static State ofCode(int code) {
    return switch (code) {
      case 0 -> DOWN;
      case 1 -> UP;
      case 2 -> UNKNOWN;
      default -> throw new IllegalArgumentException("no state has code " + code);
    };
  }
}
