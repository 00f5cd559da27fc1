package dev.rollcall.server.monitor.check;

import dev.rollcall.server.monitor.check.Evaluator.Transition;
import java.time.Instant;
import java.util.Optional;

/// The outcome of a check, to be written: the service, the fence of its lease, the observation and
/// the change of events.
///
/// @param inARow whether the service was observed an interval before, by whomever; otherwise nobody
///   could look for a while
/// @param asksDependencies whether the check reads the dependencies of the service
/// @param newCertificate what is remembered of the certificate, if that has changed
/// @param newStreak the streak after the observation, if that has changed
/// @param repeat when to check again, if that is sooner than usual
public record Outcome(
    long serviceId,
    long fence,
    Observation observation,
    Transition transition,
    boolean inARow,
    boolean asksDependencies,
    Optional<Certificate> newCertificate,
    Optional<Streak> newStreak,
    Optional<Instant> repeat) {

  /// The same with the id and the fence that the service has now, for a check of before it had an
  /// id.
  public Outcome claimed(long id, long claim) {
    return new Outcome(
        id,
        claim,
        observation,
        transition,
        inARow,
        asksDependencies,
        newCertificate,
        newStreak,
        repeat);
  }
}
