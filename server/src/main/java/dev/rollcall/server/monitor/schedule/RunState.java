package dev.rollcall.server.monitor.schedule;

import dev.rollcall.server.monitor.check.Certificate;
import dev.rollcall.server.monitor.check.Evaluator;
import dev.rollcall.server.monitor.check.Evaluator.Transition;
import dev.rollcall.server.monitor.check.Event;
import dev.rollcall.server.monitor.check.Observation;
import dev.rollcall.server.monitor.check.Outcome;
import dev.rollcall.server.monitor.check.ScheduledCheck;
import dev.rollcall.server.monitor.check.State;
import dev.rollcall.server.monitor.check.Streak;
import dev.rollcall.server.monitor.store.ServiceStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// A service in the memory of the runner: its check, the fence of its lease, and what was found
/// last.
///
/// It can be lost at any time: it is read again from the database with the next claim.
final class RunState {
  /// Observations that are further apart, the time of their checks aside, are not in a row: nobody
  /// looked in between, or the clock was set.
  private static final Duration LONGEST_GAP = Duration.ofMinutes(1);

  private ScheduledCheck check;
  private Optional<Event.Kind> open;
  private Certificate certificate;
  private Streak streak;

  /// When the last observation was that says something, of this process or of another one that
  /// checks the service too.
  private Optional<Instant> seen;

  private long fence;
  private boolean running;

  /// Counts the checks that were begun.
  private long run;

  private boolean dropped;

  /// The next outcome states its event, certificate and streak whether they change or not.
  private boolean statesAll;

  /// When its event, certificate or streak last changed here.
  private Optional<Instant> changed = Optional.empty();

  private Instant nextDue = Instant.MAX;

  /// @param known what the database contains about the service
  /// @param started when this process started
  RunState(ScheduledCheck check, ServiceStore.Scheduled known, Instant started) {
    this.check = check;
    this.open = known.open();
    this.certificate = known.certificate();
    this.streak = known.streak();
    this.seen = known.lastAt().filter(at -> !at.isBefore(started));
  }

  /// A service without an id, as the database has been unavailable since the start.
  ///
  /// @param check with an id below 0
  /// @param due when its first check is due
  RunState(ScheduledCheck check, Instant due) {
    this.check = check;
    this.open = Optional.empty();
    this.certificate = Certificate.NONE;
    this.streak = Streak.NONE;
    this.seen = Optional.empty();
    this.nextDue = due;
  }

  /// Whether it has no id yet: outcomes wait until it has one.
  synchronized boolean isProvisional() {
    return check.serviceId() < 0;
  }

  /// Sets its id and its fence. What was found meanwhile is newer than what is in the database.
  synchronized void identify(
      ScheduledCheck identified, ServiceStore.Scheduled known, long claimed) {
    check = identified;
    open = open.or(known::open);
    certificate = certificate.equals(Certificate.NONE) ? known.certificate() : certificate;
    streak = streak.equals(Streak.NONE) ? known.streak() : streak;
    fence = claimed;
  }

  /// An outcome from before [#identify], with the id and the fence of now.
  synchronized Outcome claimed(Outcome outcome) {
    return outcome.claimed(check.serviceId(), fence);
  }

  /// Whether the service is still checked, and has that name.
  synchronized boolean isNamed(String name) {
    return !dropped && check.name().equals(name);
  }

  /// The service is no longer checked here. A check may still be under way.
  synchronized void drop() {
    dropped = true;
  }

  /// The check to run.
  synchronized ScheduledCheck check() {
    return check;
  }

  /// Takes over what was read from the database.
  synchronized void learn(ScheduledCheck read, ServiceStore.Scheduled known) {
    check = read;
    open = known.open();
    certificate = known.certificate();
    streak = known.streak();
    seen = known.lastAt();
    statesAll = false;
  }

  /// Whether this is still valid under a new claim: the definition is the same, and no other
  /// process has claimed the service meanwhile.
  synchronized boolean holds(long revision, long claimed) {
    return check.revision() == revision && claimed == fence + 1;
  }

  /// Begins a check under a new claim.
  ///
  /// @return false if the last check has not ended, and nobody else has claimed the service since:
  ///   it continues, and ends under the new claim. If another process has, what it finds is of no
  ///   use any more.
  synchronized boolean begin(long claimed) {
    running &= claimed == fence + 1;
    fence = claimed;
    return begin();
  }

