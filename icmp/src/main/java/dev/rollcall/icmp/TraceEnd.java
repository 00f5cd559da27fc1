package dev.rollcall.icmp;

/// How a trace ended.
public enum TraceEnd {
  /// The target answered.
  REACHED,
  /// A router said that it cannot deliver.
  UNREACHABLE,
  /// A router came twice: packets go round in circles.
  LOOP,
  /// Nothing answered any more.
  SILENCE,
  /// The routers went on answering up to the last TTL.
  MAX_TTL,
  /// The system did not take the probes: it says nothing about the path.
  NOT_SENT,
  /// The tracer was closed before.
  INTERRUPTED
}
