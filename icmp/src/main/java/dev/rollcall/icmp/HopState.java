package dev.rollcall.icmp;

/// Whether a hop answered.
public enum HopState {
  /// It answered.
  ANSWERED,
  /// It forwards, and answers a part of the probes only: it limits how many it answers. No loss of
  /// packets on the path.
  RATE_LIMITED,
  /// It did not answer, and is not known to do so.
  SILENT
}
