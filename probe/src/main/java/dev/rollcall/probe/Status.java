package dev.rollcall.probe;

/// How well something is.
public enum Status {
  /// Well.
  OK,
  /// It works, though not as it should: worth a look, and no reason to send requests elsewhere.
  DEGRADED,
  /// Not well.
  DOWN
}
