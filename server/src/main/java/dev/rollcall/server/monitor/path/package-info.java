/// The paths through the network to services: what one is, when it has changed, and how it is
/// traced.
@NullMarked
package dev.rollcall.server.monitor.path;

import org.jspecify.annotations.NullMarked;
