package dev.rollcall.probes;

/// How often tests repeat what must leave nothing behind: what leaks with each check shows after a
/// hundred already, so a build asks for no more. `-Drollcall.test.runs=1000` asks for all.
final class Runs {
  private static final int MANY = Integer.getInteger("rollcall.test.runs", 100);

  private Runs() {}

  /// So many.
  static int many() {
    return MANY;
  }

  /// So many, where each costs `dear` times as much as others.
  static int many(int dear) {
    return Math.max(16, MANY / dear);
  }
}
