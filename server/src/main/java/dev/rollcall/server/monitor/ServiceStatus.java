package dev.rollcall.server.monitor;

import java.time.Duration;
import java.util.Optional;

/// A service with its counts and the event that lasts, if it was ever found up or down.
///
/// @param state what its newest tick found; empty before the first
/// @param response the response time of its newest tick
record ServiceStatus(
    Service service,
    Metric metric,
    Optional<Event> event,
    Optional<State> state,
    Optional<Duration> response) {}
