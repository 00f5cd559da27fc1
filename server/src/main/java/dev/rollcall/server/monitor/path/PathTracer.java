package dev.rollcall.server.monitor.path;

import dev.rollcall.probe.ProbeFailure;
import java.net.InetAddress;

/// Traces the path to an address. Several threads may use one at once.
@FunctionalInterface
public interface PathTracer {
  /// Traces once. It takes a few seconds at most.
  ///
  /// @throws ProbeFailure if this machine cannot trace: no right, no route
  Path trace(InetAddress target) throws ProbeFailure, InterruptedException;

  /// One that cannot trace.
  static PathTracer none() {
    return _ -> {
      throw ProbeFailure.here("paths cannot be traced here");
    };
  }
}
