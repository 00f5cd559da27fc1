package dev.rollcall.server.monitor.store;

import dev.rollcall.server.monitor.check.Event;
import dev.rollcall.server.monitor.check.State;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// A service with its counts and its open event, if it was ever up or down.
///
/// @param state the result of its newest tick; empty before the first
/// @param response the response time of its newest tick
/// @param reason why it is not up, according to its newest tick
/// @param stateSince the first of the last ticks in a row that were unknown, or slow, if the newest
///   is; otherwise empty
public record ServiceStatus(
    Service service,
    Metric metric,
    Optional<Event> event,
    Optional<State> state,
    Optional<Duration> response,
    Optional<String> reason,
    Optional<Instant> stateSince) {

  /// When its present state began.
  public Optional<Instant> since() {
    return stateSince.or(() -> event.map(Event::started));
  }

  /// Why it is not up.
  public Optional<String> why() {
    return state.filter(found -> found != State.UP).isEmpty()
        ? Optional.empty()
        : reason.or(() -> event.flatMap(Event::cause));
  }
}
