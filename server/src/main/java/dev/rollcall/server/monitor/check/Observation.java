package dev.rollcall.server.monitor.check;

import dev.rollcall.server.config.OneLine;
import dev.rollcall.server.monitor.path.Path;
import dev.rollcall.server.time.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// The result of one check.
///
/// `at` is when the check began. `response` is the time until the end of the header of the answer;
/// without an answer, until the failure was known.
public sealed interface Observation {
  Instant at();

  Duration response();

  /// Other measurements of the check.
  Measurements measurements();

  /// The same without what came back, which is kept for the observation that opens an incident
  /// only: many may wait for the database.
  default Observation withoutAnswer() {
    return this instanceof Down down
        ? new Down(down.at(), down.response(), down.measurements().withoutAnswer(), down.reason())
        : this;
  }

  /// Why the service is not up; empty if it is.
  default Optional<String> why() {
    return switch (this) {
      case Up _, Slow _ -> Optional.empty();
      case Down down -> Optional.of(down.reason());
      case Unknown unknown -> Optional.of(unknown.reason());
    };
  }

  /// The service answered as expected.
  record Up(Instant at, Duration response, Measurements measurements) implements Observation {}

  /// The service answered as expected, and took longer than `limit`.
  record Slow(Instant at, Duration response, Measurements measurements, Duration limit)
      implements Observation {
    /// Why it is slow: `took 912 ms (slow above 800 ms)`.
    public String reason() {
      return "took %s (slow above %s)"
          .formatted(Durations.millis(response), Durations.millis(limit));
    }
  }

  /// The service did not answer as expected, for a reason in one line.
  record Down(Instant at, Duration response, Measurements measurements, String reason)
      implements Observation {
    /// Makes the reason one line: it may contain characters of a server's answer that PostgreSQL
    /// rejects.
    public Down {
      reason = OneLine.of(reason);
    }

    /// The same with the path to the service.
    public Down with(Path path) {
      return new Down(at, response, measurements.with(path), reason);
    }
  }

  /// The fault is Rollcall's (no network, no file descriptors): nobody knows whether the service is
  /// up.
  record Unknown(Instant at, Duration response, Measurements measurements, String reason)
      implements Observation {
    /// Makes the reason one line, as for [Down].
    public Unknown {
      reason = OneLine.of(reason);
    }
  }
}
