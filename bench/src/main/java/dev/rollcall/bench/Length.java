package dev.rollcall.bench;

import java.time.Duration;

/// How long to measure.
///
/// @param warm the time before measuring, in which Java compiles the code
/// @param steady the time of measuring
/// @param rounds the number of repetitions, if the median of single events is taken
record Length(Duration warm, Duration steady, int rounds) {
  static final Length FULL = new Length(Duration.ofSeconds(45), Duration.ofSeconds(30), 7);

  /// With the given time of measuring.
  static Length of(Duration steady) {
    return new Length(FULL.warm(), steady, FULL.rounds());
  }

  static final Length SHORT = new Length(Duration.ofSeconds(8), Duration.ofSeconds(10), 3);
}
