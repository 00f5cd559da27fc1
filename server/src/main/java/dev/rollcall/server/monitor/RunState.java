package dev.rollcall.server.monitor;

import dev.rollcall.server.monitor.Evaluator.Transition;
import java.time.Instant;
import java.util.Optional;

/// A service as the runner holds it in memory: how to ask it, under which claim, and what was found
/// last.
///
/// All of it can be lost at any time: it is read again from the database with the next claim.
final class RunState {
  private ScheduledCheck check;
  private Optional<Event.Kind> open;
  private Optional<Instant> certificate;
  private long fence;
  private boolean underWay;
  private boolean dropped;
  private Instant nextDue = Instant.MAX;

  RunState(Known known) {
    this.check = known.check();
    this.open = known.open();
    this.certificate = known.certificate();
  }

  /// A service that the database has given no id yet, as it has been away since the start.
  ///
  /// @param check with an id below 0
  /// @param due when it is asked first
  RunState(ScheduledCheck check, Instant due) {
    this(new Known(check, Optional.empty(), Optional.empty()));
    this.nextDue = due;
  }

  /// Whether the database has given it no id yet: what is found meanwhile waits for that.
  synchronized boolean isProvisional() {
    return check.serviceId() < 0;
  }

  /// Takes over its id and its claim. What was found meanwhile is newer than what the database
  /// knows.
  synchronized void adopt(Known known, long claimed) {
    check = known.check();
    open = open.or(known::open);
    certificate = certificate.or(known::certificate);
    fence = claimed;
  }

  /// An outcome of the time before that, under its id and its claim.
  synchronized Outcome claimed(Outcome outcome) {
    return outcome.claimed(check.serviceId(), fence);
  }

  /// What the database knows of a service.
  ///
  /// @param open the event that lasts, if one does
  /// @param certificate when the service's certificate was last seen to end
  record Known(ScheduledCheck check, Optional<Event.Kind> open, Optional<Instant> certificate) {}

  /// Whether the service is still asked, and under that name.
  synchronized boolean isNamed(String name) {
    return !dropped && check.name().equals(name);
  }

  /// It is not asked here any more, though a run of it may be under way.
  synchronized void drop() {
    dropped = true;
  }

  /// What is to be asked.
  synchronized ScheduledCheck check() {
    return check;
  }

  /// Takes over what the database knows.
  synchronized void learn(Known known) {
    check = known.check();
    open = known.open();
    certificate = known.certificate();
  }

  /// Whether what is remembered still holds under a new claim: the definition is the same, and
  /// nobody else has run the service since it was claimed here.
  synchronized boolean holds(long revision, long claimed) {
    return check.revision() == revision && claimed == fence + 1;
  }

  /// Begins a run under a new claim.
  ///
  /// @return false while the last run has not ended: that run goes on, and ends under the new claim
  synchronized boolean begin(long claimed) {
    fence = claimed;
    return begin();
  }

  /// Begins a run under the claim that is held, because the database cannot be asked for a new one.
  synchronized boolean begin() {
    if (underWay) {
      return false;
    }
    underWay = true;
    return true;
  }

  /// Ends the run with what it found.
  synchronized Outcome end(Observation observation, Instant now) {
    abandon(now);
    Transition transition = Evaluator.evaluate(open, observation);
    if (transition instanceof Transition.Begins begins) {
      open = Optional.of(begins.kind());
    }
    Optional<Instant> seen = observation.measurements().certificateEnds();
    Optional<Instant> changed = seen.equals(certificate) ? Optional.empty() : seen;
    certificate = seen.or(() -> certificate);
    return new Outcome(
        check.serviceId(), fence, observation, transition, check.asksDependencies(), changed);
  }

  /// Ends a run that found nothing to keep.
  synchronized void abandon(Instant now) {
    underWay = false;
    nextDue = CheckPhase.next(check.serviceId(), check.interval(), now);
  }

  /// What was found last could not be kept, so the database may know something else: the next
  /// outcome says all it found as if it were new.
  synchronized void doubt() {
    open = Optional.empty();
    certificate = Optional.empty();
  }

  /// When the next run is due, for as long as only memory can tell.
  synchronized Instant nextDue() {
    return underWay ? Instant.MAX : nextDue;
  }
}
