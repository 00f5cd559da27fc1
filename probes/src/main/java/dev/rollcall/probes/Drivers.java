package dev.rollcall.probes;

/// Says what to add where an optional library is missing.
final class Drivers {
  private Drivers() {}

  /// Checks that JSON can be read, for the probe that is called `what`.
  static void jackson(String what) {
    try {
      JsonAnswer.empty();
    } catch (NoClassDefFoundError e) {
      throw new IllegalStateException(
          "the probe of %s needs tools.jackson.core:jackson-databind on the class path"
              .formatted(what),
          e);
    }
  }
}
