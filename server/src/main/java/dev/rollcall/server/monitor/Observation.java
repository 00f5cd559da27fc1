package dev.rollcall.server.monitor;

import dev.rollcall.server.config.OneLine;
import java.time.Duration;
import java.time.Instant;

/// What one check of a service found.
///
/// `at` is when asking began, `response` the time to the end of the answer's header, or, where
/// there was none, to the moment the failure was known.
sealed interface Observation {
  Instant at();

  Duration response();

  /// What else was measured on the way.
  Measurements measurements();

  /// The service answered as expected.
  record Up(Instant at, Duration response, Measurements measurements) implements Observation {}

  /// It did not, for a reason in one line.
  record Down(Instant at, Duration response, Measurements measurements, String reason)
      implements Observation {
    /// A reason may hold what a server said: PostgreSQL would refuse some of it for ever.
    public Down {
      reason = OneLine.of(reason);
    }
  }

  /// Rollcall itself failed (no network, no descriptors): nothing is known about the service.
  record Unknown(Instant at, Duration response, Measurements measurements, String reason)
      implements Observation {
    /// For the same reason.
    public Unknown {
      reason = OneLine.of(reason);
    }
  }
}
