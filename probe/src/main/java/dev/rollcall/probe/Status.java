package dev.rollcall.probe;

/// The status of a probe or a report.
public enum Status {
  /// Healthy.
  OK,
  /// It works, but not as it should. It counts as healthy, and requests may still be sent to it.
  DEGRADED,
  /// Unhealthy.
  DOWN
}
