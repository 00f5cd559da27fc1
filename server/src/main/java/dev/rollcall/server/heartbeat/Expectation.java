package dev.rollcall.server.heartbeat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// What was agreed with a job: when it calls in, and how long after that it may still do so.
///
/// @param grace zero or more, in whole seconds
record Expectation(JobSchedule schedule, Duration grace) {
  private static final Duration LEAST_EARLY = Duration.ofMinutes(1);

  /// From when on it is late, where it was expected at `next`.
  Instant deadline(Instant next) {
    return next.plus(grace);
  }

  /// When the next is expected after a call at `at`.
  ///
  /// One that comes a little before a moment of a schedule is that moment's call, as clocks differ:
  /// up to the grace, or a minute where there is none, and nearer to it than to the one before it.
  /// A call in time for the moment that was `awaited` is that moment's, however near the next is.
  ///
  /// @param awaited the moment of the same plan that no call has come for; empty where none is
  ///   known
  Instant next(Instant at, Optional<Instant> awaited) {
    Instant next = schedule.next(at);
    boolean answers =
        awaited.filter(moment -> !at.isBefore(moment) && !at.isAfter(deadline(moment))).isPresent();
    return switch (schedule) {
      case JobSchedule.Every _ -> next;
      case JobSchedule.Calendar _ -> answers ? next : afterEarly(at, next);
    };
  }

  private Instant afterEarly(Instant at, Instant next) {
    Duration early = Duration.between(at, next);
    if (early.compareTo(grace.isZero() ? LEAST_EARLY : grace) > 0) {
      return next;
    }
    Instant following = schedule.next(next);
    return early.multipliedBy(2).compareTo(Duration.between(next, following)) <= 0
        ? following
        : next;
  }
}
