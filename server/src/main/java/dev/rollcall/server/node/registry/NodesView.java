package dev.rollcall.server.node.registry;

import dev.rollcall.server.web.Whose;
import java.time.Instant;
import java.util.List;

/// What the page of nodes shows.
///
/// @param section the id of the section of the site to which it belongs
record NodesView(Whose whose, List<KnownNode> nodes, String section, Instant at) {
  /// The icon of its window.
  String icon() {
    return nodes.stream().anyMatch(node -> node.state() == KnownNode.State.SILENT)
        ? "down.svg"
        : "up.svg";
  }
}
