package dev.rollcall.icmp;

import java.net.InetAddress;

/// Is told what a tracer finds. All calls come from one thread of the tracer, which is not the one
/// that sends and receives. While a listener takes its time, other results wait.
@FunctionalInterface
public interface TraceListener {
  /// Whether [#answered] shall be called; false unless it is overridden.
  default boolean wantsAnswers() {
    return false;
  }

  /// A probe was answered. Does nothing unless it is overridden.
  ///
  /// @param target the target of the trace
  /// @param ttl the TTL of the probe
  /// @param node who answered, with this answer alone
  default void answered(InetAddress target, int ttl, HopNode node) {}

  /// The trace is complete.
  void finished(Trace trace);
}
