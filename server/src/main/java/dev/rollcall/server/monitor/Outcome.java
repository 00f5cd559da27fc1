package dev.rollcall.server.monitor;

import dev.rollcall.server.monitor.Evaluator.Transition;
import java.time.Instant;
import java.util.Optional;

/// One run of a check, ready to be kept: which service, under which claim, what was found and what
/// follows.
///
/// @param asksDependencies whether the service is asked what it depends on
/// @param newCertificate when the service's certificate ends, where that is not what was known
///   before
record Outcome(
    long serviceId,
    long fence,
    Observation observation,
    Transition transition,
    boolean asksDependencies,
    Optional<Instant> newCertificate) {

  /// The same under the id and the claim that the service has by now: see [RunState#isProvisional].
  Outcome claimed(long id, long claim) {
    return new Outcome(id, claim, observation, transition, asksDependencies, newCertificate);
  }
}
