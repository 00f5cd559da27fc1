package dev.rollcall.server.terminal;

import java.util.Locale;

/// Round-trip times as `ping` writes them.
final class Rtts {
  private Rtts() {}

  /// Milliseconds with as many digits as mean something: `0.031`, `3.14`, `31.4`, `314`.
  static String millis(double nanos) {
    double millis = nanos / 1e6;
    int digits;
    if (millis < 1) {
      digits = 3;
    } else if (millis < 10) {
      digits = 2;
    } else {
      digits = millis < 100 ? 1 : 0;
    }
    return String.format(Locale.ROOT, "%." + digits + "f", millis);
  }

  /// The same of whole nanoseconds.
  static String millis(long nanos) {
    return millis((double) nanos);
  }

  /// Milliseconds with three digits, as in the last line of `ping`.
  static String three(double nanos) {
    return String.format(Locale.ROOT, "%.3f", nanos / 1e6);
  }

  /// The same of whole nanoseconds.
  static String three(long nanos) {
    return three((double) nanos);
  }
}