  /// Begins a check under the last claim, because the database is unavailable.
  synchronized boolean begin() {
    if (running) {
      return false;
    }
    running = true;
    run++;
    return true;
  }

  /// Which check was begun last.
  synchronized long run() {
    return run;
  }

  /// Ends that check with its observation.
  ///
  /// @param which the check, by [#run]
  /// @return empty if another one was begun since, as another process had claimed the service
  synchronized Optional<Outcome> end(long which, Observation observation, Instant now) {
    return which == run && running ? Optional.of(end(observation, now)) : Optional.empty();
  }

  /// What follows from an outcome that somebody found who did not know this: see
  /// [OvertakenOutcomes].
  synchronized Outcome follow(Outcome overtaken, Instant now) {
    fence = overtaken.fence();
    return end(overtaken.observation(), now);
  }

  private Outcome end(Observation observation, Instant now) {
    abandon(run, now);
    boolean all = statesAll && State.of(observation) != State.UNKNOWN;
    statesAll &= !all;
    Transition transition = Evaluator.evaluate(all ? Optional.empty() : open, observation);
    if (transition instanceof Transition.Begins begins) {
      open = Optional.of(begins.kind());
    }
    Certificate known = certificate;
    certificate =
        known.after(
            observation.measurements().certificateEnds(), now, check.warnings().certificate());
    Streak before = streak;
    boolean inARow = isInARow(observation, check.interval());
    if (State.of(observation) != State.UNKNOWN) {
      Duration soon = check.confirmation().interval();
      Streak row = isInARow(observation, soon) ? before : before.anew();
      streak = row.after(observation, check.confirmation());
      seen = Optional.of(observation.at());
    }
    Optional<Instant> repeat = repeat(now);
    repeat.ifPresent(due -> nextDue = due);
    boolean confirms = !streak.confirmed().equals(before.confirmed());
    if (transition instanceof Transition.Begins
        || !streak.equals(before)
        || !certificate.equals(known)) {
      changed = Optional.of(now);
    }
    return new Outcome(
        check.serviceId(),
        fence,
        confirms || all ? observation : observation.withoutAnswer(),
        transition,
        inARow,
        check.asksDependencies(),
        Optional.of(certificate).filter(one -> all || !one.equals(known)),
        Optional.of(streak).filter(one -> all || !one.equals(before)),
        repeat);
  }

  /// Whether nothing but checks lies between the last observation and this one. Each check may wait
  /// for the others of its host for as long as it may take.
  ///
  /// @param pause between two checks: a change that waits for its confirmation is checked again
  ///   soon
  private boolean isInARow(Observation observation, Duration pause) {
    Duration longest = LONGEST_GAP.plus(pause).plus(check.timeout().multipliedBy(2));
    return seen.filter(
            last -> Duration.between(last, observation.at()).abs().compareTo(longest) <= 0)
        .isPresent();
  }

  /// A change that waits for its confirmation is checked again soon.
  private Optional<Instant> repeat(Instant now) {
    Instant soon = now.plus(check.confirmation().interval());
    return streak.isPending() && soon.isBefore(nextDue) ? Optional.of(soon) : Optional.empty();
  }

  /// Ends that check without an outcome.
  synchronized void abandon(long which, Instant now) {
    if (which == run) {
      running = false;
      nextDue = CheckPhase.next(check.serviceId(), check.interval(), now);
    }
  }

  /// The last outcome could not be written, so the database may contain something else. The next
  /// one that says something states all: what is in the database already changes nothing.
  synchronized void outcomeLost() {
    statesAll = true;
  }

  /// Whether its event, certificate or streak last changed between these moments.
  synchronized boolean hasChanged(Instant after, Instant before) {
    return changed.filter(at -> at.isAfter(after) && at.isBefore(before)).isPresent();
  }

  /// Whether the database contains something else than what was found here. Not if it is read again
  /// with the next claim, or the next outcome states all anyway.
  ///
  /// @param written what changed after this moment may still be on its way
  synchronized boolean differs(ServiceStore.Scheduled known, Instant written) {
    return hasChanged(Instant.MIN, written)
        && !statesAll
        && known.revision() == check.revision()
        && (!known.open().equals(open)
            || !known.certificate().equals(certificate)
            || !known.streak().confirmed().equals(streak.confirmed()));
  }

  /// When the next check is due according to memory.
  synchronized Instant nextDue() {
    return running ? Instant.MAX : nextDue;
  }
}
