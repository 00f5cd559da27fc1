package dev.rollcall.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;

/// Prints figures, one per line, as soon as they are known.
final class Table {
  Table() throws IOException {
    System.out.println("   " + Proc.machine());
  }

  @SuppressWarnings("AnnotateFormatMethod") // the annotation would need a library only for this
  void row(String what, String format, Object... values) {
    System.out.printf(
        Locale.ROOT, "   %-44s %s%n", what, String.format(Locale.ROOT, format, values));
  }

  /// The last line: the result and the required value.
  @SuppressWarnings("AnnotateFormatMethod") // as above
  void verdict(boolean held, String format, Object... values) {
    System.out.printf(
        Locale.ROOT,
        "%s %s%n",
        held ? "=> held:  " : "=> MISSED:",
        String.format(Locale.ROOT, format, values));
  }

  static double millis(Duration duration) {
    return duration.toNanos() / 1e6;
  }
}
