package dev.rollcall.server.node;

import inet.ipaddr.IPAddress;
import java.util.List;

/// Measures targets. Several threads may use it at once.
@FunctionalInterface
public interface Measurer extends AutoCloseable {
  /// Measures all of them, with what other threads measure at most as fast as [NodeSettings#rate]
  /// says, and returns what was found about each, in any order. A target that cannot be measured
  /// has a reason; it is no exception. If nothing can be measured at present, it throws a
  /// [dev.rollcall.server.time.OutsideFailure].
  List<Measurement> measure(List<IPAddress> targets) throws InterruptedException;

  @Override
  default void close() {}
}
