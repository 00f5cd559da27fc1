/// The measuring nodes that a server knows: how they are, and whether they are still heard from.
///
/// [Nodes] is the entry point. A node is a subject of incidents, as services and heartbeats are
/// ([dev.rollcall.server.signal]).
@NullMarked
package dev.rollcall.server.node.registry;

import org.jspecify.annotations.NullMarked;
