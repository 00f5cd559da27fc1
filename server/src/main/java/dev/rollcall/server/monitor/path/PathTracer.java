package dev.rollcall.server.monitor.path;

import dev.rollcall.probe.ProbeFailure;
import java.net.InetAddress;
import java.time.Duration;

/// Traces the path to an address. Several threads may use one at once.
@FunctionalInterface
public interface PathTracer {
  /// Traces once.
  ///
  /// @param within how long it may take
  /// @throws ProbeFailure if this machine cannot trace: no right, no route
  Path trace(InetAddress target, Duration within) throws ProbeFailure, InterruptedException;

  /// One that cannot trace.
  static PathTracer none() {
    return (_, _) -> {
      throw ProbeFailure.here("paths cannot be traced here");
    };
  }
}
