package dev.rollcall.server.heartbeat.definition;

import dev.rollcall.server.time.JobSchedule;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// When a job has to call: its schedule, and how long after the expected time a ping still counts
/// as in time.
///
/// @param grace zero or more, in whole seconds
public record Expectation(JobSchedule schedule, Duration grace) {
  private static final Duration LEAST_EARLY = Duration.ofMinutes(1);

  /// The time from which the heartbeat is late if a ping was expected at `next`.
  public Instant deadline(Instant next) {
    return next.plus(grace);
  }

  /// The time at which the next ping is expected, after a ping at `at`.
  ///
  /// Clocks differ, so a ping may come a little before its time of a calendar schedule. It counts
  /// for that time if it is early by at most the grace (1 minute if there is no grace), and by at
  /// most half of the distance from that time to the one after it. A ping that is in time for
  /// `awaited` always counts for `awaited`, however near the next time is.
  ///
  /// @param awaited the expected time of the same schedule that no ping has come for yet; empty if
  ///   it is not known
  public Instant next(Instant at, Optional<Instant> awaited) {
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
