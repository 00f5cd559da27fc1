package dev.rollcall.server.monitor.definition;

import java.time.Duration;
import java.util.Optional;

/// From when on somebody is warned of a service that is up.
///
/// @param slow a longer response time is slow; empty: none is
/// @param certificate a certificate that ends within this time ends soon; zero: none does
public record WarningLimits(Optional<Duration> slow, Duration certificate) {
  /// Nobody is warned.
  public static final WarningLimits NONE = new WarningLimits(Optional.empty(), Duration.ZERO);
}
