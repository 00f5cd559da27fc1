package dev.rollcall.probes;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Phase;
import dev.rollcall.probe.Probe;
import java.time.Duration;

/// Keeps a check to a time of its own inside the attempt it is given, which may leave it more.
final class Limit {
  private Limit() {}

  /// `probe`, taking no longer than `limit`.
  static Probe within(Duration limit, Probe probe) {
    return Probe.of(
        probe.name(),
        attempt -> {
          Attempt own = begin(attempt, limit);
          try {
            probe.check(own);
          } finally {
            end(own, attempt);
          }
        });
  }

  /// The attempt to check with: `given` itself where it leaves no more than `limit`.
  static Attempt begin(Attempt given, Duration limit) {
    return given.remaining().compareTo(limit) <= 0 ? given : Attempt.within(limit);
  }

  /// Notes in `given` what was measured in `own`.
  static void end(Attempt own, Attempt given) {
    if (own == given) {
      return;
    }
    for (Phase phase : Phase.values()) {
      own.time(phase).ifPresent(time -> given.took(phase, time));
    }
    own.status().ifPresent(given::answered);
    own.certificateExpiry().ifPresent(given::certificateEnds);
    for (int i = 0; i < own.redirects(); i++) {
      given.redirected();
    }
  }
}
