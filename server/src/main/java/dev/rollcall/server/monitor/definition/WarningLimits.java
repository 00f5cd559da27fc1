package dev.rollcall.server.monitor.definition;

import java.time.Duration;
import java.util.Optional;

/// From when on somebody is warned of a service that is up.
///
/// @param slow a longer response time is slow; empty: none is
public record WarningLimits(Optional<Duration> slow) {
  /// Nobody is warned.
  public static final WarningLimits NONE = new WarningLimits(Optional.empty());
}
