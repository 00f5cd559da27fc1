package dev.rollcall.server.monitor;

import java.util.Optional;

/// A service with its counts and the event that lasts, if it was ever found up or down.
record ServiceStatus(Service service, Metric metric, Optional<Event> event) {}
