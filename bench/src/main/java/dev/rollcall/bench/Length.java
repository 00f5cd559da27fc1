package dev.rollcall.bench;

import java.time.Duration;

/// How long to measure.
///
/// @param warm what passes before, for Java to compile what is hot
/// @param steady the stretch that is measured
/// @param rounds how often, where a median of single events is taken
record Length(Duration warm, Duration steady, int rounds) {
  static final Length FULL = new Length(Duration.ofSeconds(45), Duration.ofSeconds(30), 7);

  /// As long as somebody says.
  static Length of(Duration steady) {
    return new Length(FULL.warm(), steady, FULL.rounds());
  }

  static final Length SHORT = new Length(Duration.ofSeconds(8), Duration.ofSeconds(10), 3);
}
