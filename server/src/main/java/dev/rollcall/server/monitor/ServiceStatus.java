package dev.rollcall.server.monitor;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// A service with its counts and the event that lasts, if it was ever found up or down.
///
/// @param state what its newest tick found; empty before the first
/// @param response the response time of its newest tick
/// @param reason what that says of why it is not up
/// @param unknownSince the first of the ticks in a row that found nothing out, if the newest did
record ServiceStatus(
    Service service,
    Metric metric,
    Optional<Event> event,
    Optional<State> state,
    Optional<Duration> response,
    Optional<String> reason,
    Optional<Instant> unknownSince) {

  /// Since when it is as its newest tick found it.
  Optional<Instant> since() {
    return unknownSince.or(() -> event.map(Event::started));
  }

  /// Why it is not up.
  Optional<String> why() {
    return state.filter(found -> found != State.UP).isEmpty()
        ? Optional.empty()
        : reason.or(() -> event.flatMap(Event::cause));
  }
}
