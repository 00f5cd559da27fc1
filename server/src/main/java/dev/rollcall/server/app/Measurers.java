package dev.rollcall.server.app;

import dev.rollcall.server.node.Measurer;
import dev.rollcall.server.node.NodeSettings;

/// Opens what measures.
final class Measurers {
  private Measurers() {}

  /// A measurer for a node.
  ///
  /// @throws CannotRun if this machine lets nobody measure
  static Measurer open(NodeSettings settings) {
    throw new CannotRun("this build has no engine for " + settings.node());
  }
}
