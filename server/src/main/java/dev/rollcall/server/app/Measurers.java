package dev.rollcall.server.app;

import dev.rollcall.icmp.IcmpUnavailableException;
import dev.rollcall.server.node.IcmpMeasurer;
import dev.rollcall.server.node.Measurer;
import dev.rollcall.server.node.NodeSettings;

/// Opens what measures.
final class Measurers {
  private Measurers() {}

  /// A measurer for a node.
  ///
  /// @throws CannotRun if this machine lets nobody measure
  static Measurer open(NodeSettings settings) {
    try {
      return IcmpMeasurer.open(settings);
    } catch (IcmpUnavailableException e) {
      throw new CannotRun(String.valueOf(e.getMessage()));
    }
  }
}
