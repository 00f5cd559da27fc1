/// Where the network is broken: what the routes of everything that is lost have in common, and
/// nothing that is well passes.
@NullMarked
package dev.rollcall.server.network;

import org.jspecify.annotations.NullMarked;
