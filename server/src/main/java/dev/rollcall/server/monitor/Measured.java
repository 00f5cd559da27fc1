package dev.rollcall.server.monitor;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/// What a check measured beside up or down; each part only where the check came that far.
///
/// @param response the time to the end of the answer's header
record Measured(
    Optional<Duration> response,
    Phases phases,
    OptionalInt status,
    int redirects,
    Optional<Instant> certificateEnds) {

  /// The times of the parts of a check.
  record Phases(
      Optional<Duration> dns,
      Optional<Duration> connect,
      Optional<Duration> tls,
      Optional<Duration> firstByte,
      Optional<Duration> total) {}

  /// Nothing at all: the check did not begin.
  static final Measured NOTHING = of(Attempt.within(Duration.ZERO));

  static Measured of(Attempt attempt) {
    return new Measured(
        attempt.time(Phase.HEADER),
        new Phases(
            attempt.time(Phase.DNS),
            attempt.time(Phase.CONNECT),
            attempt.time(Phase.TLS),
            attempt.time(Phase.FIRST_BYTE),
            attempt.time(Phase.TOTAL)),
        attempt.status(),
        attempt.redirects(),
        attempt.certificateExpiry());
  }
}
